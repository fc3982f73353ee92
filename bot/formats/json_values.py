"""The values of one JSON object, read by kind: what is wrong is a warning or a refusal."""

import json
import re
from collections.abc import Iterator, Mapping, Set
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.records.dates import PartialDate
from bot.records.identifiers import read
from bot.records.models import Identifier, Scheme
from bot.records.names import partial_date

M = TypeVar("M", bound=BaseModel)

LONGEST_LINE = 1_000_000  # characters; the longest abstracts known have some 20,000


class RefusedError(Exception):
    """Why one record cannot be read, in one line."""


def short(text: str) -> str:
    """Text that came from outside, on one line and not too long for a warning."""
    return " ".join(text.split())[:80]


def validated(model: type[M], values: Mapping[str, object], what: str) -> M:
    """A model of these values. Raises RefusedError naming the field that is wrong."""
    try:
        return model.model_validate(values)
    except (ValidationError, OverflowError) as error:
        if isinstance(error, OverflowError):
            raise RefusedError(f"{what}: a number is too large") from None
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in (what, *first["loc"]) if part != "record")
        raise RefusedError(f"{where[:80]}: {' '.join(first['msg'].split())[:120]}") from None


class JsonObject:
    """The keys of one JSON object, read by kind. Collects warnings; raises RefusedError."""

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values
        self.warnings: list[str] = []

    def text(self, key: str) -> str | None:
        """A text, its white space evened out; a whole number counts as text. None if empty."""
        return self._as_text(key, self._values.get(key))

    def _as_text(self, key: str, value: object) -> str | None:
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise RefusedError(f"{key} is not text")
        return " ".join(value.split()) or None

    def texts(self, key: str, separator: str | None = None) -> tuple[str, ...]:
        """A list of texts without the empty ones; one text is cut at `separator`, if given."""
        value = self._values.get(key)
        if isinstance(value, str):
            value = value.split(separator) if separator else [value]
        found = [self._as_text(f"an entry of {key}", entry) for entry in self._list(key, value)]
        return tuple(text for text in found if text is not None)

    def _list(self, key: str, value: object) -> list[object]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise RefusedError(f"{key} is not a list")
        return value

    def paragraphs(self, key: str) -> str | None:
        """A long text as it is, but for white space around it."""
        value = self._values.get(key)
        if value is not None and not isinstance(value, str):
            raise RefusedError(f"{key} is not text")
        return (value or "").strip() or None

    def mapping(self, key: str) -> dict[str, object] | None:
        """An object, or None where there is none."""
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise RefusedError(f"{key} is not an object")
        return value

    def is_text(self, key: str) -> bool:
        """Whether the value is a string."""
        return isinstance(self._values.get(key), str)

    def present(self, *keys: str) -> dict[str, object]:
        """These keys as they are, where they are not null."""
        return {key: self._values[key] for key in keys if self._values.get(key) is not None}

    def model(self, key: str, model: type[M], value: object) -> M:
        """One nested object; a key it does not know is left out with a warning."""
        if not isinstance(value, dict):
            raise RefusedError(f"an entry of {key} is not an object")
        for unknown in value.keys() - model.model_fields.keys():
            self.warnings.append(f"unknown_field:{key}.{short(unknown)}")
        fields = model.model_fields
        known = {k: v for k, v in value.items() if k in fields}
        # Null is "not given", except where the field must be there.
        given = {k: v for k, v in known.items() if v is not None or fields[k].is_required()}
        return validated(model, given, key)

    def models(self, key: str, model: type[M]) -> tuple[M, ...]:
        """A list of nested objects."""
        entries = self._list(key, self._values.get(key))
        return tuple(self.model(key, model, entry) for entry in entries)

    def date(self, key: str) -> PartialDate | None:
        """A date; one that cannot be read is left out with a warning."""
        text = self.text(key)
        if text is None:
            return None
        try:
            return partial_date(text)
        except ValueError:
            self.warnings.append(f"bad_date:{key}")
            return None

    def identifier(self, scheme: Scheme, text: str | None) -> Identifier | None:
        """An identifier; one that is none, or whose check digit fails, is left out and named."""
        if text is None:
            return None
        identifier = read(scheme, text)
        if identifier is None or not identifier.valid:
            self.warnings.append(f"bad_identifier:{scheme}:{short(text)}")
            return None
        return identifier

    def note_unknown(self, known: Set[str]) -> None:
        """Warn of each key that is not known."""
        unknown = sorted(self._values.keys() - known)
        self.warnings += [f"unknown_field:{short(key)}" for key in unknown]


def why_not_json(error: Exception, column: int = 0) -> str:
    """What is wrong with a text that is no JSON, in a few words.

    `column` is how much of its first line is left out of it.
    """
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        at = error.colno + (column if error.lineno == 1 else 0)
        return f"not JSON: {error.msg} at character {at}"
    return "not JSON: a number has too many digits"


def object_of(chunk: str) -> dict[str, object]:
    """The JSON object that a text is. Raises RefusedError saying why it is none."""
    if len(chunk) > LONGEST_LINE:
        raise RefusedError(f"longer than {LONGEST_LINE:,} characters")
    if not _is_clean(chunk):
        raise RefusedError("not UTF-8 text")
    try:
        value = json.loads(chunk)
    except (ValueError, RecursionError) as error:
        raise RefusedError(why_not_json(error)) from None
    if not isinstance(value, dict):
        raise RefusedError("not a JSON object")
    # Escapes can smuggle in what the text itself may not hold.
    if "\\u" in chunk and not all(_is_clean(text) for text in _strings(value)):
        raise RefusedError("holds a NUL or half of a character (a lone surrogate)")
    return value


def _is_clean(text: str) -> bool:
    return "\x00" not in text and not re.search("[\ud800-\udfff]", text)


def _strings(value: object) -> Iterator[str]:
    """Every string in a JSON value, keys included, without recursion."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
