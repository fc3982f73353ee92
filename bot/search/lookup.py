"""Service: the records that a person names, by identifier, by title or by pointing at them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.index import Group, IndexQuery, Key, SearchIndex
from bot.records.answers import Answer, Hit, Quote, Why
from bot.records.identifiers import find as find_identifiers
from bot.records.models import Identifier, Record, Scheme
from bot.search.describing import describe_query
from bot.search.query import Query
from bot.search.query.pointing import points_at_several, points_at_two
from bot.search.quotes import IN_A_LIST, IN_FULL, passages, quotes
from bot.search.search import Search
from bot.store import Conversation, StateStore

_ORA_OAI = "oai:ora.ox.ac.uk:uuid:"
_TWO = 2  # both


class Lookup:
    """Finds the records that are meant, where a search would only guess."""

    def __init__(self, store: StateStore, index: SearchIndex, search: Search) -> None:
        self._store = store
        self._index = index
        self._search = search

    def by_identifiers(self, query: Query, *, limit: int = 5, offset: int = 0) -> Answer:
        """The records of the identifiers in a question, each once, in the order they came.

        The action becomes `not_found` when none of them is stored.
        """
        hits: dict[str, Hit] = {}
        missing = []
        for identifier in _valid(query):
            records = self._stored(identifier) or self._mentioning(identifier)
            if not records:
                missing.append(identifier)
            for record in records:
                why = Why(field=identifier.scheme.value, words=identifier.value)
                hits.setdefault(record.id, Hit(record=record, score=1.0, strict=True, why=(why,)))
        found = list(hits.values())
        if query.action in ("author_lookup", "journal_lookup"):
            found.sort(key=lambda hit: str(hit.record.published or ""), reverse=True)
        most = IN_FULL if len(found) == 1 else IN_A_LIST
        shown = (
            hit.model_copy(update={"quotes": self._concluding(hit.record, most)})
            for hit in found[offset : offset + limit]
        )
        action: str = query.action if found else "not_found"
        notes = map(_not_stored, missing) if found else ()
        return Answer(
            query=query.text,
            understood=describe_query(query, action, notes),
            total=len(found),
            ranked=len(found),
            offset=offset,
            hits=tuple(shown),
        )

    def by_title(self, query: Query) -> Answer | None:
        """The one record whose title (or citation) was pasted, or None."""
        record = self._search.by_title(query)
        if record is None:
            return None
        why = Why(field="title", words="the whole title")
        titled = replace(query, action="lookup", corrected=(), senses=(), ignored=())
        return self.answer(titled, [record], why)

    def answer(self, query: Query, records: Sequence[Record], why: Why | None = None) -> Answer:
        """The records that were meant, as the answer to a question."""
        reasons = (why,) if why else ()
        most = IN_FULL if len(records) == 1 else IN_A_LIST
        hits = tuple(
            Hit(
                record=record,
                score=1.0,
                strict=True,
                why=reasons,
                quotes=self._concluding(record, most),
            )
            for record in records
        )
        return Answer(
            query=query.text,
            understood=describe_query(query, query.action),
            total=len(hits),
            ranked=len(hits),
            hits=hits,
        )

    def one(self, record_id: str) -> Record | None:
        """The record of the store's id, or of any identifier in any pasted form."""
        stored = self._store.get(record_id)
        if stored is not None:
            return stored
        for mention in find_identifiers(record_id):
            if mention.identifier.valid and (records := self._stored(mention.identifier)):
                return records[0]
        local = self._store.find(Identifier(scheme=Scheme.LOCAL, value=record_id.strip() or "-"))
        return local[0] if local else None

    def resolve(self, query: Query, shown: Conversation | None) -> list[Record]:
        """The records that a command such as `cite` or `abstract` is about.

        In turn: the store's own id, identifiers in the text, a place in the list last shown ("the
        second one"), the whole list ("these"), the record opened from it or else its first ("it"),
        a DOI's ending, a title, and the one record that satisfies every word ("the Oxford TME
        review"). Where several do, none is meant more than another.
        """
        if own := self._store.get(query.subject):
            return [own]
        if identifiers := _valid(query):
            return [r for i in identifiers for r in self._stored(i)]
        stored = self._store.get_many(shown.record_ids) if shown else []
        if query.ordinal is not None and (stored or query.points_at_shown):
            places = (self._place(each, len(stored), shown) for each in query.ordinals)
            return [stored[place] for place in dict.fromkeys(places) if 0 <= place < len(stored)]
        if query.points_at_shown or (not query.subject and shown and shown.opened):
            if points_at_two(query.subject) and len(stored) != _TWO:
                return []
            opened = shown.opened if shown and not points_at_several(query.subject) else ""
            record = self._store.get(opened) if opened else None
            return [record] if record else stored
        return self._by_words(query, [record.id for record in stored])

    @staticmethod
    def _place(ordinal: int, listed: int, shown: Conversation | None) -> int:
        """Where in the list a number stands, from 0; those of a later page go on counting."""
        place = ordinal - 1 if ordinal > 0 else listed + ordinal
        return place - shown.offset if shown and place >= listed else place

    def missing(self, query: Query) -> tuple[str, ...]:
        """A line for each identifier in a question that is not stored."""
        return tuple(_not_stored(i) for i in _valid(query) if not self._stored(i))

    def _by_words(self, query: Query, shown: list[str]) -> list[Record]:
        ending = query.subject.strip().lower()
        if (
            ("." in ending or "/" in ending)
            and " " not in ending
            and (records := self._keyed(Key("doi_tail", ending)))
        ):
            return records
        if query.is_empty:
            return []
        if record := self._search.by_title(query):
            return [record]
        answer = self._search.run(query, limit=5)
        strict = [hit.record for hit in answer.hits if hit.strict]
        among = [record for record in strict if record.id in shown]
        if len(among) == 1:
            return among
        return strict if answer.total == 1 else []

    def _concluding(self, record: Record, most: int) -> tuple[Quote, ...]:
        """What a record concludes: nothing was asked of it but the record itself."""
        return quotes(passages(record), (), self._index.stem, most)

    def _stored(self, identifier: Identifier) -> list[Record]:
        """The records of an identifier; an OAI id that ends in an ORA id names that one too."""
        uuid = identifier.value.removeprefix(_ORA_OAI)
        if identifier.scheme is Scheme.OAI and uuid != identifier.value:
            ora = Identifier(scheme=Scheme.ORA, value=uuid)
            return self._store.find(identifier) or self._store.find(ora)
        return self._store.find(identifier)

    def _mentioning(self, identifier: Identifier) -> list[Record]:
        """Records whose text names a trial by its number."""
        if identifier.scheme is not Scheme.NCT:
            return []
        answer = self._search.run(self._search.interpret(f'find "{identifier.value}"'))
        return [hit.record for hit in answer.hits if hit.strict]

    def _keyed(self, key: Key) -> list[Record]:
        found = self._index.search(IndexQuery(required=(Group((key,)),)), 5)
        return self._store.get_many([candidate.record_id for candidate in found.candidates])


def _not_stored(identifier: Identifier) -> str:
    return f"Not in our records: {identifier.value}"


def _valid(query: Query) -> list[Identifier]:
    return _once(m.identifier for m in query.identifiers if m.identifier.valid)


def _once(identifiers: Iterable[Identifier]) -> list[Identifier]:
    return list(dict.fromkeys(identifiers))
