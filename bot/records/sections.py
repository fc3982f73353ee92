"""The sections of an abstract."""

import re

from bot.records.models import Section
from bot.text.markup import plain

_HEADINGS = (
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
)  # fmt: skip
_HEADING = re.compile(
    # At the start, or after a full stop (or its like, perhaps with a closing bracket or quote).
    r"(?:\A|(?<=[.!?])|(?<=[.!?][)\]\"'”’]))\s{0,9}"
    # A colon; or, as some journals send it to PubMed, a dash that is close to the heading.
    rf"\b(?P<label>{'|'.join(sorted(_HEADINGS, key=len, reverse=True))})"
    r"(?:[ \u00a0]?:|[-\u2013\u2014]{1,2}(?=\s))\s*",
    re.IGNORECASE,
)
# What is behind a heading, or before the name of an element.
_MAY_HOLD_HEADINGS = re.compile(r"[:<\u2013\u2014]|-\s")
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

    A heading counts only at the start or after a full stop. What comes before the first one is
    a section without a label; so is the whole of an abstract that has none. An empty abstract
    has no sections. Headings in capitals are given as `Background`; no word of the text is lost.
    """
    if not _MAY_HOLD_HEADINGS.search(abstract):  # quicker than to look for them
        text = abstract.strip()
        return (Section(label=None, text=text),) if text else ()
    marked = list(_MARKED_HEADING.finditer(abstract))
    return _cut(abstract, marked or list(_HEADING.finditer(abstract)), marked=bool(marked))


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
    ends = [mark.start() for mark in marks] + [len(abstract)]
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
