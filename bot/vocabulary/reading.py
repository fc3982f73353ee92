"""Reading a YAML file of ours strictly, with the line of whatever is wrong.

YAML takes long to read, and the files hardly ever change: their plain values are kept as JSON in a
folder of the data folder, each under the hash of the file that it was read from. A kept form holds
plain values only, which the models check like those of the file; one that is stale, damaged or
cannot be written means that the YAML is read.

The safe loader builds plain values only. Aliases are refused (they are what YAML bombs are made
of), and so is deep nesting, before any value is built: libyaml's composer recurses in C and would
otherwise end the process.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import UnreadableFile
from bot.lazy import lazy

if TYPE_CHECKING:
    import yaml
else:
    yaml = lazy("yaml")  # hardly ever needed: see above

M = TypeVar("M", bound=BaseModel)
Location = tuple[int | str, ...]

_MAX_BYTES = 5_000_000
_MAX_DEPTH = 20


def _loader() -> Any:
    """libyaml's, where PyYAML was built with it: quicker, the same result."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFile:
    """A YAML file as plain values, which can say on which line each of them stands."""

    def __init__(self, path: Path, kept: Path | None = None) -> None:
        """`kept` is the folder of kept forms. Raises UnreadableFile: file, line and reason."""
        self.path = path
        raw = self._raw()
        self._text = self._decoded(raw)
        form = kept / f"{path.stem}.json" if kept else None
        digest = hashlib.sha256(raw).hexdigest()
        self.data: object = kept_form(form, digest) if form else None
        if self.data is None:
            loader = _loader()("")
            try:
                self.data = loader.construct_document(self._root) if self._root else None
            except (yaml.YAMLError, ValueError) as error:
                raise self._not_yaml(error) from error
            finally:
                loader.dispose()
            if form is not None:
                keep_form(form, digest, self.data)

    @cached_property
    def _root(self) -> yaml.Node | None:
        """The tree of the YAML, which knows its lines."""
        self._check_events(self._text)
        loader = _loader()(self._text)
        try:
            node: yaml.Node | None = loader.get_single_node()
        except (yaml.YAMLError, ValueError) as error:
            raise self._not_yaml(error) from error
        finally:
            loader.dispose()
        return node

    def parse(self, model: type[M]) -> M:
        """The file as `model`. Raises UnreadableFile for the first thing that does not fit it."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise self.refusal(first["loc"], f"{where}: {first['msg']}") from error

    def refusal(self, location: Location, reason: str) -> UnreadableFile:
        """The error for what is at `location` (keys and positions from the root)."""
        return self._refuse(self._line(location), reason)

    def _raw(self) -> bytes:
        try:
            raw = self.path.read_bytes()
        except OSError as error:
            reason = error.strerror or "no reason given"
            raise UnreadableFile(f"{self.path} cannot be read: {reason}.", _MISSING) from error
        if len(raw) > _MAX_BYTES:
            raise UnreadableFile(f"{self.path.name}: larger than {_MAX_BYTES:,} bytes", _HINT)
        return raw

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise self._refuse(line, "not UTF-8") from error

    def _check_events(self, text: str) -> None:
        depth = 0
        try:
            for event in yaml.parse(text, Loader=_loader()):
                line = event.start_mark.line + 1 if event.start_mark else 1
                if isinstance(event, yaml.AliasEvent):
                    raise self._refuse(line, "YAML aliases are not used here")
                if isinstance(event, yaml.CollectionStartEvent):
                    depth += 1
                elif isinstance(event, yaml.CollectionEndEvent):
                    depth -= 1
                if depth > _MAX_DEPTH:
                    raise self._refuse(line, "nested too deeply")
        except yaml.YAMLError as error:
            raise self._not_yaml(error) from error

    def _not_yaml(self, error: Exception) -> UnreadableFile:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        return self._refuse(mark.line + 1 if mark else 1, f"not YAML: {problem}")

    def _refuse(self, line: int, reason: str) -> UnreadableFile:
        return UnreadableFile(f"{self.path.name}, line {line}: {reason}", _HINT)

    def _line(self, location: Location) -> int:
        node = self._root
        for step in location:
            if isinstance(node, yaml.MappingNode):
                pairs = {key.value: value for key, value in node.value}
                node = pairs.get(str(step), node)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step] if step < len(node.value) else node
        return node.start_mark.line + 1 if node is not None else 1


def kept_form(form: Path, digest: str) -> object:
    """The values that were kept of a file with this hash; None where there are none."""
    try:
        found = json.loads(form.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    is_of_it = isinstance(found, dict) and found.get("sha256") == digest
    return found.get("data") if is_of_it else None


def keep_form(form: Path, digest: str, data: object) -> None:
    """Keep values that JSON can say; nothing happens where the folder cannot be written."""
    try:
        text = json.dumps({"sha256": digest, "data": data}, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        return
    # Keys that are no texts, and tuples, would come back as something else.
    if json.loads(text)["data"] != data:
        return
    part = form.with_name(f"{form.name}.{secrets.token_hex(4)}.part")
    with suppress(OSError):
        form.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            part.write_text(text, encoding="utf-8")
            part.replace(form)
        finally:
            part.unlink(missing_ok=True)


_MISSING = "Check TME_VOCABULARY and the file's permissions."
_HINT = "Correct the file at that line, or restore the one the bot came with."
