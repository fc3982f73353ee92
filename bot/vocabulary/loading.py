"""Reading a vocabulary from its files, once for as long as they stay the same."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from bot.vocabulary.checks import check, check_tagging
from bot.vocabulary.imported import everyday_symbols
from bot.vocabulary.model import TaxonomyFile, TaxonomyPart
from bot.vocabulary.own import with_own
from bot.vocabulary.reading import YamlFile
from bot.vocabulary.tagging_words import TaggingWords

if TYPE_CHECKING:
    from bot.vocabulary.vocabulary import Vocabulary

V = TypeVar("V", bound="Vocabulary")
_PACKAGE = Path(__file__).parents[1]
_TAGGING = "tagging_words.yaml"
_LOADED: dict[object, "Vocabulary"] = {}


def unchanged(cls: type[V], path: Path, own: Path | None, kept: Path | None, most: int = 2) -> V:
    """The vocabulary of these files; read again only when one of them has changed.

    A process that opens several homes, one after the other, has one vocabulary.
    """
    rules = (p for name in ("text", "vocabulary") for p in (_PACKAGE / name).glob("*.py"))
    files = (*sorted((*path.parent.rglob("*.yaml"), *rules)), *([own] if own else []))
    stamps = tuple(
        (str(each), each.stat().st_mtime_ns, each.stat().st_size) for each in files if each.exists()
    )
    key = (cls, str(path), str(own), stamps)
    if key not in _LOADED:
        vocabulary = _load(cls, path, own, kept)
        named = [(Path(each).name, *stamp) for each, *stamp in stamps]
        digest = hashlib.sha256(repr(named).encode()).hexdigest()
        vocabulary._lexicon_form = (kept / "lexicon.json" if kept else None, digest)  # noqa: SLF001
        while len(_LOADED) >= most:
            _LOADED.pop(next(iter(_LOADED)), None)
        _LOADED[key] = vocabulary
    return cast("V", _LOADED[key])


def _load(cls: type[V], path: Path, own: Path | None, kept: Path | None) -> V:
    file = _read(path, kept)
    tagging, tagging_path = TaggingWords(version=1), path.with_name(_TAGGING)
    if tagging_path.exists():
        source = YamlFile(tagging_path, kept)
        tagging = source.parse(TaggingWords)
        check_tagging(source, tagging, file)
    if own is not None:
        file = with_own(own, file)
    vocabulary = cls(file, tagging)
    vocabulary.everyday = everyday_symbols(path.parent)
    vocabulary.files = (path, own, kept)
    return vocabulary


def _read(path: Path, kept: Path | None) -> TaxonomyFile:
    """The vocabulary's file with what its parts hold."""
    source = YamlFile(path, kept)
    file = source.parse(TaxonomyFile)
    sources = [YamlFile(path.parent / part, kept) for part in file.parts]
    parts = [(source, file), *((each, each.parse(TaxonomyPart)) for each in sources)]
    check(parts, file.facets)
    joined: dict[str, object] = {
        name: tuple(entry for _, part in parts for entry in getattr(part, name))
        for name in ("concepts", "drugs", "ambiguous_abbreviations", "exact_case", "unsaid")
    }
    for name in ("genes", "drug_names"):
        joined[name] = {
            key: names for _, part in parts for key, names in getattr(part, name).items()
        }
    return file.model_copy(update=joined)
