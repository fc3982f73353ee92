"""Plain-word negation: what a question leaves out ("except glioma", "but not in mice").

A word of negation leaves something out only where it says of what the works are to be. It does not
where it belongs to what is asked ("patients who did not respond", "with or without chemotherapy",
"no longer", "not only", "non-small cell", "tumours without T cells"), nor inside a statement or a
question of fact: there the negation is what the works are about.

What is left out are the works *about* a thing: those that name it, one of its other names or
something narrower in their title or keywords. A work that mentions it in passing stays; `-word`
leaves that out as well.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_ANY_CASE = re.IGNORECASE
# How a question begins that asks whether or why: its negation is part of what is asked.
_OF_FACT = re.compile(
    r"(?:why|how|when|whether|if|is|are|was|were|do|does|did|can|could|will|would|should|has|have"
    r"|had|may|might)\b(?!\s+(?:you|we|i|not)\b)(?!\s+there\s+(?:any|some|anything)\b)",
    _ANY_CASE,
)
_STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|can|could|may|might|will|would|must|causes?"
    r"|leads?|leading|led|induc(?:es?|ed)|inhibit(?:s|ed)?|increas(?:es?|ed)|decreas(?:es?|ed)"
    r"|reduc(?:es?|ed)|promot(?:es?|ed)|requires?|improv(?:es?|ed)|show(?:s|ed)|result(?:s|ed)"
    r"|affect(?:s|ed)|plays?|regulat(?:es?|ed)|express(?:es)?|activat(?:es?|ed)|lacks?)\b",
    _ANY_CASE,
)
_LONG = 8
_WORKS = (
    r"(?:papers?|articles?|stud(?:y|ies)|works?|records?|trials?|reviews?|ones?|those|research"
    r"|anything|something)"
)
_ABOUT = (
    r"(?:(?:in|on|about|for|with|from|of|involving|including|using|concerning|regarding|containing"
    r"|mentioning|requiring)\s+)?"
)
_DEALS = (
    r"(?:include|involve|mention|use|contain|cover|concern|discuss|deal\s+with|talk\s+about"
    r"|focus\s+on|need|require)"
)
_NOT = r"(?:\s+not|n[’']t)\s+"
_OPENERS = re.compile(
    rf"\b(?P<works>{_WORKS}\s+(?:that|which)\s+(?:do|does|did|are|is|were|was){_NOT}"
    rf"(?:{_DEALS}\s+|{_ABOUT}))"
    rf"|\b(?P<verb>(?:that|which)\s+(?:do|does|did){_NOT}{_DEALS}\s+)"
    rf"|\b(?P<are>(?:that|which)\s+(?:are|is|were){_NOT}{_ABOUT})"
    rf"|\b(?P<not>(?:but\s+|and\s+|just\s+)?(?:[Nn]ot|never)\s+{_ABOUT})"
    rf"|\b(?P<unwanted>(?:(?:[Ii]|[Ww]e)\s+)?(?:[Dd]o\s+not|[Dd]on[’']?t)\s+(?:want|need|show|give|include|send|list)"
    rf"(?:\s+(?:me|us|any|the|to\s+(?:see|read)))*\s+(?!to\b){_ABOUT})"
    r"|\b(?P<without>(?:but\s+)?(?:without|with\s+no|w/o|sans)\s+(?:using\s+|including\s+)?)"
    r"|\b(?P<no>(?:but\s+|and\s+)?[Nn]o\s+)"
    r"|\b(?P<plain>(?:with\s+)?(?:the\s+)?(?:[Ee]xcept(?:ing|ion\s+of)?(?:\s+for)?|[Ee]xcl(?:ud(?:e|ing)|\.)?"
    r"|[Ll]eav(?:e|ing)\s+out|[Oo]mit(?:ting)?|[Ii]gnor(?:e|ing)|minus|[Oo]ther\s+than"
    r"|[Rr]ather\s+than|[Ii]nstead\s+of|[Ii]n\s+place\s+of|[Aa]s\s+opposed\s+to|[Aa]part\s+from|[Aa]side\s+from|[Nn]othing\s+(?:on|about|with|in)|[Aa]ny(?:thing)?\s+but"
    rf"|[Ee]verything\s+but)\s+{_ABOUT})"
    r"|\b(?P<outside>(?:but\s+)?[Oo]utside(?:\s+of)?\s+(?:the\s+)?)"
)
# Words behind which "not" and "no" say something else.
_NOT_BEHIND = re.compile(
    r"\b(?:is|are|was|were|be|been|am|do|does|did|has|have|had|can|could|will|would|should|may|might"
    r"|must|or|if|why|whether|of|there|show(?:s|ed)?|found|with|by|despite|makes?|yes|says?)\s+$",
    _ANY_CASE,
)
_POPULATION = re.compile(
    r"\b(?:patients?|people|persons?|individuals|subjects|participants|(?:wo)?men|children|adults"
    r"|mice|mouse|rats|animals|cells?|tumou?rs|those|cases|controls|donors|models?|cohorts?|groups?"
    r"|survivors|carriers|families|infants|smokers|with\s+(?:or|and)|with\s*/|with|or|and|not)\s*$",
    _ANY_CASE,
)
_NOT_BEFORE = re.compile(
    r"(?:only|just|yet|always|all|every|everyone|well|necessarily|merely|simply|enough|so|such|much|many"
    r"|significantly|fully|completely|known|clear|clearly|due|be|been|to|as|at|even|sure|respond\w*"
    r"|(?!imag|surger)\w{3,}(?:ed|ing|ly)|smokers?|drinkers?|users?)\b",
    _ANY_CASE,
)
_NO_BEFORE = re.compile(
    r"(?:longer|matter|one|effects?|differences?|associations?|benefits?|responses?|evidence"
    r"|changes?|improvements?|significant|such|more|less|further|impacts?|influence|roles?|need"
    r"|relationships?|correlations?|increases?|decreases?|reductions?|apparent|clear|other|real|way"
    r"|doubt|idea|answer)\b",
    _ANY_CASE,
)
# What cells or a matrix do: "fibroblasts exclude T cells from the nest".
_KEEPS_OUT = re.compile(
    r"exclud(?:e|ing)\s+(?:[\w+/-]+\s+){1,4}from\s+(?!(?:the|these|this|my|those)?\s*"
    rf"(?:{_WORKS}|lists?|results?|search)\b)",
    _ANY_CASE,
)
# Where the thing ends: at a mark, at a filter, or where the question goes on.
_THING = re.compile(
    r"(?P<kind>reviews?|preprints?|trials?|editorials?|case\s+reports?)(?=\s+(?:of|on|about)\s)"
    r"|(?P<thing>[^,;:.?!()\"“”|]+?)\s*(?=$|[,;:?!()\"“”|]|\.(?:\s|$)"
    r"|\s-?[A-Za-z_-]{2,20}:\S"
    r"|\s(?:in|on|for|with|by|but|that|which|who|when|where|since|after|before|from|during|between"
    r"|until|published|only|please|as|is|are|was|were|within|newest|sorted|sort|latest|please|using"
    r"|via|through|without|except|excluding|not|no|than|OR|AND|NOT)\s|\s(?:please|only|thanks)$)"
)
# ", lung or kidney cancer": how a list goes on behind its first thing.
_MORE = r"(?:,\s*(?:[\w+/-]+\s){{0,3}}[\w+/-]+)+?,?\s+(?:{})\s+"
_MORE_OR = re.compile(_MORE.format("or|nor"), _ANY_CASE)
_MORE_AND = re.compile(_MORE.format("or|nor|and"), _ANY_CASE)
_JOINED = re.compile(r"\s*(?:,\s*(?:and|or|nor)?|\s(?:and|or|nor)|/\s+|&)\s+", _ANY_CASE)
_AROUND = re.compile(
    rf"^(?:(?:the|any|all|those|these|that|a|an|in|about|on)\s+)+|\s+(?:{_WORKS}|please)$",
    _ANY_CASE,
)
_TRAILING = re.compile(r"[\s,;(–—-]*\b(?:but|and|or)\s*$|(?:[\s,;(–—]|\s-)+$", _ANY_CASE)
_BEFORE_FIELD = re.compile(
    r"(?<![\w-])(?:but\s+)?(?:not|without|except(?:\s+for)?|excluding)\s+(?=[\"“]|[a-z]{2,12}:\S)",
    _ANY_CASE,
)
_BY = re.compile(r"(?<![\w-])(?:but\s+)?not\s+by\s+([^\W\d_][\w'’-]+)", _ANY_CASE)
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]?|(?<!\w)-?[A-Za-z_-]{2,20}:\S+")
_MARKER = re.compile(r"(?:anti-)?[A-Z]{2}[A-Za-z\d-]{0,12}\+?")
_MOST_WORDS = 7


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is asked once the things left out are taken away, and those things as typed."""

    text: str
    left_out: tuple[str, ...] = ()


