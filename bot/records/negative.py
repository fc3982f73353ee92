"""Whether a study says of itself that a treatment did not help.

A small rule over the study's own words, which are quoted wherever it is used. It looks where
results stand: in the title, in sections of results and conclusions, and in the second half of an
abstract without sections. It finds failures only; nothing is ever called a success.
"""

import re
from collections.abc import Iterator

from bot.records.answers import Quote
from bot.records.models import Record, Section
from bot.text.markup import plain
from bot.text.sentences import level, sentences

# An adverb or so may stand between: "did not significantly improve".
_FEW = r"(?: [\w-]+){0,4}?"
_HELPS = r"(?:improve|prolong|enhance|benefit|outperform)\w*"
# These say nothing without what they reach: "did not show toxicity" is no failure.
_REACHES = (
    r"(?:meet|reach|achieve?|show|demonstrate?|provid|confer|add|increase?|extend|result in"
    r"|translate? into|have)(?:e|ed|ing|s)?"
)
_GOOD = (
    r"(?:benefits?|improvements?|efficacy|activity|significance|end ?points?|objectives?"
    r"|responses?(?: rates?)?|superiority|survival|OS|PFS|advantage)"
)
_OUTCOME = rf"(?:overall survival|progression-free survival|{_GOOD}|outcomes?)"
_SAID = re.compile(
    rf"\b(?:(?:did|does|do) not(?: \w+ly)? (?:{_HELPS}|{_REACHES}{_FEW} {_GOOD})"
    rf"|fail(?:ed|s|ing)? to(?: \w+ly)? (?:{_HELPS}|{_REACHES}{_FEW} {_GOOD})"
    rf"|no{_FEW} (?:benefit|improvement|advantage|superiority|objective responses?)"
    rf"|no{_FEW} differences? in(?: the)?{_FEW} {_OUTCOME}"
    r"|(?:was|were|is|are) not(?: \w+ly)? (?:superior|better|longer|improved|effective|prolonged)"
    r"|not superior|lack of(?: \w+){0,2} (?:efficacy|benefit|activity)"
    r"|(?:end ?points?|objectives?) (?:was|were) not(?: \w+)? (?:met|reached|achieved)"
    r"|futility|ineffective"
    r"|(?<![\w-])negative(?: \w+){0,2} (?:trial|study|results?))\b",
    re.IGNORECASE,
)
# "Patients who failed to achieve a response" describe who took part; "toxicity did not increase
# survival losses" and "no differences in toxicity" are about harm.
_OTHERWISE = re.compile(
    r"\b(?:(?:who|previously|having|those that)(?: \w+){0,2}"
    r"|(?:toxicit|adverse|safety|risk)\w*(?: \w+){0,3})\s*$",
    re.IGNORECASE,
)
_HARM = re.compile(r"^(?: [\w-]+){0,3} (?:toxicit|adverse|risk|safety|side effects)", re.IGNORECASE)
_BEFORE_RESULTS = re.compile(
    r"\b(?:background|introduction|aims?|objectives?|purpose|rationale|methods?|design|patients"
    r"|setting|participants|importance|context|hypothesis)\b",
    re.IGNORECASE,
)
_RESULTS = re.compile(r"result|finding|conclusion", re.IGNORECASE)


# Each form has one of these, in lower case, where a word begins.
_CUES = ("no ", "not ", "fail", "lack of", "futility", "ineffective", "negative")
_STOPS = ".,;:()"
_MARKS = re.compile(f"[{_STOPS}]")


def negative(record: Record) -> Quote | None:
    """The sentence in which a study reports that it failed, with the words that say so marked.

    None where neither title nor abstract says so, which does not mean that it succeeded.
    """
    texts = [record.title, *(section.text for section in record.sections)]
    texts += [] if record.sections else [record.abstract or ""]
    if not any(map(_may_say, texts)):
        return None  # nearly every record, and before its sentences are cut
    for label, text in _where_results_stand(record):
        said = failure(level(text))
        if said is not None:
            return Quote(text=text, section=label, marks=((said.start(), said.end()),))
    return None


def _may_say(text: str) -> bool:
    """Whether a text has the words of a failure anywhere: none of them reaches across a mark."""
    levelled = level(plain(text))
    lowered = levelled.lower()
    if len(lowered) != len(levelled):  # a letter such as İ grows: the places are not the same
        return any(map(_SAID.search, _MARKS.split(levelled)))
    end = 0
    for cue in sorted(_cues(lowered)):
        if cue < end:
            continue
        begin = max(lowered.rfind(mark, 0, cue) for mark in _STOPS) + 1
        stop = _MARKS.search(lowered, cue)
        end = stop.start() if stop else len(lowered)
        if _SAID.search(levelled[begin:end]):
            return True
    return False


def _cues(lowered: str) -> Iterator[int]:
    """Where the words of a failure may begin."""
    for cue in _CUES:
        at = lowered.find(cue)
        while at >= 0:
            if not (at and lowered[at - 1].isalnum()):
                yield at
            at = lowered.find(cue, at + 1)


def failure(text: str) -> re.Match[str] | None:
    """The words of a levelled sentence that say of a treatment that it did not help, or None."""
    return next((said for said in _SAID.finditer(text) if _is_failure(text, said)), None)


def tells_results(label: str | None) -> bool:
    """Whether results may stand in a section; they may where it has no label."""
    label = (label or "").strip()
    return not _BEFORE_RESULTS.search(label) or bool(_RESULTS.search(label))


def _is_failure(text: str, said: re.Match[str]) -> bool:
    before, after = text[: said.start()], text[said.end() :]
    return not (_OTHERWISE.search(before) or _HARM.match(after))


def _where_results_stand(record: Record) -> list[tuple[str | None, str]]:
    """The title (as section "title"), then the sentences of the abstract that tell results."""
    found: list[tuple[str | None, str]] = [("title", plain(record.title))]
    sections = record.sections or (Section(label=None, text=record.abstract or ""),)
    for section in sections:
        if not tells_results(section.label):
            continue
        split = sentences(section.text)
        if section.label is None:
            split = split[len(split) // 2 :]
        found += [(section.label, sentence) for sentence in split]
    return found
