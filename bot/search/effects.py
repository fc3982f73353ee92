"""Whether the words of a clause say that something good or bad became more or less.

Words of change and what changes are read as a chain: their signs multiply.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import NamedTuple

from bot.search import effect_words as patterns
from bot.search.effect_cells import dies_well, lives_well


class Word(NamedTuple):
    """A word of change, or what may change, and where it stands in its clause.

    A cell or a tumour by itself is bare: there may be more of it, which says less than its growth.
    """

    kind: str
    start: int
    end: int
    text: str
    is_bare: bool = False


# What is linked stands at most so many characters behind the words that link it.
_NEAR_LINK = 60


def is_change(word: str) -> bool:
    """Whether a word alone says that something becomes more or less, better or worse."""
    found = patterns.WORD.fullmatch(word)
    is_noun = patterns.NOMINAL.search(word)  # "depletion" is a thing that is asked about
    return bool(found and not is_noun and found.lastgroup in ("up", "down", "better", "worse"))


def read_words(clause: str) -> list[Word]:
    """The words of a clause that may state an effect; what cells do counts by the cell."""
    found: list[Word] = []
    for match in patterns.WORD.finditer(clause):
        kind, (start, end) = str(match.lastgroup), match.span()
        if kind in ("live", "die"):
            judge = lives_well if kind == "live" else dies_well
            is_good = judge(match.group(), clause, start, end)
            if is_good is None:
                continue
            kind = "good" if is_good else "bad"
        if (
            kind == "up"
            and patterns.INDUCED.match(match.group())
            and patterns.ATTRIBUTIVE.search(clause, max(0, start - 40), start)
        ):
            continue
        is_bare = kind in ("friend", "foe")
        kind = {"friend": "good", "foe": "bad"}.get(kind, kind)
        word = Word(kind, start, end, match.group(), is_bare)
        joined = found and clause[found[-1].end : start] in (" or ", " and ")
        if joined and {found[-1].kind, kind} == {"up", "down"}:
            found.pop()  # "enhanced or reduced" is neither
        else:
            found.append(word)
    return found


def signs(clause: str, words: Sequence[Word]) -> list[tuple[int, int, int]]:
    """(1 or -1, start, end) of each effect that a clause states, by its words."""
    return _foretold(clause, _chains(clause, words)) or list(_in_responders(clause, words))


def _chains(clause: str, words: Sequence[Word]) -> Iterator[tuple[int, int, int]]:
    """(1 or -1, start, end) of what is good or bad, in order, none within another."""
    at = 0
    while at < len(words):
        chain = [words[at]]
        at += 1
        while at < len(words):
            if not _goes_on(clause, chain[-1], words[at]):
                if not (_is_aside(clause, words[at]) or _is_induced(clause, chain[-1], words[at])):
                    break
                at += 1
                continue
            # Of two nouns side by side the second is what is spoken of: "tumour cell killing".
            if chain[-1].kind in patterns.THINGS and words[at].kind in patterns.THINGS:
                chain.pop()
            chain.append(words[at])
            at += 1
        if _states(chain):
            yield _product(chain), chain[0].start, chain[-1].end


def _foretold(clause: str, effects: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The effects, and of those on both sides of a link the later ones; none of a title on risks.

    "Lower infiltration was associated with longer survival": what goes before is its subject.
    """
    is_title = patterns.RISKS.search(clause) and not patterns.IS_ONE.search(clause)
    found = [] if is_title else list(effects)
    if link := patterns.LINKED.search(clause):
        later = [each for each in found if each[2] > link.end()]
        if later and later[0][1] <= link.end() + _NEAR_LINK:
            comma = clause.rfind(",", 0, link.start())
            return [each for each in found if each[1] < comma or each[2] > link.end()]
    return found


def _in_responders(clause: str, words: Sequence[Word]) -> Iterator[tuple[int, int, int]]:
    """What responders or survivors have more of is good, where others have less."""
    groups = list(patterns.RESPONDERS.finditer(clause))
    changes = [word for word in words if word.kind in ("up", "down")]
    if len({group["non"] is None for group in groups}) > 1 and changes:
        change = changes[0]
        yield (
            patterns.SIGN[str(change.kind)] * (-1 if groups[0]["non"] else 1),
            min(change.start, groups[0].start()),
            max(change.end, groups[0].end()),
        )


