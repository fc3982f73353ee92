"""Reading a YAML file of ours strictly, with the line of whatever is wrong.

The safe loader builds plain values only. Aliases are refused (they are what YAML bombs are made
of), and so is deep nesting, before any value is built: libyaml's composer recurses in C and would
otherwise end the process.
"""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.errors import UnreadableFile

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: slower, same result
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

M = TypeVar("M", bound=BaseModel)
Location = tuple[int | str, ...]

_MAX_BYTES = 5_000_000
_MAX_DEPTH = 20


class YamlFile:
    """A YAML file as plain values, which can say on which line each of them stands."""

    def __init__(self, path: Path) -> None:
        """Raises UnreadableFile, naming file, line and reason."""
        self.path = path
        text = self._text()
        self._check_events(text)
        loader = _Loader(text)
        try:
            self._root = loader.get_single_node()
            self.data: object = loader.construct_document(self._root) if self._root else None
        except (yaml.YAMLError, ValueError) as error:
            raise self._not_yaml(error) from error
        finally:
            loader.dispose()

    def parse(self, model: type[M]) -> M:
        """The file as `model`. Raises UnreadableFile for the first thing that does not fit it."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise self.refusal(first["loc"], f"{where}: {first['msg']}") from error

    def refusal(self, location: Location, reason: str) -> UnreadableFile:
        """The error for what stands at `location` (keys and positions from the root)."""
        return self._refuse(self._line(location), reason)

    def _text(self) -> str:
        try:
            raw = self.path.read_bytes()
        except OSError as error:
            reason = error.strerror or "no reason given"
            raise UnreadableFile(f"{self.path} cannot be read: {reason}.", _MISSING) from error
        if len(raw) > _MAX_BYTES:
            raise UnreadableFile(f"{self.path.name}: larger than {_MAX_BYTES:,} bytes", _HINT)
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise self._refuse(line, "not UTF-8") from error

    def _check_events(self, text: str) -> None:
        depth = 0
        try:
            for event in yaml.parse(text, Loader=_Loader):
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


_MISSING = "Check TME_VOCABULARY and the file's permissions."
_HINT = "Correct the file at that line, or restore the one the bot came with."
