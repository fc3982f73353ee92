"""What every `ReferenceStore` promises; joins a store's tests as `StateStoreContract` does."""

from datetime import UTC, datetime

from bot.records.models import Identifier, Provenance, Record
from bot.store import StateStore
from bot.store.references import CitationCount

from .examples import doi, pmid


def citing(number: int, *cited: Identifier) -> Record:
    """A record with a DOI that cites these works, as Crossref lists them."""
    return Record(
        title=f"Work {number} of many",
        identifiers=(doi(number),),
        references=cited,
        provenance=(Provenance(source="crossref"),),
    )


def keep(store: StateStore, *records: Record) -> list[str]:
    return [done.record_id for done in store.upsert(records, lambda _, incoming: incoming)]


class ReferenceContract:
    """The promises; `store` is an empty store."""

    def test_what_is_cited_is_found_from_both_ends(self, store: StateStore) -> None:
        one, two, cited = keep(store, citing(1, doi(3), pmid(7)), citing(2, doi(3)), citing(3))
        assert store.references.citing([doi(3), doi(99)]) == sorted((one, two))
        assert store.references.citing([pmid(7)]) == [one]
        assert store.references.citing([]) == []
        assert cited not in store.references.citing([doi(3)])
        assert store.references.listed() == 2

    def test_a_record_written_anew_cites_what_it_cites_now(self, store: StateStore) -> None:
        keep(store, citing(1, doi(3)))
        (record_id,) = keep(store, citing(1, doi(4)))
        assert store.references.citing([doi(3)]) == []
        assert store.references.citing([doi(4)]) == [record_id]

    def test_works_that_enough_cite_and_none_is(self, store: StateStore) -> None:
        keep(store, *(citing(n, doi(50), doi(51)) for n in range(1, 5)))
        assert store.references.often_cited(5, 9) == []
        keep(store, citing(5, doi(50), doi(51)))
        assert store.references.often_cited(5, 9) == [(doi(50), 5), (doi(51), 5)]
        keep(store, citing(51))
        assert store.references.often_cited(5, 9) == [(doi(50), 5)]
        assert store.references.often_cited(5, 0) == []

    def test_what_services_say_of_who_cites_a_record_is_kept_by_source(
        self, store: StateStore
    ) -> None:
        one, other = keep(store, citing(1), citing(2))
        at = datetime(2026, 1, 15, tzinfo=UTC)
        store.references.note_citing(one, "openalex", 9, [doi(2), pmid(7)], at)
        store.references.note_citing(one, "openalex", 10, [doi(2)], at)
        store.references.note_citing("gone", "openalex", 1, [], at)
        assert store.references.cited_by(one) == [CitationCount("openalex", at, 10, (doi(2),))]
        assert store.references.cited_by("gone") == store.references.cited_by(other) == []
        assert store.references.citing([doi(1)]) == [other]

    def test_who_cites_whom_among_some(self, store: StateStore) -> None:
        one, two, three = keep(store, citing(1, doi(2), doi(1)), citing(2, doi(3)), citing(3))
        assert store.references.among([one, two]) == [(one, two)]
        assert set(store.references.among([one, two, three])) == {(one, two), (two, three)}
        assert store.references.among([]) == []
