"""What the types cannot say of the vocabulary: ids are unique, references lead somewhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.vocabulary.model import NO_CUE, FacetEntry, TaxonomyFile, TaxonomyPart
from bot.vocabulary.own_model import OwnConcept, OwnFile, OwnWords
from bot.vocabulary.reading import Location, YamlFile
from bot.vocabulary.tagging_words import TaggingWords


def check(parts: Sequence[tuple[YamlFile, TaxonomyPart]], facets: Iterable[FacetEntry]) -> None:
    """Ids are unique over all files, and every reference leads somewhere."""
    known_facets = {facet.id for facet in facets}
    ids: set[str] = set()
    generics: set[str] = set()
    for source, part in parts:
        _unique(source, "concepts", "id", [concept.id for concept in part.concepts], ids)
        _unique(source, "drugs", "generic", [drug.generic for drug in part.drugs], generics)
    for source, part in parts:
        for position, concept in enumerate(part.concepts):
            where = ("concepts", position)
            if concept.facet not in known_facets:
                raise source.refusal((*where, "facet"), f"unknown facet {concept.facet!r}")
            for field in ("broader", "narrower", "related", "opposite", "blocks"):
                for item, id_ in enumerate(getattr(concept, field)):
                    if id_ not in ids:
                        raise source.refusal((*where, field, item), f"unknown {field} {id_!r}")
            for item, generic in enumerate(concept.drugs):
                if generic not in generics:
                    raise source.refusal((*where, "drugs", item), f"unknown drug {generic!r}")
        _check_drug_names(source, part.drug_names, generics, "drug_names")
    _check_no_circle(parts)


def _check_no_circle(parts: Sequence[tuple[YamlFile, TaxonomyPart]]) -> None:
    broader = {concept.id: concept.broader for _, part in parts for concept in part.concepts}
    for source, part in parts:
        for position, concept in enumerate(part.concepts):
            above, coming = set[str](), list(concept.broader)
            while coming:
                id_ = coming.pop()
                if id_ == concept.id:
                    reason = f"{concept.id!r} is broader than itself"
                    raise source.refusal(("concepts", position, "broader"), reason)
                coming += (each for each in broader[id_] if each not in above)
                above.add(id_)


def _unique(source: YamlFile, section: str, key: str, values: list[str], seen: set[str]) -> None:
    """Add the values to `seen`; refuse one that is there already."""
    for position, value in enumerate(values):
        if value in seen:
            raise source.refusal((section, position, key), f"{value!r} is used twice")
        seen.add(value)


def _check_drug_names(
    source: YamlFile, names: Mapping[str, Iterable[str]], generics: set[str], *where: str
) -> None:
    for alias, named in names.items():
        for generic in named:
            if generic not in generics:
                raise source.refusal((*where, alias), f"unknown drug {generic!r}")


def check_own(source: YamlFile, own: "OwnFile", file: TaxonomyFile) -> None:
    """A team's file adds to what is there: new ids are whole, references lead somewhere."""
    theirs: set[str] = set()
    drugs: set[str] = set()
    _unique(source, "concepts", "id", [concept.id for concept in own.concepts], theirs)
    _unique(source, "drugs", "generic", [drug.generic for drug in own.drugs], drugs)
    stored = {concept.id for concept in file.concepts}
    generics = {drug.generic for drug in file.drugs}
    known: set[str] = set(stored)
    for position, concept in enumerate(own.concepts):
        where: Location = ("concepts", position)
        if concept.id in stored:
            _check_kept(source, concept, where)
        else:
            _check_whole(source, concept, where)
        # Only what is above it: so no circle can be made.
        for above in concept.broader:
            if above not in known:
                reason = f"unknown broader {above!r}: it has to stand above what it holds"
                raise source.refusal((*where, "broader"), reason)
        known.add(concept.id)
        for field, among in (("related", stored | theirs), ("opposite", stored | theirs),
                             ("blocks", stored | theirs), ("drugs", generics | drugs)):  # fmt: skip
            for item, id_ in enumerate(getattr(concept, field)):
                if id_ not in among:
                    raise source.refusal((*where, field, item), f"unknown {field} {id_!r}")
    for position, drug in enumerate(own.drugs):
        if drug.generic not in generics and not drug.drug_class:
            raise source.refusal(
                ("drugs", position), f"the new drug {drug.generic!r} needs a class"
            )
    _check_own_words(source, own.query_words, stored | theirs)
    _check_drug_names(source, own.query_words.drugs, generics | drugs, "query_words", "drugs")


def _check_own_words(source: YamlFile, words: "OwnWords", ids: set[str]) -> None:
    for section in ("concepts", "filters"):
        for id_ in getattr(words, section):
            if id_ not in ids:
                raise source.refusal(("query_words", section, id_), f"unknown concept {id_!r}")


def _check_whole(source: YamlFile, concept: "OwnConcept", where: Location) -> None:
    for field in ("facet", "label", "definition"):
        if not getattr(concept, field):
            raise source.refusal(where, f"the new concept {concept.id!r} needs a {field}")


def _check_kept(source: YamlFile, concept: "OwnConcept", where: Location) -> None:
    """Refuse a change to the bot's own; a whole concept was the team's before it was the bot's."""
    if concept.facet and concept.label and concept.definition:
        return
    for field in ("facet", "label", "label_us", "broader", "definition"):
        if getattr(concept, field):
            reason = f"{concept.id!r} is in the bot's vocabulary: its {field} cannot be changed"
            raise source.refusal((*where, field), reason)


def check_tagging(source: YamlFile, words: TaggingWords, file: TaxonomyFile) -> None:
    """The tagger's words name concepts that exist, and concepts need cues that exist."""
    ids = {concept.id for concept in file.concepts}
    for location, id_ in _tagged(words):
        if id_ not in ids:
            raise source.refusal(location, f"unknown concept {id_!r}")
    for concept in file.concepts:
        if concept.needs not in (None, NO_CUE, *words.cues):
            reason = f"{concept.id!r} needs the cue {concept.needs!r}, which is not here"
            raise source.refusal(("cues",), reason)


def _tagged(words: TaggingWords) -> Iterator[tuple[Location, str]]:
    """Every concept the tagger's words name, and where."""
    for position, verb in enumerate(words.verbs):
        yield from ((("verbs", position), id_) for id_ in (*verb.of, verb.concept))
    yield from ((("by_target", place), id_) for place, id_ in enumerate(words.by_target))
    yield from ((("other_resistance", id_), id_) for id_ in words.other_resistance)
