"""What the types cannot say of the vocabulary: ids are unique, references lead somewhere."""

from collections.abc import Iterator

from bot.vocabulary.model import QueryWordsFile, TaxonomyFile
from bot.vocabulary.own_model import OwnConcept, OwnFile, OwnWords
from bot.vocabulary.reading import Location, YamlFile
from bot.vocabulary.tagging_words import TaggingWords


def check(source: YamlFile, file: TaxonomyFile) -> None:
    """Ids are unique, and every reference leads somewhere."""
    facets = {facet.id for facet in file.facets}
    ids = _unique(source, "concepts", "id", [concept.id for concept in file.concepts])
    generics = _unique(source, "drugs", "generic", [drug.generic for drug in file.drugs])
    for position, concept in enumerate(file.concepts):
        where = ("concepts", position)
        if concept.facet not in facets:
            raise source.refusal((*where, "facet"), f"unknown facet {concept.facet!r}")
        if concept.broader is not None and concept.broader not in ids:
            raise source.refusal((*where, "broader"), f"unknown broader {concept.broader!r}")
        for field in ("narrower", "related", "blocks"):
            for item, id_ in enumerate(getattr(concept, field)):
                if id_ not in ids:
                    raise source.refusal((*where, field, item), f"unknown {field} {id_!r}")
        for item, generic in enumerate(concept.drugs):
            if generic not in generics:
                raise source.refusal((*where, "drugs", item), f"unknown drug {generic!r}")
    _check_no_circle(source, file)


def _check_no_circle(source: YamlFile, file: TaxonomyFile) -> None:
    broader = {concept.id: concept.broader for concept in file.concepts}
    for position, concept in enumerate(file.concepts):
        seen = {concept.id}
        above = concept.broader
        while above is not None:
            if above in seen:
                reason = f"{concept.id!r} is broader than itself"
                raise source.refusal(("concepts", position, "broader"), reason)
            seen.add(above)
            above = broader[above]


def _unique(source: YamlFile, section: str, key: str, values: list[str]) -> set[str]:
    seen: set[str] = set()
    for position, value in enumerate(values):
        if value in seen:
            raise source.refusal((section, position, key), f"{value!r} is used twice")
        seen.add(value)
    return seen


def check_words(source: YamlFile, words: QueryWordsFile, file: TaxonomyFile) -> None:
    """The everyday words name concepts and drugs that exist."""
    ids = {concept.id for concept in file.concepts}
    generics = {drug.generic for drug in file.drugs}
    _check_words(source, words, ids, generics, ())


def _check_words(
    source: YamlFile,
    words: "QueryWordsFile | OwnWords",
    ids: set[str],
    generics: set[str],
    where: Location,
) -> None:
    for section in ("concepts", "filters"):
        for id_ in getattr(words, section):
            if id_ not in ids:
                raise source.refusal((*where, section, id_), f"unknown concept {id_!r}")
    for alias, named in words.drugs.items():
        for generic in named:
            if generic not in generics:
                raise source.refusal((*where, "drugs", alias), f"unknown drug {generic!r}")


def check_own(source: YamlFile, own: "OwnFile", file: TaxonomyFile) -> None:
    """A team's file adds to what is there: new ids are whole, references lead somewhere."""
    theirs = _unique(source, "concepts", "id", [concept.id for concept in own.concepts])
    drugs = _unique(source, "drugs", "generic", [drug.generic for drug in own.drugs])
    held = {concept.id for concept in file.concepts}
    generics = {drug.generic for drug in file.drugs}
    known: set[str] = set(held)
    for position, concept in enumerate(own.concepts):
        where: Location = ("concepts", position)
        if concept.id in held:
            _check_kept(source, concept, where)
        else:
            _check_whole(source, concept, where)
        # Only what stands above it: so no circle can be made.
        if concept.broader is not None and concept.broader not in known:
            reason = f"unknown broader {concept.broader!r}: it has to stand above what it holds"
            raise source.refusal((*where, "broader"), reason)
        known.add(concept.id)
        for field, among in (("related", held | theirs), ("blocks", held | theirs),
                             ("drugs", generics | drugs)):  # fmt: skip
            for item, id_ in enumerate(getattr(concept, field)):
                if id_ not in among:
                    raise source.refusal((*where, field, item), f"unknown {field} {id_!r}")
    for position, drug in enumerate(own.drugs):
        if drug.generic not in generics and not drug.drug_class:
            raise source.refusal(
                ("drugs", position), f"the new drug {drug.generic!r} needs a class"
            )
    _check_words(source, own.query_words, held | theirs, generics | drugs, ("query_words",))


def _check_whole(source: YamlFile, concept: "OwnConcept", where: Location) -> None:
    for field in ("facet", "label", "definition"):
        if not getattr(concept, field):
            raise source.refusal(where, f"the new concept {concept.id!r} needs a {field}")


def _check_kept(source: YamlFile, concept: "OwnConcept", where: Location) -> None:
    for field in ("facet", "label", "label_us", "broader", "definition"):
        if getattr(concept, field) is not None:
            reason = f"{concept.id!r} is in the bot's vocabulary: its {field} cannot be changed"
            raise source.refusal((*where, field), reason)


def check_tagging(source: YamlFile, words: TaggingWords, file: TaxonomyFile) -> None:
    """The tagger's words name concepts and cues that exist."""
    ids = {concept.id for concept in file.concepts}
    for location, id_ in _tagged(words):
        if id_ not in ids:
            raise source.refusal(location, f"unknown concept {id_!r}")
    for cue in words.needs:
        if cue not in words.cues:
            raise source.refusal(("needs", cue), f"unknown cue {cue!r}")


def _tagged(words: TaggingWords) -> Iterator[tuple[Location, str]]:
    """Every concept the tagger's words name, and where."""
    for section in ("terms", "generic", "unless", "evidence_types"):
        yield from (((section, id_), id_) for id_ in getattr(words, section))
    for cue, needing in words.needs.items():
        yield from ((("needs", cue, place), id_) for place, id_ in enumerate(needing))
    for position, verb in enumerate(words.verbs):
        yield from ((("verbs", position), id_) for id_ in (*verb.of, verb.concept))
    yield from ((("by_target", place), id_) for place, id_ in enumerate(words.by_target))
