"""The layout of an ORA record page saved as text: which lines belong to which label.

A page is a list of lines. Most are a label ("Volume:") with its values on the lines below, or on
the same line; some are headings, actions and sentences of the page itself, which are never a
value. A label followed at once by another one is empty.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.formats.kinds import WORK_TYPES

AUTHOR_LABELS = ("Role", "ORCID", "Institution")
LABELS = (
    "Abstract", "Publication status", "Peer review status", "Publisher copy", *AUTHOR_LABELS,
    "Publisher", "Journal", "Volume", "Issue", "Article number", "Pages", "Publication date",
    "Acceptance date", "DOI", "PMID", "EISSN", "ISSN", "Language", "Keywords", "Subtype",
    "Pubs id", "Local pid", "Source identifiers", "Deposit date", "ARK identifier", "UUID",
    "Licence", "Views", "Downloads",
)  # fmt: skip
MORE_BY_AUTHOR = "More by this author"
MORE_FROM_JOURNAL = "More from this journal"
USAGE_HEADING = "Views and Downloads"
_AUTHOR_HEADINGS = ("Authors", "Contributors")
_FOOTERS = (USAGE_HEADING, "Terms of use", "TO TOP", "Report update to this record")
_HEADINGS = (
    "Actions", "Access Document", "Bibliographic Details", "Item Description", "Related Items",
    "Metrics", "Files:", MORE_FROM_JOURNAL, *_AUTHOR_HEADINGS, *_FOOTERS,
)  # fmt: skip
_UNEDITED_NOTE = "This ORA record was generated from metadata provided by an external service."
_UPDATE_SENTENCE = "If you are the owner of this record, you can report an update to it here:"

_BY_LENGTH = "|".join(re.escape(label) for label in sorted(LABELS, key=len, reverse=True))
_LABEL_LINE = re.compile(rf"(?P<label>{_BY_LENGTH}) ?: *(?P<value>.*)", re.IGNORECASE)
_LABEL_WITHIN = re.compile(rf" (?=(?:{_BY_LENGTH}):)")
_OTHER_LABEL = re.compile(r"[A-Z][A-Za-z'/() -]{1,40}:")
_CANONICAL = {label.lower(): label for label in LABELS}
_HEADING_WORDS = frozenset(heading.lower() for heading in _HEADINGS)
# Everything the last line of a page that breaks off may be the beginning of.
_PHRASES = (
    *(f"{label}:" for label in LABELS), *_HEADINGS, *(f"{work} icon" for work in WORK_TYPES),
    *(f"{work} :" for work in WORK_TYPES), MORE_BY_AUTHOR, _UNEDITED_NOTE, _UPDATE_SENTENCE,
)  # fmt: skip


@dataclass(slots=True)
class AuthorBlock:
    """One entry under "Authors", as it is on the page. Its name may be missing.

    `marked` says that "More by this author" began it, which ORA writes once an author.
    """

    name: str | None = None
    marked: bool = True
    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, label: str) -> str | None:
        """The first value of a label, or None."""
        return next(iter(self.values.get(label, ())), None)


@dataclass(frozen=True, slots=True)
class Page:
    """A page taken apart.

    `head` holds the lines before the first label or heading, "" for a blank one. `values` maps
    each label that is there to its lines, and to () when it is empty. `cut` is the label whose
    value is on the last line of a page that breaks off, so that the value may be incomplete.
    """

    head: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    authors: tuple[AuthorBlock, ...]
    other_labels: tuple[str, ...]
    unedited: bool
    complete: bool
    cut: str | None

    def first(self, label: str) -> str | None:
        """The first value of a label, or None when it is empty or not there."""
        return next(iter(line for line in self.values.get(label, ()) if line), None)

    def text(self, label: str) -> str:
        """All of a label's lines: wrapped lines joined, paragraphs kept apart."""
        paragraphs = re.split(r"\n{2,}", "\n".join(self.values.get(label, ())).strip("\n"))
        return "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)


def layout(text: str) -> Page:
    """Take the text of a page apart. Never raises: what is no page has little in it."""
    lines = _lines(text)
    broken_off = bool(lines) and not text.endswith(("\n", "\r"))
    if broken_off:
        lines[-1] = _without_beginnings(lines[-1])
    reader = _Reader()
    for line in lines:
        reader.take(line)
    lowered = [line.lower() for line in lines]
    return Page(
        head=tuple(reader.head),
        values={label: tuple(values) for label, values in reader.values.items()},
        authors=tuple(reader.authors),
        other_labels=tuple(dict.fromkeys(reader.other_labels)),
        unedited=any("has not been edited" in line for line in lowered),
        complete=any(footer.lower() in lowered for footer in _FOOTERS),
        cut=reader.label if broken_off and lines[-1] else None,
    )


