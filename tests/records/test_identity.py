"""What makes two records the same work."""

import pytest

from bot.records.dates import PartialDate
from bot.records.identity import (
    STRONG_SCHEMES,
    content_key,
    contradicts,
    new_id,
    restates,
    same_version,
    strong_identifiers,
)
from bot.records.models import Contribution, Identifier, Journal, Provenance, Record, Scheme
from bot.sources import SOURCES


def identifier(scheme: Scheme, value: str, *, valid: bool = True) -> Identifier:
    return Identifier(scheme=scheme, value=value, valid=valid)


PMID = identifier(Scheme.PMID, "1")
DOI = identifier(Scheme.DOI, "10.1000/1")


def test_most_telling_identifier_comes_first() -> None:
    record = Record(title="A", identifiers=(PMID, DOI))
    assert strong_identifiers(record) == (DOI, PMID)


@pytest.mark.parametrize("scheme", sorted(set(Scheme) - STRONG_SCHEMES))
def test_journals_people_trials_and_own_ids_name_no_work(scheme: Scheme) -> None:
    assert strong_identifiers(Record(title="A", identifiers=(identifier(scheme, "1"),))) == ()


def test_identifier_whose_check_fails_names_no_work() -> None:
    wrong = identifier(Scheme.DOI, "10.1000/1", valid=False)
    assert strong_identifiers(Record(title="A", identifiers=(wrong,))) == ()


def test_a_registered_trial_is_known_by_its_registry_and_a_paper_that_names_it_is_not_it() -> None:
    nct = identifier(Scheme.NCT, "NCT02263508")
    own = identifier(Scheme.SOURCE, "clinicaltrials:NCT02263508")
    assert any(kind.name == "clinicaltrials" and kind.strong_ids for kind in SOURCES)
    assert strong_identifiers(Record(title="A", identifiers=(nct, own))) == (own,)
    assert strong_identifiers(Record(title="A paper", identifiers=(nct,))) == ()
    ora = identifier(Scheme.SOURCE, "3456848")
    assert strong_identifiers(Record(title="A", identifiers=(ora,))) == ()


def test_content_key_compares_folded_and_tells_parts_apart() -> None:
    """Spelling does not matter; the "I" and "II" of a series do."""
    author = (Contribution(name="Müller A"),)
    first = Record(title="Tumour I", contributors=author, published=PartialDate(2020, 3))
    same = Record(title="TUMOR i", contributors=author, published=PartialDate(2020))
    second = Record(title="Tumour II", contributors=author, published=PartialDate(2020))
    assert content_key(first) == content_key(same) != content_key(second)


def test_new_id_is_the_same_in_every_store() -> None:
    """Stable for ever: ids stand in messages, buttons and exports."""
    record = Record(title="A", identifiers=(PMID, DOI))
    assert new_id(record) == "w26f9efec7571"
    assert new_id(record) == new_id(Record(title="B", identifiers=(DOI,)))
    assert new_id(Record(title="A")) != new_id(Record(title="B"))


def test_a_bare_title_is_known_by_where_it_stood() -> None:
    """Two prefaces of unlike journals are two works; the same one read again is one."""
    cell = Record(title="Preface", journal=Journal(title="Cell"), volume="1")
    other = Record(title="Preface", journal=Journal(title="Blood"), volume="1")
    assert content_key(cell) != content_key(other)
    assert content_key(cell) == content_key(cell.model_copy(update={"abstract": "New."}))


def _titled(title: str, *stored: Identifier, source: str = "pubmed") -> Record:
    return Record(title=title, identifiers=stored, provenance=(Provenance(source=source),))


def test_a_letter_with_the_articles_doi_is_not_the_article() -> None:
    """So PubMed has them: one DOI, two PMIDs, two titles."""
    article = _titled("Botulinum toxin in sialorrhea", DOI, PMID)
    own = identifier(Scheme.PMID, "2")
    for title in ("Correction to: Botulinum toxin in sialorrhea", "Eye injury registries"):
        assert contradicts(article, _titled(title, DOI, own))
    again = _titled("Botulinum toxin in sialorrhoea", DOI, own)
    assert not contradicts(article, again)  # stored twice by PubMed itself


def test_a_publisher_may_put_its_notice_in_the_articles_place() -> None:
    article, notice = "Botulinum toxin in sialorrhea", "Retraction: Botulinum toxin in sialorrhea"
    was = _titled(article, DOI, source="crossref")
    assert not contradicts(was, _titled(notice, DOI, source="crossref"))
    assert contradicts(was, _titled(notice, DOI, PMID))
    assert not contradicts(was, _titled("Another spelling altogether", DOI, PMID))


def stated(title: str = "A", *, source: str = "pubmed", **more: object) -> Record:
    return Record(title=title, provenance=(Provenance(source=source, **more),))


def test_without_an_identifier_a_source_says_the_same_of_what_is_called_the_same() -> None:
    assert same_version(stated("Tumour one"), stated("TUMOUR ONE"))
    assert not same_version(stated("Tumour one"), stated("Tumour two"))
    assert not same_version(stated("Tumour one"), stated("Tumour one", source="crossref"))
    assert not same_version(Record(title="Tumour one"), Record(title="Tumour one"))


def test_a_file_that_is_brought_again_restates_what_it_said_and_no_other_file_does() -> None:
    def brought(imported: int, file: str = "refs.ris", by: str = "U1", title: str = "A") -> Record:
        return stated(title, source="ris", file=file, by=by, imported=imported)

    assert restates(brought(2), brought(1))
    assert not restates(brought(1), brought(2))
    assert not restates(brought(2), brought(2))
    assert not restates(brought(2, "other.ris"), brought(1))
    assert not restates(brought(2, by="U2"), brought(1))
    assert not restates(brought(2, title="B"), brought(1))
    # Whose name was not kept may be any file.
    assert not restates(brought(2, ""), brought(1, ""))
    assert not restates(stated(), stated())