def leave_out(
    text: str,
    *,
    question: bool,
    is_name: Callable[[str], bool] = lambda _words: False,
    is_cancer: Callable[[str], bool] = lambda _words: False,
) -> Remaining:
    """Take what plain words leave out from a question (`question`: it asks, or wants papers).

    `is_name` tells whether words are the name of one thing: head and neck; `is_cancer` whether
    that is a cancer, outside of which works may be.
    """
    text = _BY.sub(r"-author:\1", _BEFORE_FIELD.sub("-", text))
    if text.isupper() or _is_of_fact(text, question=question):
        return Remaining(text)
    left_out: list[str] = []
    at = 0
    while opener := _OPENERS.search(text, at):
        thing = _THING.match(text, opener.end())
        at = opener.end()
        leaves_out = _leaves_out(text, opener) or (
            opener["are"] and thing is not None and _is_another(thing["thing"], is_cancer)
        )
        if thing is None or not leaves_out or _is_quoted(text, opener.start()):
            continue
        things = thing["kind"] or thing["thing"]
        more = (_MORE_AND if opener["plain"] else _MORE_OR).match(text, thing.end())
        if more and (last := _THING.match(text, more.end())):
            things, thing = text[opener.end() : last.end()], last
        names = _several(things, is_name)
        names = [name for name in names if name and len(name.split()) <= _MOST_WORDS]
        if not names or (opener["outside"] and not all(map(is_cancer, names))):
            continue
        left_out += names
        before, behind = text[: opener.start()], text[thing.end() :]
        if before.rstrip().endswith("(") and behind.startswith(")"):
            behind = behind[1:]
        before = _TRAILING.sub("", before)
        text = f"{before} {behind.lstrip(' ,;')}".strip()
        at = len(before)
    return Remaining(text, tuple(left_out))