def _lines(text: str) -> list[str]:
    """The lines without the space around them; every kind of space is a plain one."""
    text = re.sub("[\t\u00a0\u2007\u202f]", " ", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [line.strip(" \ufeff\u200b\x0b\x0c") for line in text.split("\n")]
    return [part for line in lines for part in _parts(line)]


def _parts(line: str) -> Iterator[str]:
    """A line, cut before each label within it when it starts with one ("Volume: 5 Issue: 6").

    And before an action at its end ("… Discovery More from this journal").
    """
    has_action = line.endswith(f" {MORE_FROM_JOURNAL}")
    if has_action:
        line = line.partition(f" {MORE_FROM_JOURNAL}")[0]
    match = _label(line)
    if match is None or match[0] == "Abstract":
        yield line
    else:
        yield from _LABEL_WITHIN.split(line)
    if has_action:
        yield MORE_FROM_JOURNAL


def _label(line: str) -> tuple[str, str] | None:
    """The label a line starts with, as ORA writes it, and the value behind it; else None.

    Alone on its line a label counts in any case; before a value only as ORA writes it, because
    a sentence may well start with "Role: …".
    """
    match = _LABEL_LINE.fullmatch(line)
    if match is None:
        return None
    label = _CANONICAL[match["label"].lower()]
    return (label, match["value"]) if match["label"] == label or not match["value"] else None


def _without_beginnings(line: str) -> str:
    """The last line of a page that breaks off, without the beginning of a label or an action."""
    if line in _PHRASES or line in WORK_TYPES:
        return line
    if any(phrase.startswith(line) for phrase in _PHRASES):
        return ""
    for action in (f" {MORE_FROM_JOURNAL}", f" {MORE_BY_AUTHOR}"):
        for length in range(len(action) - 1, 1, -1):
            if line.endswith(action[:length]):
                return line[:-length]
    return line


class _Reader:
    """Takes the lines of a page one by one."""

    def __init__(self) -> None:
        self.head: list[str] = []
        self.values: dict[str, list[str]] = {}
        self.authors: list[AuthorBlock] = []
        self.other_labels: list[str] = []
        self.label: str | None = None
        self._in_head = True
        self._in_authors = False
        self._awaits_value = False
        self._next_name: str | None = None

    def take(self, line: str) -> None:
        """Take the next line: a label, a part of the page itself, or a value."""
        label = _label(line)
        if label is not None:
            self._start(*label)
        elif line.lower().endswith(MORE_BY_AUTHOR.lower()):
            self._start_author(line[: -len(MORE_BY_AUTHOR)].strip())
        elif self._is_page_text(line):
            self._in_head = False
            self._in_authors = line.capitalize() in _AUTHOR_HEADINGS
            self.label = None
            if line.lower() == USAGE_HEADING.lower():
                self.label = USAGE_HEADING
                self.values.setdefault(USAGE_HEADING, [])
        elif self._in_head:
            self.head.append(line)
        elif self.label != "Abstract" and _OTHER_LABEL.fullmatch(line):
            self.other_labels.append(line[:-1])
            self.label = None
        elif self._in_authors and line and not self._is_role(line):
            self._take_in_authors(line)
        elif self.label is not None and (line or self.label not in AUTHOR_LABELS):
            self._list(self.label).append(line)

    def _is_page_text(self, line: str) -> bool:
        return (
            line.lower() in _HEADING_WORDS
            or line.startswith(("This ORA record was", "If you are the owner of this record"))
            or "has not been edited by the ORA" in line
        )

    def _start(self, label: str, value: str) -> None:
        self._in_head = False
        self.label = label
        if label in AUTHOR_LABELS:
            self._in_authors = True
            last = self.authors[-1] if self.authors else None
            repeated = last is not None and not last.marked and label in last.values
            if last is None or self._next_name or repeated:
                self._start_author("", marked=False)
                self.label = label
        else:
            self._in_authors = False
        values = self._list(label)
        values += [value] if value else []
        self._awaits_value = not value

    def _list(self, label: str) -> list[str]:
        """Where the values of a label go: to the last author, or to the page."""
        if label in AUTHOR_LABELS:
            return self.authors[-1].values.setdefault(label, [])
        return self.values.setdefault(label, [])

    def _start_author(self, name: str, *, marked: bool = True) -> None:
        self._in_head, self._in_authors = False, True
        self.authors.append(AuthorBlock(name or self._next_name, marked))
        self._next_name, self.label = None, None

    def _is_role(self, line: str) -> bool:
        """Whether a line goes on a list of roles: "Author", "Editor"."""
        return self.label == "Role" and line in ("Author", "Editor", "Supervisor", "Translator")

    def _take_in_authors(self, line: str) -> None:
        """A value of the label above it, or else a name: of this author or of the next."""
        author = self.authors[-1] if self.authors else None
        if self.label in AUTHOR_LABELS and self._awaits_value:
            self._list(self.label).append(line)
            self._awaits_value = False
        elif author is not None and author.name is None and not author.values:
            author.name = line
        else:
            self._next_name = line
