"""The sections of an abstract."""

import re

from bot.records.models import Section
from bot.text.markup import plain

_HEADINGS = frozenset((
    "aim", "aims", "aims and objectives", "background", "background and aim",
    "background and aims", "background and objective", "background and objectives",
    "background and purpose", "case presentation", "clinical trial registration", "conclusion",
    "conclusions", "conclusions and relevance", "data sources", "design", "discussion",
    "experimental design", "findings", "funding", "implications", "importance", "interpretation",
    "interventions", "introduction", "key messages", "limitations", "main body",
    "main outcome measures", "main outcomes and measures", "material and methods",
    "materials and methods", "methods", "method", "methods and results", "methodology",
    "objective", "objectives", "outcomes", "participants", "patients and methods", "perspectives",
    "principal findings", "purpose", "purpose of review", "rationale", "recent findings",
    "result", "results", "results and conclusions", "scope of review", "setting",
    "short conclusion", "significance", "statement of significance", "study design",
    "study selection", "summary", "translational relevance", "trial registration",
    "trial registration number",
))  # fmt: skip
# Some words at the start, or after a full stop (or its like, perhaps with a closing bracket or
# quote), and behind them a colon; or, as some journals send it to PubMed, a dash that is close.
# Whether they are a heading is looked up: a pattern of all headings takes ten times as long.
_LABEL = r"(?P<label>[A-Za-z]++(?: [A-Za-z]++){0,4}+)"
_WORDS = r"\s{0,9}\b" + _LABEL + r"(?:[ \u00a0]?:|[-\u2013\u2014]{1,2}(?=\s))\s*"
_AT_START = re.compile(_WORDS)
_BEHIND = (":", "\u2013", "\u2014", "- ", "-\n", "-\t", "-\u00a0")
_LAST_WORDS = tuple({heading.rpartition(" ")[2] for heading in _HEADINGS})
_LONGEST = max(map(len, _LAST_WORDS)) + 2  # and what may stand between the word and its mark
# It begins with one set of characters, at which it is looked for three times as quickly.
_AFTER_STOP = re.compile(rf"[.!?\n](?:(?<=\n)[ \t]{{0,9}}\n|(?<=[.!?])[)\]\"'”’]?){_WORDS}")
# Any words in capitals, as PubMed prints the labels of structured abstracts.
_CAPITALS = re.compile(
    r"(?:\A|(?<=[.!?)\]]))\s{0,9}"
    r"(?P<label>[A-Z][A-Z0-9]{2,30}(?:[ /&,'()-]{1,3}[A-Z0-9]{1,30}){0,11}):\s+"
)

# JATS (Crossref, PubMed Central) and PubMed's own XML, where a source hands it on as it is.
_MARKED_HEADING = re.compile(
    r"<(?:jats:)?title(?:\s[^<>]{0,200})?>(?P<jats>[^<>]{1,200})</(?:jats:)?title>"
    r"|<AbstractText\b[^<>]{0,200}?\bLabel=\"(?P<pubmed>[^\"<>]{1,100})\"[^<>]{0,200}>",
    re.IGNORECASE,
)
# The heading over the whole of it says nothing.
_NO_LABELS = frozenset(("abstract", "summary", "unlabelled"))


def split_sections(abstract: str) -> tuple[Section, ...]:
    """Cut an abstract at its inline headings ("Background: … Main body: …") or marked-up ones.

    A heading counts only at the start, or after a full stop or an empty line. What comes before the
    first one is a section without a label; so is the whole of an abstract that has none. An empty
    abstract has no sections. Headings in capitals are given as `Background`; no word is lost.
    """
    if "<" in abstract and (marked := list(_MARKED_HEADING.finditer(abstract))):
        return _cut(abstract, marked, marked=True)
    words: list[re.Match[str]] = []
    if _may_have_headings(abstract):
        words += _AFTER_STOP.finditer(abstract)
        first = _AT_START.match(abstract)
        # Behind empty lines at the start both patterns find the same words.
        if first and (not words or words[0].start("label") != first.start("label")):
            words.insert(0, first)
    return _cut(abstract, [m for m in words if m["label"].lower() in _HEADINGS], marked=False)


def _may_have_headings(abstract: str) -> bool:
    """Whether a heading's last word stands before what stands behind one.

    Most colons and dashes are of sentences, and to look for headings takes much longer.
    """
    for mark in _BEHIND:
        at = abstract.find(mark)
        while at >= 0:
            before = abstract[max(at - _LONGEST, 0) : at].rstrip(" \u00a0-\u2013\u2014")
            if before.lower().endswith(_LAST_WORDS):
                return True
            at = abstract.find(mark, at + 1)
    return False


def split_capitals(abstract: str) -> tuple[Section, ...]:
    """Cut an abstract at every label in capitals, regardless of its words, if one begins it.

    For PubMed's text alone, in which structured abstracts are always so. Others are cut as
    `split_sections` cuts them.
    """
    marks = list(_CAPITALS.finditer(abstract))
    if not marks or marks[0].start() != 0 or len(marks) < 2:
        return split_sections(abstract)
    return _cut(abstract, marks, marked=False)


def _cut(abstract: str, marks: list[re.Match[str]], *, marked: bool) -> tuple[Section, ...]:
    """The sections between the marks."""
    if not marks:
        return (Section(label=None, text=whole),) if (whole := abstract.strip()) else ()
    starts = [mark.start() if marked else mark.start("label") for mark in marks]
    ends = [*starts, len(abstract)]
    sections = [Section(label=None, text=abstract[: ends[0]].strip())]
    for mark, end in zip(marks, ends[1:], strict=True):
        label = " ".join(next(filter(None, mark.groups())).split()).removesuffix(":").rstrip()
        nothing = marked and label.lower() in _NO_LABELS
        sections.append(
            Section(
                label=None if nothing else label.capitalize() if label.isupper() else label or None,
                text=abstract[mark.end() : end].strip(),
            )
        )
    # Between two headings of a markup there may be tags and no word.
    worded = (s for s in sections if s.label or (plain(s.text) if marked else s.text))
    return tuple(worded)