def _several(things: str, is_name: Callable[[str], bool]) -> list[str]:
    """The things of a list, by their names: "head and neck or lung" are two."""
    joiners = [match[0] for match in _JOINED.finditer(things)]
    first, *others = (_AROUND.sub("", thing).strip() for thing in _JOINED.split(things))
    names = [first]
    for joiner, name in zip(joiners, others, strict=True):
        if is_name(together := f"{names[-1]}{joiner}{name}"):
            names[-1] = together
        else:
            names.append(name)
    return names


def _is_of_fact(text: str, *, question: bool) -> bool:
    """Whether it is a statement or asks whether something is so."""
    if question and _OF_FACT.match(text):
        return True
    long = len(text.split()) > _LONG
    return not question and long and (text.rstrip().endswith(".") or bool(_STATES.search(text)))


def _leaves_out(text: str, opener: re.Match[str]) -> bool:
    """Whether the words of negation stand where they leave something out."""
    before, behind = text[: opener.start()], text[opener.end() :]
    if opener["without"]:
        finding = opener["without"].rstrip().endswith("no") and _NO_BEFORE.match(behind)
        return not (finding or _POPULATION.search(before))
    if opener["not"]:
        return not (_NOT_BEHIND.search(before) or _NOT_BEFORE.match(behind))
    if opener["are"]:  # of works, not of what they are about: "tumours that are not inflamed"
        return bool(re.search(_WORKS, before)) and not _NOT_BEFORE.match(behind)
    if opener["no"]:
        return not (_NOT_BEHIND.search(before) or _NO_BEFORE.match(behind))
    if _KEEPS_OUT.match(text, opener.start()):
        return False
    return not (opener["plain"] and opener["plain"].startswith("minus") and behind[:1].isdigit())


def _is_another(thing: str | None, is_cancer: Callable[[str], bool]) -> bool:
    """Whether a thing is a tumour or a marker, which what is sought is not to be.

    "Gliomas that are not glioblastoma", "CAR-T that isn't CD19"; not "tumours that are not hot".
    """
    return thing is not None and (is_cancer(thing) or bool(_MARKER.fullmatch(thing)))


def _is_quoted(text: str, place: int) -> bool:
    return any(each.start() < place < each.end() for each in _QUOTED.finditer(text))
