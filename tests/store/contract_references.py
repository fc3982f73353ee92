"""What every `ReferenceStore` promises; joins a store's tests as `StateStoreContract` does."""

from bot.records.models import Identifier, Provenance, Record
from bot.store import StateStore

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