def _is_aside(clause: str, word: Word) -> bool:
    """Whether a bare cell or tumour only says where something is: "in primary tumours"."""
    return word.is_bare and bool(
        patterns.BEHIND.search(clause, max(0, word.start - 40), word.start)
    )


def _is_induced(clause: str, word: Word, following: Word) -> bool:
    """Whether a word of change only says what brought about that which another changed."""
    between = clause[word.end : following.start].strip()
    return (
        word.kind in ("up", "down")
        and not patterns.NOMINAL.search(word.text)
        and bool(patterns.INDUCED.match(following.text))
        and not (" " in between or between.endswith("ly"))
    )


def _goes_on(clause: str, word: Word, following: Word) -> bool:
    """Whether two words of a clause belong to one statement."""
    between = clause[word.end : following.start]
    if len(between) > patterns.FARTHEST:
        return False
    between = patterns.BLANKS.sub(" ", between)
    if word.kind in patterns.THINGS:
        if following.kind in patterns.THINGS:
            return between == " "
        return not _is_aside(clause, word) and _is_changed(clause, between, following)
    if following.is_bare:
        is_of = patterns.NOMINAL.search(word.text) and patterns.BARE_OF.fullmatch(between)
        return word.kind in ("up", "down") and bool(is_of or patterns.BARE.fullmatch(between))
    # "Suppression gave inferior survival": what did so, no change of it.
    is_apart = word.text.endswith("ion") and not patterns.OF_NOUN.match(between)
    return not is_apart and _changes(clause, word, following, between)


def _changes(clause: str, word: Word, following: Word, between: str) -> bool:
    """Whether what follows a word of change is what it changes, or says so of it."""
    # A noun of change takes "in": "a decrease in survival".
    is_noun = bool(patterns.NOMINAL.search(word.text))
    near = bool(patterns.TO_OBJECT.fullmatch(between.removeprefix(" in") if is_noun else between))
    if patterns.MORE.match(word.text) and following.kind in patterns.THINGS:
        near = near or bool(patterns.MORE_HAD.fullmatch(between))
    if word.kind not in patterns.CHANGES:
        return near and following.kind in patterns.THINGS
    if following.kind in patterns.THINGS and not near and patterns.BOTH.fullmatch(between):
        return bool(patterns.ENDS.match(clause, following.end))
    if word.kind == "link" or following.kind not in patterns.CHANGES:
        # "Inhibition of it sensitizes": what does so.
        is_verb = following.text.partition(" ")[0].endswith(("s", "ed", "ing"))
        return near and not (is_noun and is_verb)
    # "Disruption of one thing, promotion of another" are two.
    is_next = between == " " and not is_noun
    return near and "," not in between and bool(is_next or patterns.NOMINAL.search(following.text))


def _is_changed(clause: str, between: str, change: Word) -> bool:
    """Whether what follows a thing says that it changed: "growth inhibition", "OS was longer"."""
    if change.kind not in ("up", "down"):
        return False
    is_verb = bool(patterns.VERBAL.search(change.text))
    if between in (" ", "-"):
        is_verb = is_verb and not patterns.BY_WHAT.match(clause, change.end)
        return is_verb or bool(patterns.NOMINAL.search(change.text))
    if not is_verb:
        return False
    if " and " in between and not patterns.IS_ONE.search(between):
        return False  # "survival and increased …"
    return bool(patterns.TO_CHANGE.fullmatch(between) or patterns.LONG_SUBJECT.fullmatch(between))


def _states(chain: Sequence[Word]) -> bool:
    """Whether a chain has a change and a thing, or is good or bad by itself."""
    kinds = [word.kind for word in chain]
    changed = any(kind in ("up", "down") for kind in kinds)
    if any(kind in patterns.ABSOLUTE for kind in kinds):
        return True
    is_linked = kinds == ["link", "bad"] or (
        kinds == ["link", "good"] and patterns.RESPONSE.match(chain[1].text)
    )
    return any(kind in patterns.THINGS for kind in kinds) and (changed or bool(is_linked))


def _product(chain: Sequence[Word]) -> int:
    """The sign of a chain; what is better or worse by itself is so whatever it is said of."""
    kinds = [str(word.kind) for word in chain]
    if any(kind in patterns.ABSOLUTE for kind in kinds):
        kinds = [kind for kind in kinds if kind not in patterns.THINGS]
    return prod(patterns.SIGN[kind] for kind in kinds)
