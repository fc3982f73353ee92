"""Answers to a question: what was understood, what was found, and why.

The JSON form of `Answer` is an interface that scripts rely on.
"""

from typing import Literal

from pydantic import Field

from bot.records.models import Frozen, Identifier, Record


class Correction(Frozen):
    """A word that was read as another."""

    typed: str
    used: str


class Sense(Frozen):
    """A reading of an abbreviation: the one taken, and the others it can have.

    `query` of an alternative is what to ask to get that sense instead. `is_open` says that nothing
    decides: every sense is an alternative, and `taken` names those that the list has meanwhile.
    """

    typed: str
    taken: str
    concept: str | None = None
    is_open: bool = False
    alternatives: tuple[tuple[str, str], ...] = ()


class Understood(Frozen):
    """What a question was understood to ask, shown with every answer.

    `action` is the name of what was done; `filters` holds plain JSON values under the names of the
    query language; `offers` are (label, question) of other readings, `without` those without one of
    the filters in force.
    """

    action: str = "search"
    terms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), serialization_alias="not")
    any: tuple[tuple[str, ...], ...] = ()
    filters: dict[str, str | int | bool | tuple[str, ...]] = Field(default_factory=dict)
    identifiers: tuple[Identifier, ...] = ()
    concepts: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()
    corrected: tuple[Correction, ...] = ()
    ignored: tuple[str, ...] = ()
    senses: tuple[Sense, ...] = ()
    sort: str = "relevance"
    notes: tuple[str, ...] = ()
    offers: tuple[tuple[str, str], ...] = ()
    without: tuple[tuple[str, str], ...] = ()


# How near a match is to the query: the thing itself or a true synonym of it; a narrower
# thing, which answers for it; the class it belongs to, which does not; a part of its name, which
# does not either. Siblings and opposites are no match at all.
Level = Literal["exact", "narrower", "broader", "part"]


class Why(Frozen):
    """One reason why a record matched: the record's words, the concept, and where they stand."""

    field: str
    words: str | None = None
    concept: str | None = None
    level: Level = "exact"


class Quote(Frozen):
    """Sentences that follow each other in an abstract, and their section (None: unlabelled).

    `marks` are the (start, end) spans of `text` that matched the question.
    """

    text: str
    section: str | None = None
    marks: tuple[tuple[int, int], ...] = ()


class Figure(Frozen):
    """A number that a record gives: what it measures, and its value and interval as written.

    `words` are the record's own, in which both stand.
    """

    measure: str
    value: str
    words: str
    interval: str | None = None


# The way an effect goes, meant for the patient, as a sentence states it.
Direction = Literal["improved", "no difference", "worse", "unclear"]


class Finding(Frozen):
    """What a record reports on a question: the sentence that speaks to it, and what that states.

    The sentence is number `place` of the abstract's `sentences`; 0 is the title. `stated` are its
    words for the direction ("" where it states none), `sample` how many took part, wherever the
    record says so. `kind` is the concept of its kind of evidence, None where no tag names one. A
    quote `is_background` where it tells what was known before, and no result of the record.
    """

    quote: Quote
    place: int
    sentences: int
    direction: Direction
    stated: str = ""
    kind: str | None = None
    sample: Figure | None = None
    figures: tuple[Figure, ...] = ()
    is_background: bool = False


class Hit(Frozen):
    """A record in an answer, with why it is there.

    `strict` says that every concept, word and filter of the question matched; `missing` is what
    did not, as it was typed. `arithmetic` maps each part of the score to its value and is filled
    on request only.
    """

    record: Record
    score: float
    strict: bool
    why: tuple[Why, ...] = ()
    missing: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    finding: Finding | None = None
    arithmetic: dict[str, float] = Field(default_factory=dict)


class Narrowing(Frozen):
    """A question beside this one, what to call it, and how many records it finds."""

    label: str
    query: str
    count: int


class Answer(Frozen):
    """What the bot has to say to one question. Views turn it into blocks, scripts into JSON.

    `total` counts the strict matches, `offset` is where `hits` start in the ranked list and
    `ranked` how many can be paged through. `suggestions` are queries worth trying next. `narrower`
    are such as leave a part of the list, `broader` the class of a narrow thing with what that has
    besides, `meanings` the senses of an abbreviation that nothing decides. `unsearchable` records
    are stored and not indexed yet.
    """

    query: str
    understood: Understood = Understood()
    total: int = 0
    ranked: int = 0
    offset: int = 0
    hits: tuple[Hit, ...] = ()
    suggestions: tuple[str, ...] = ()
    narrower: tuple[Narrowing, ...] = ()
    broader: tuple[Narrowing, ...] = ()
    meanings: tuple[Narrowing, ...] = ()
    unsearchable: int = 0
