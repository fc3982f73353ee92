"""Concepts that follow from how mentions stand together."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from bot.records.models import unique
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging.patterns import Kind, Patterns
from bot.vocabulary.tagging.scan import Mention, Scan, Span
from bot.vocabulary.tagging.text import Field, lowered, searchable
from bot.vocabulary.tagging_words import VerbRule

COMBINATION = "combination-therapy"

_BETWEEN = (
    r"(?:\W+(?!(?:in|for|on|by|with|from|to|than|against|after|is|are|was|were|that|which)\b)"
    r"[\w+'-]+){0,4}\W*$"
)
_VERB_REACH = 60  # characters between a verb and its component
_JOINING = r"(?:and|or|and/or|versus|vs\.?|but not|and not|to|into|from)"
_LIST_BEFORE = re.compile(
    rf"([\w+-]+(?: [\w+-]+)?)(?:\s*/\s*|,\s*(?:and |or |but not |not )?|\s+{_JOINING}\s+)$",
    re.IGNORECASE,
)
_LIST_AFTER = re.compile(r"(?:\s*/\s*|\s+(?:and|or|plus)\s+)-?([\w+-]+)", re.IGNORECASE)
_LINKED = re.compile(r"(?:[/,]|\b(?:and|or|versus|vs\.?|not|to|into|from))\s*$", re.IGNORECASE)
# "HPV-positive and -negative HNSCC", "CXCR1/2 inhibition": the first part of a name comes once.
_HUNG = re.compile(
    rf"\b(?P<stem>[\w+]+)-(?P<one>\w+)(?:\s*/\s*|\s+{_JOINING}\s+)-(?P<other>\w+)(?=\s)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\b(?P<stem>[A-Z]{2,}[A-Za-z-]*)(?P<one>\d)/-?(?P<other>\d)(?=\s)")
# "CTLA-4- or PD-1-directed antibodies": the last part comes once, and an aside breaks a name:
# "regulatory, but not cytotoxic, T cells".
_TRAILING = re.compile(
    r"\b(?P<one>[\w-]+)-(?:\s*/\s*|\s+(?:and|or)\s+)[\w-]+?(?P<last>-[a-z]+)(?=\s)", re.IGNORECASE
)
_ASIDE = re.compile(r"\b(?P<one>[\w+-]+),\s+(?:but\s+|and\s+)?not\s+[\w+-]+,(?=\s)", re.IGNORECASE)
# With what joins the parts, and what every text that has such a name has, in lower case.
_SHARED_STEMS = (
    (_HUNG, "-", re.compile(r"[ /]-\w")), (_NUMBERS, "", re.compile(r"\d/-?\d")),
    (_TRAILING, "", re.compile(r"- ?(?:/|and |or )")),
    (_ASIDE, "", re.compile(r", (?:but |and )?not ")),
)  # fmt: skip
_TAIL = re.compile(r"(?:\s+[\w-]+){0,7}")
_HEADS = frozenset(
    ("blockade", "inhibition", "inhibitor", "inhibitors", "antibody", "antibodies", "depletion",
     "targeting", "antagonist", "antagonists", "reprogramming")
)  # fmt: skip
_CELLS = frozenset(("cell", "cells"))
# In lower case, and looked for in it: without regard to case it takes four times as long.
_TUMOUR = re.compile(
    r"(?:cancers?|adenocarcinomas?|carcinomas?|tumou?rs?|malignanc(?:y|ies)|sarcomas?)\b"
)
_ALTERNATIVE = (" and ", " or ")
# "Hepatocellular or gastric hepatoid carcinoma": an adjective shares the noun two words on; a noun
# ("in liver and advanced gastric cancer") does not.
_ADJECTIVE_BEFORE = re.compile(
    r"([\w-]+(?:al|an|ar|ary|ic|ous))(?:\s*/\s*|\s+(?:and|or|and/or)\s+)[\w-]+\s+[\w-]+\s+$",
    re.IGNORECASE,
)

_AS_TARGET = re.compile(r"(?:'s|\s)(?:[^.;:]{0,60}?\s)?targets?\b", re.IGNORECASE)
_FILLER = frozenset(
    ("therapy", "treatment", "inhibitor", "inhibitors", "antibody", "antibodies", "blockade",
     "monoclonal", "the", "a", "an", "cells", "cell", "monotherapy", "agent", "agents", "either",
     "standard", "concurrent", "neoadjuvant", "adjuvant", "low", "dose", "low-dose", "therapies")
)  # fmt: skip
_JOINS = frozenset(("plus", "+", "with", "combined", "combination", "alongside", "together"))
_SMALL = frozenset(("and", "in", "or", "without", "to", "added"))
_PLUS = re.compile(r"\s+plus\s+\w+", re.IGNORECASE)
_PLUS_BEFORE = re.compile(r"\w\s+plus\s+$", re.IGNORECASE)
_LIST_GOES_ON = re.compile(r"(?:\s*+,)?\s++and\s", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^)]*\)")
_MOST_BETWEEN = 45  # characters between the two halves of a combination
# Axitinib/pembrolizumab, venetoclax-azacitidine: given together.
_PAIR = frozenset("/-–")
_ADVERSE = "immune-related-adverse-events"
_HARM = re.compile(
    r"[\s-](?:induced|induces?|caused|causes?|triggers?|related|associated|mediated)\s(?:[\w-]+\s){0,2}?"
    r"(?:\w+itis|\w+pathy|\w*toxicit\w+|adverse events?|diabetes|thyroid\w*|myasthenia)\b",
    re.IGNORECASE,
)
# "Fulminant myocarditis after a single dose of ipilimumab"; hepatitis B is an infection.
_HARM_BEFORE = re.compile(
    r"\b(?:\w+itis(?! [BCD]\b)|myasthenia|(?:poly)?neuropathy|cytopenias?)\s(?:[\w-]+\s){0,3}?"
    r"(?:after|following|due to|caused by|triggered by|secondary to)\s(?:[\w-]+\s){0,5}$",
    re.IGNORECASE,
)
# "A and B are antibodies" says what both are.
_ARE = re.compile(r"\s+(?:\([^)]*\)\s+)?are\s", re.IGNORECASE)
_NOT_JOINED = re.compile(r"\b(?:versus|vs|between|compar\w+|than|or)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Verb:
    stems: tuple[str, ...]
    before: re.Pattern[str]
    after: re.Pattern[str]
    concept: str


class VerbRules:
    """A verb beside a component makes a strategy: `depletion of regulatory T cells`."""

    def __init__(self, rules: Sequence[VerbRule]) -> None:
        self._rules: dict[str, list[_Verb]] = {}
        for rule in rules:
            stems = "|".join(rule.stems)
            before = re.compile(rf"\b(?:{stems})\w*{_BETWEEN}", re.IGNORECASE)
            after = re.compile(
                rf"[\s-]{{1,2}}(?:(?:is|are|was|were|been)\s)?(?:{stems})\w*?(?:ing|ed|ion)\b",
                re.IGNORECASE,
            )
            for component in rule.of:
                verb = _Verb(rule.stems, before, after, rule.concept)
                self._rules.setdefault(component, []).append(verb)

    def follow(self, mentions: Sequence[Mention]) -> Iterator[Mention]:
        """The strategies that the verbs around these mentions make of them."""
        for mention in mentions:
            for verb in self._rules.get(mention.concept, ()):
                start, end = mention.start - _VERB_REACH, mention.end + _VERB_REACH
                near = mention.field.lower[max(0, start) : end].replace(" ", "")
                if any(stem.replace("-", "") in near for stem in verb.stems):
                    yield from _with_verb(mention, verb)


def _with_verb(mention: Mention, verb: _Verb) -> Iterator[Mention]:
    shown = mention.field.shown
    begin, _ = mention.field.clause(mention.start, mention.end, _VERB_REACH)
    if match := verb.before.search(shown, begin, mention.start):
        yield _made(mention, match.start(), mention.end, verb.concept)
    elif match := verb.after.match(shown, mention.end):
        yield _made(mention, mention.start, match.end(), verb.concept)


def _made(mention: Mention, start: int, end: int, concept: str) -> Mention:
    return Mention(mention.field, start, end, concept, Kind.TERM, denied=mention.denied)


def shared_heads(patterns: Patterns, found: Scan) -> Iterator[Mention]:
    """Names that share a word: `PD-1 and CTLA-4 blockade`, `hot and cold tumours`, `anti-PD-1/L1`.

    Shared are the last words of a name, or the first one of `anti-PD-1`.
    """
    shown = found.field.shown
    for mention in found.mentions:
        if mention.kind is not Kind.TERM:
            continue
        words = mention.words.split()
        is_listed = _LINKED.search(shown, max(0, mention.start - 9), mention.start) is not None
        heads = [" ".join(words[-n:]) for n in range(len(words) - 1, 0, -1)] if is_listed else []
        if is_listed and words[-1].lower() in _HEADS:
            heads = words[-1:]
        if words[-1].lower() in _CELLS:  # "NK and CD8 T cells" are no NK T cells
            heads.reverse()
        start = mention.start
        while heads and _LINKED.search(shown, max(0, start - 9), start):
            match = _LIST_BEFORE.search(shown, max(0, start - 40), start)
            if match is None:
                break
            start, end = match.span(1)
            firsts = unique((match.group(1), match.group(1).split()[-1]))
            named = (
                (first, concepts)
                for first in firsts
                for head in heads
                if (concepts := patterns.names(_text(f"{first} {head}")))
            )
            first, concepts = next(named, ("", ()))
            for concept in concepts:
                yield _made(mention, end - len(first), end, concept)
        if words[0].lower().startswith("anti-") and (
            match := _LIST_AFTER.match(shown, mention.end)
        ):
            for concept in patterns.names(_text(f"anti-{match.group(1)}")):
                yield _made(mention, match.start(1), match.end(1), concept)


def shared_stems(patterns: Patterns, field: Field) -> Iterator[Mention]:
    """Names of which one leaves out a part that another has: `HPV-positive and -negative HNSCC`."""
    lower = field.shown.lower()
    for pattern, joint, sign in _SHARED_STEMS:
        if not sign.search(lower):
            continue
        for match in pattern.finditer(field.shown):
            tail = _TAIL.match(field.shown, match.end())
            behind = tail.group().split() if tail else []
            parts = match.groupdict("")
            for which in ("one", "other"):
                if which in parts:
                    first = f"{parts.get('stem', '')}{joint}{parts[which]}{parts.get('last', '')}"
                    for concept in _longest(patterns, first, behind):
                        yield Mention(field, *match.span(which), concept, Kind.TERM)


def _longest(patterns: Patterns, first: str, behind: Sequence[str]) -> tuple[str, ...]:
    """What the first word and as many of those behind it as can be name together."""
    counts = range(len(behind), -1, -1)
    names = (patterns.names(_text(" ".join((first, *behind[:count])))) for count in counts)
    return next(filter(None, names), ())


def shared_tumours(patterns: Patterns, field: Field) -> Iterator[Mention]:
    """Tumours named by an adjective whose noun comes two words on, after another adjective."""
    for head in _TUMOUR.finditer(field.lower):
        begin, start = max(0, head.start() - 60), head.start()
        before = field.lower[begin:start]
        if not before.endswith(" ") or not (
            any(each in before for each in _ALTERNATIVE) or "/" in field.shown[begin:start]
        ):
            continue
        if match := _ADJECTIVE_BEFORE.search(field.shown, begin, start):
            for concept in patterns.names(_text(f"{match.group(1)} {head.group()}")):
                yield Mention(field, match.start(1), match.end(1), concept, Kind.TERM)


def _text(words: str) -> str:
    return searchable(lowered(words))


def targets_named(found: Scan) -> Iterator[Mention]:
    """A gene called a target in a title: `CD73 as an immunotherapy target`."""
    if found.field.name != "title":
        return
    for gene in found.genes:
        if _AS_TARGET.match(found.field.shown, gene.end):
            yield gene


def adverse_events(mentions: Sequence[Mention], of: Container[str]) -> Iterator[Mention]:
    """What a treatment `of` these causes: avelumab-induced myocarditis, arthritis after it."""
    for mention in mentions:
        if mention.concept not in of:
            continue
        shown, start = mention.field.shown, mention.start
        if harm := _HARM.match(shown, mention.end):
            yield Mention(mention.field, start, harm.end(), _ADVERSE, Kind.TERM)
        elif harm := _HARM_BEFORE.search(shown, max(0, start - 90), start):
            yield Mention(mention.field, harm.start(), mention.end, _ADVERSE, Kind.TERM)


class Combinations:
    """Two treatments given together."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        strategies = (c.id for c in vocabulary.concepts.values() if c.facet == "strategy")
        self._treatments = frozenset(strategies) - {COMBINATION, "tme-reprogramming"}

    def follow(self, found: Scan) -> Iterator[Mention]:
        """A mention for each pair of treatments, and each `plus` or `combination` beside one."""
        agents = self._agents(found)
        if not any(agents.values()):
            return
        field = found.field
        drugs = self._drugs(found)
        for first, second in _neighbours(sorted(agents)):
            # Two names of one treatment are no pair, nor are two from outside the vocabulary.
            different = not self._same(agents[first], agents[second]) and (
                agents[first] or agents[second]
            )
            if different and _joined(field, first, second, both_drugs={first, second} <= drugs):
                yield _combination(field, first[0], second[1])
        for start, end in (span for span, concepts in agents.items() if concepts):
            if plus := _PLUS.match(field.shown, end):
                yield _combination(field, start, plus.end())
            elif _PLUS_BEFORE.search(field.shown, max(0, start - 30), start):
                yield _combination(field, start, end)
        for span in found.combines:
            begin, end = field.clause(*span)
            if any(begin <= start and stop <= end for start, stop in agents):
                yield _combination(field, *span)

    def _same(self, first: frozenset[str], second: frozenset[str]) -> bool:
        """Whether one names what the other does, or a kind of it: Treg depletion with anti-CCR8."""
        one, other = (
            {above for each in named for above in (each, *self._vocabulary.broader(each))}
            for named in (first, second)
        )
        return bool(first & other or second & one)

    def _agents(self, found: Scan) -> dict[Span, frozenset[str]]:
        """Every treatment named, with the concepts it stands for (none: outside the vocabulary)."""
        agents: dict[Span, frozenset[str]] = {}
        for mention in found.mentions:
            if mention.concept in self._treatments and not mention.denied:
                span = (mention.start, mention.end)
                agents[span] = agents.get(span, frozenset()) | {mention.concept}
        if agents:
            for span in found.agents:
                agents.setdefault(span, frozenset())
        return agents

    @staticmethod
    def _drugs(found: Scan) -> set[Span]:
        """What the policy calls an agent: a drug, an anti-X phrase, or another treatment.

        Immunotherapy is what most of them are: "vaccines and immunotherapy" are no pair.
        """
        named = {
            (mention.start, mention.end)
            for mention in found.mentions
            if mention.kind is Kind.DRUG or mention.words.lower().startswith("anti")
        }
        lower = found.field.lower
        return named | {
            (start, end) for start, end in found.agents if lower[start:end] != "immunotherapy"
        }


def _joined(field: Field, first: Span, second: Span, *, both_drugs: bool) -> bool:
    """Whether only joining words stand between: `plus`, `with`; `and` between drugs only."""
    gap = _IN_BRACKETS.sub(" ", field.shown[first[1] : second[0]]).lower().lstrip(")]")
    words = set(gap.split())
    if gap.strip() in _PAIR and both_drugs:
        return True
    if gap.strip() == "," and both_drugs:
        return bool(_LIST_GOES_ON.match(field.shown, second[1]))
    if not words or words - _FILLER - _JOINS - _SMALL:
        return False
    if words & _JOINS:
        return True
    apart = _NOT_JOINED.search(field.shown, max(0, first[0] - 25), second[0])
    listed = _ARE.match(field.shown, second[1])
    return "and" in words and both_drugs and not (apart or listed)


def _neighbours(spans: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    for position, first in enumerate(spans):
        for second in spans[position + 1 :]:
            if second[0] - first[1] > _MOST_BETWEEN:
                break
            if second[0] > first[1]:
                yield first, second


def _combination(field: Field, start: int, end: int) -> Mention:
    return Mention(field, start, end, COMBINATION, Kind.TERM)
