"""What the page may ask for: one model an act, read strictly."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Id = Annotated[str, Field(min_length=1, max_length=255)]
Text = Annotated[str, Field(max_length=12_000)]
Values = dict[Id, dict[Id, Text | list[Id] | None]]


class _Act(BaseModel):
    """Common to all: the page names the act, so that it knows when it is done, and its tab."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    act: Name
    tab: Name


class Say(_Act):
    """Text typed in a channel, or in the thread of the message at `thread`."""

    kind: Literal["say"]
    channel: Id
    text: Text
    thread: Id | None = None


class Press(_Act):
    """A button or menu used, in the message at `ts` of `channel` or in the open view `view`."""

    kind: Literal["press"]
    block: Id
    action: Id
    value: Text | list[Id] | None = None
    channel: Id | None = None
    ts: Id | None = None
    view: Id | None = None
    values: Values = {}


class Submit(_Act):
    """A modal submitted, with what is in its inputs."""

    kind: Literal["submit"]
    view: Id
    values: Values = {}


class Close(_Act):
    """A modal dismissed."""

    kind: Literal["close"]
    view: Id


class OpenHome(_Act):
    """The bot's home tab opened."""

    kind: Literal["home"]


class Drop(_Act):
    """A file dropped on the page; what is in it is the body of the request."""

    name: Annotated[str, Field(pattern=r"\S", max_length=200)]


class PassWeek(_Act):
    """A week let pass."""

    kind: Literal["week"]


Act = Annotated[Say | Press | Submit | Close | OpenHome | PassWeek, Field(discriminator="kind")]
read_act: Callable[[object], Act] = TypeAdapter(Act).validate_python
