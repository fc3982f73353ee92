"""How settings are read from the environment, and what is said of one that cannot be used.

Slack's variables keep their usual names; the bot's own begin with `TME_`.
"""

import os
from typing import TYPE_CHECKING, Any, Self

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict, Field, ValidationError

from bot.errors import SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# What is wrong with a value, in words for the operator, by pydantic's name for it.
_WRONG = {
    "int_parsing": "it is no whole number",
    "bool_parsing": "it is neither yes nor no",
    "greater_than_equal": "it must be {ge} or more",
    "less_than_equal": "it must be {le} or less",
    "literal_error": "it must be {expected}",
    "string_pattern_mismatch": "it is not of the form that is needed",
    "value_error": "{error}",
}
_NAMED_OTHERWISE = {
    "database_url": "TME_DATABASE", "index_url": "TME_INDEX", "zotero_key": "ZOTERO_API_KEY",
}  # fmt: skip


def setting(default: object, meaning: str, **limits: Any) -> Any:
    """A setting that may be missing, what it is for, and what pydantic is to hold it to."""
    return Field(default, description=meaning, **limits)


def _variable(field: str) -> AliasChoices:
    """The variable of a field, and its own name."""
    usual = field.upper() if field.startswith("slack_") else f"TME_{field.upper()}"
    return AliasChoices(_NAMED_OTHERWISE.get(field, usual), field)


class Environment(BaseModel):
    """Settings that are read from the environment where they are not given."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True,
        alias_generator=AliasGenerator(validation_alias=_variable),
    )  # fmt: skip

    def __init__(self, **given: Any) -> None:
        """What is `given`, by the name of its field, counts more than the environment."""
        there = {name.upper(): value for name, value in os.environ.items()}
        read = {
            alias: there[alias]
            for alias, name in zip(self.names(), type(self).model_fields, strict=True)
            if alias in there and name not in given
        }
        super().__init__(**read, **given)

    @classmethod
    def load(cls, **given: object) -> Self:
        """The settings, from the environment and what is given. Raises SettingsError."""
        try:
            return cls(**given)
        except ValidationError as error:
            raise cls._refused(error.errors()[0]) from None

    @classmethod
    def _refused(cls, problem: "ErrorDetails") -> SettingsError:
        """Which setting is wrong and why, with what it is for. The value itself is not repeated."""
        name = str(problem["loc"][0]) if problem["loc"] else ""
        why = _WRONG.get(problem["type"], problem["msg"]).format(**problem.get("ctx", {}))
        meaning = cls._meanings().get(name)
        hint = f"What it is: {meaning}" if meaning else None
        return SettingsError(f"{name or 'A setting'} cannot be used: {why}.", hint)

    @classmethod
    def _meanings(cls) -> dict[str, str]:
        """What each setting is for, by the name of its variable."""
        return {
            str(field.validation_alias.choices[0]): field.description or ""
            for field in cls.model_fields.values()
            if isinstance(field.validation_alias, AliasChoices)
        }

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The variables that are read."""
        return tuple(cls._meanings())

    @classmethod
    def given(cls) -> tuple[str, ...]:
        """The variables that are set. Letters count as their capitals, as they do when read."""
        there = {name.upper() for name in os.environ}
        return tuple(name for name in cls.names() if name in there)

    @classmethod
    def unknown(cls) -> tuple[str, ...]:
        """The variables that are set, look like the bot's and are not read: misspelt ones."""
        there = sorted(name for name in os.environ if name.upper().startswith("TME_"))
        return tuple(name for name in there if name.upper() not in cls.names())
