"""What people bring: kept as theirs, seen by theirs, behind what services say, and undone whole."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app.composition import opened
from bot.curation.lists import Entry, Scope
from bot.harvest.bringing import NOTICE_LEFT_OUT, OPERATOR, Bringer, Stamp
from bot.harvest.imports import NoImport
from bot.index import IndexQuery
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Known,
    Provenance,
    Record,
    Relation,
    RelationKind,
    Scheme,
    Section,
)
from bot.settings import Settings
from bot.store.imports import Undoing
from bot.text.folding import fold
from handlers.services import Services
from handlers.views import details, origins
from tests.sources.samples import DOCUMENTS, TEXTS, with_text

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
TITLE = "Reprogramming macrophages in the tumour microenvironment of glioma"
ANN, BEN = Bringer("U0ANN", "/T1"), Bringer("U0BEN", "/T2")
DOI = Identifier(scheme=Scheme.DOI, value="10.1234/a")
PMID = Identifier(scheme=Scheme.PMID, value="31234567")
RETRACTED = IntegrityNotice(kind=IntegrityKind.RETRACTION, source="pubmed", notice="10.1/x")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with opened(Settings(home=tmp_path / "home", starter=False), lambda: NOW) as services:
        yield services


def work(*identifiers: Identifier, source: str = "ris", **fields: object) -> Record:
    given = {
        "title": TITLE, "published": "2024",
        "contributors": (Contribution(family="Müller", given="A"),),
        "provenance": (Provenance(source=source, at=NOW),), "identifiers": identifiers, **fields,
    }  # fmt: skip
    return Record.model_validate(given)


def bring(
    services: Services, *records: Record, by: Bringer = ANN, file: str = "refs.ris"
) -> int | None:
    """Take in the records of a file; the number of its import, None where it brought nothing."""
    stamp = Stamp(services.store, file, by, NOW)
    report = services.harvester.take(stamp.on(iter(records)), file)
    if stamp.number is None or not services.store.imports.finish(stamp.number, report.outcomes):
        return None
    return stamp.number


def fetch(services: Services, *records: Record) -> None:
    services.harvester.take(records, "test")


def seen(services: Services, workspace: str, identifier: Identifier = DOI) -> list[Record]:
    with services.corrections.seen_by(workspace):
        return services.store.find(identifier)


def everything(services: Services) -> list[tuple[str, str, list[str]]]:
    """The whole of the store: every record, and what each source stated about it."""
    versions = services.store.merges.versions
    return sorted(
        (r.id, r.model_dump_json(), [version.model_dump_json() for version in versions(r.id)])
        for r in services.store.newest(100)
    )


# -- provenance that cannot be typed -------------------------------------------------------


@pytest.mark.parametrize("name", sorted({*DOCUMENTS, *TEXTS}))
def test_a_file_in_any_format_is_a_file(name: str, services: Services, tmp_path: Path) -> None:
    """Also what PubMed or Crossref themselves would answer: whoever brings it may have typed it."""
    path = tmp_path / "refs.txt"
    path.write_bytes(with_text(name, 0, ""))
    report = services.harvester.take_file(path, name, bringer=ANN)
    assert report.number is not None
    [record] = services.store.newest(5)
    assert (record.is_file, record.audience) == (True, "/T1")
    said = "\n".join(details.origin(record))
    assert "Source: file refs.txt by <@U0ANN> on 15 Jan 2026" in said
    assert services.store.status().sources == (("file", 1, NOW),)


def test_a_file_says_nothing_in_the_name_of_a_service(services: Services, tmp_path: Path) -> None:
    """JSON can be typed with any provenance, notice and count."""
    path = tmp_path / "typed.jsonl"
    typed = {
        "title": TITLE, "doi": DOI.value, "usage": {"downloads": 9},
        "integrity": [{"kind": "retraction", "source": "pubmed", "checked": "2026-01-01"}],
        "provenance": [{"source": "pubmed", "at": "2025-01-01", "workspace": "/T2", "imported": 9}],
    }  # fmt: skip
    path.write_text(json.dumps(typed))
    services.harvester.take_file(path, bringer=Bringer("ann"))
    [record] = services.store.newest(5)
    [entry] = record.provenance
    assert (entry.file, entry.by, entry.imported, entry.workspace) == (
        "typed.jsonl",
        "ann",
        1,
        None,
    )
    line = "Source: file typed.jsonl by @ann on 15 Jan 2026 · from pubmed"
    assert origins.sources([entry, entry], 2) == [line]
    assert (record.integrity, record.usage, record.is_retracted) == ((), None, False)
    assert NOTICE_LEFT_OUT in record.warnings


def test_a_name_of_a_file_is_only_a_name(services: Services) -> None:
    bring(services, work(DOI), file="*PubMed*> <!channel> `x`.ris")
    [line, *_] = details.origin(services.store.newest(1)[0])
    assert "<!channel>" not in line
    assert line.startswith("Source: file ")


# -- trust before measure ------------------------------------------------------------------

FULL = {
    "title": "A TITLE THAT IS MUCH LONGER", "abstract": "A. " * 900, "volume": "9", "issue": "9",
    "sections": (Section(label="A", text="a"), Section(label="B", text="b")),
    "contributors": tuple(Contribution(family=f"F{n}", given="Given") for n in range(9)),
    "journal": Journal(title="Other", issn="2768-0622", eissn="2768-0622"),
    "published": "2023-05-05", "accepted": "2023-05-05", "deposited": "2023-05-05",
    "type": "Report", "subtype": "Review", "language": "de", "publisher": "Other", "pages": "9-99",
    "publication_status": "Published", "peer_reviewed": Known.YES, "article_number": "e9",
    "keywords": ("other",), "integrity": (RETRACTED,), "usage": {"downloads": 9},
    "access": Access(status=AccessStatus.OPEN, url="https://evil.example/a", licence="CC BY"),
    "relations": (Relation(kind=RelationKind.RETRACTION_OF, identifier=PMID),),
}  # fmt: skip
SPARSE = {
    "title": "A title", "abstract": "Short.", "volume": "1", "issue": "2", "pages": "3",
    "journal": Journal(title="J"), "published": "2024", "accepted": "2024", "deposited": "2024",
    "type": "Journal article", "subtype": "Letter", "language": "en", "publisher": "P",
    "publication_status": "Submitted", "peer_reviewed": Known.NO, "article_number": "e1",
    "keywords": ("TME",), "access": Access(status=AccessStatus.RESTRICTED),
    "relations": (Relation(kind=RelationKind.PART_OF, identifier=PMID),),
}  # fmt: skip


@pytest.mark.parametrize("file_first", [True, False])
@pytest.mark.parametrize("by", [ANN, OPERATOR], ids=["a workspace's", "an operator's"])
def test_a_fuller_file_replaces_nothing_that_a_service_says(
    services: Services, by: Bringer, file_first: bool
) -> None:
    bringing = [lambda: bring(services, work(DOI, **FULL), by=by),
                lambda: fetch(services, work(DOI, source="openalex", **SPARSE))]  # fmt: skip
    for step in bringing if file_first else bringing[::-1]:
        step()
    [record] = seen(services, "/T1")
    expected = work(DOI, source="openalex", **SPARSE)
    for name in SPARSE:
        assert getattr(record, name) == getattr(expected, name), name
    assert record.contributors == expected.contributors
    assert (record.integrity, record.usage) == ((), None)


@pytest.mark.parametrize("by", [ANN, OPERATOR], ids=["a workspace's", "an operator's"])
def test_a_file_fills_what_no_service_says_and_says_so(services: Services, by: Bringer) -> None:
    fetch(services, work(DOI, source="crossref", contributors=()))
    bring(services, work(DOI, abstract="Of the file.", access=FULL["access"]), by=by)
    [record] = seen(services, "/T1")
    assert record.abstract == "Of the file."
    assert [p.file for p in record.provenance if "abstract" in p.fields] in ([], ["refs.ris"])
    assert record.access.url == "https://evil.example/a"
    assert details.copy_label(record) == "Open evil.example (address from a file)"
    [elsewhere] = seen(services, "/T2")
    assert (elsewhere.abstract is None) is (by is ANN)


def test_a_file_gives_a_work_no_other_identifier_of_a_kind_that_is_known(
    services: Services,
) -> None:
    other = Identifier(scheme=Scheme.DOI, value="10.1234/other")
    fetch(services, work(DOI, PMID, source="pubmed"))
    bring(services, work(other, PMID), by=OPERATOR)
    [record] = services.store.find(PMID)
    assert record.doi == DOI.value
    assert services.store.find(other) == []


def test_a_file_makes_no_two_works_of_services_one(services: Services) -> None:
    fetch(services, work(DOI, source="crossref", title="On the macrophages of the brain today"))
    fetch(services, work(PMID, source="pubmed", title="Regulatory T cells in ageing mice and men"))
    bridge = work(DOI, PMID, title="On the macrophages of the brain today")
    bring(services, bridge, by=OPERATOR)
    assert len(services.store.newest(5)) == 2


# -- whose it is ---------------------------------------------------------------------------


def test_what_a_workspace_brings_it_alone_sees(services: Services) -> None:
    bring(services, work(DOI))
    services.index.follow(services.store)
    for workspace, number in (("/T1", 1), ("/T2", 0), ("", 0)):
        with services.corrections.seen_by(workspace):
            [*found] = services.store.find(DOI)
            assert len(found) == number, workspace
            assert len(services.store.newest(5)) == number
            assert len(services.store.find_title(fold(TITLE))) == number
            assert services.index.count(IndexQuery()) == number
            assert len(services.search.run(services.search.interpret("macrophages")).hits) == number
    [record] = services.store.newest(5)  # whoever runs the bot sees all
    with services.corrections.seen_by("/T2"):
        assert services.store.get(record.id) is None
        assert services.store.get_many([record.id]) == []


def test_words_that_one_workspace_alone_brought_are_words_nowhere_else(services: Services) -> None:
    """Neither offered as a spelling, nor counted, nor given as what an abbreviation means."""
    text = "Zylotrexin in glioma, with xenon quartz zoning (XQZ) in Annals of Zylography."
    journal = Journal(title="Annals of Zylography")
    number = bring(services, work(DOI, abstract=text, journal=journal))
    fetch(services, work(PMID, source="pubmed", title="Neutrophils in melanoma"))
    services.index.follow(services.store)

    def known(workspace: str, asked: str = "zylotrexim") -> tuple[bool, int, int, bool]:
        with services.corrections.seen_by(workspace):
            query = services.search.interpret(asked)
            offered = any("zylotrexin" in (part.words or ()) for part in query.parts)
            offered |= "zylotrexin" in str(services.search.run(query)).lower()
            index = services.index
            return (
                offered,
                index.frequency("zylotrexin", "text"),
                len(index.long_forms("xqz")),
                "zylotrexin" in index.vocabulary(),
            )

    assert known("/T1") == (True, 1, 1, True)
    assert known("/T2") == known("") == (False, 0, 0, False)
    assert not any("zylography" in title for title in services.index.values("journal_key"))
    with services.corrections.seen_by("/T2"):
        assert services.index.frequency("neutrophils") == 1
        assert services.index.vocabulary()["neutrophils"] == 1
    assert number is not None
    services.imports.undo(number, "op")
    services.index.follow(services.store)
    assert known("/T1") == known("/T2") == (False, 0, 0, False)


def test_two_workspaces_may_bring_the_same_work_and_share_nothing(services: Services) -> None:
    bring(services, work(DOI, abstract="Of Ann."))
    bring(services, work(DOI, abstract="Of Ben."), by=BEN)
    for workspace, abstract in (("/T1", "Of Ann."), ("/T2", "Of Ben.")):
        assert [r.abstract for r in seen(services, workspace)] == [abstract]
    assert len(services.store.newest(5)) == 2


def test_when_a_service_knows_the_work_it_is_one_record_for_all(services: Services) -> None:
    bring(services, work(DOI, abstract="Of Ann."))
    [brought] = services.store.find(DOI)
    bring(services, work(DOI, abstract="Of Ben."), by=BEN)
    fetch(services, work(DOI, source="crossref"))
    [record] = services.store.newest(5)
    assert (record.audience, record.abstract) == (None, None)
    stored = services.store.get(brought.id)
    assert stored is not None
    assert stored.id == record.id
    found = {workspace: seen(services, workspace)[0].abstract for workspace in ("/T1", "/T2", "")}
    assert found == {"/T1": "Of Ann.", "/T2": "Of Ben.", "": None}


def test_an_operator_may_share_an_import(services: Services) -> None:
    number = bring(services, work(DOI))
    other = bring(services, work(PMID, title="Quite another title about hypoxia", abstract="B."))
    assert number is not None
    assert services.imports.share(number, "op") == 1
    assert [r.audience for r in seen(services, "/T2")] == [None]
    assert seen(services, "/T2", PMID) == []
    shared = services.store.imports.get(number)
    assert shared is not None
    assert (shared.workspace, shared.shared_by, shared.shared_at) == (None, "op", NOW)
    with pytest.raises(NoImport, match="already"):
        services.imports.share(number, "op")
    assert other != number


def test_a_notice_that_a_check_found_outlives_what_becomes_of_the_file(services: Services) -> None:
    """Brought again with other words, shared with all, undone: the work stays retracted."""
    first = bring(services, work(DOI, volume="1"))
    [record] = services.store.newest(5)
    checked = record.model_copy(update={"integrity": (RETRACTED,)})
    services.store.upsert([checked], lambda _stored, incoming: incoming)
    second = bring(services, work(DOI, volume="2"))
    assert first is not None
    assert second is not None
    assert seen(services, "/T1")[0].integrity == (RETRACTED,)
    services.imports.undo(second, "op")
    assert seen(services, "/T1")[0].integrity == (RETRACTED,)
    services.imports.share(first, "op")
    [shared] = seen(services, "/T2")
    assert (shared.integrity, shared.volume) == ((RETRACTED,), "1")


# -- undone whole --------------------------------------------------------------------------


def test_undoing_leaves_the_store_as_it_was(services: Services) -> None:
    """New works, works that gained something, and works of other imports alike."""
    other = Identifier(scheme=Scheme.DOI, value="10.1234/b")
    fetch(services, work(DOI, source="crossref", contributors=()))
    hypoxia = "Hypoxia in solid tumours of mice"
    bring(services, work(other, title=hypoxia), by=OPERATOR, file="b.ris")
    before = everything(services)
    number = bring(
        services, work(DOI, abstract="Of the file."), work(PMID, title="Quite another title here"),
        work(other, title=hypoxia, abstract="More."), by=OPERATOR,
    )  # fmt: skip
    assert number is not None
    assert everything(services) != before
    assert services.imports.undoing(number)[1] == Undoing(gone=1, kept=2, listed=0, lists=0)
    assert services.imports.undo(number, "op") == 3
    assert everything(services) == before
    services.index.follow(services.store)
    assert services.index.count(IndexQuery()) == 2
    undone = services.store.imports.get(number)
    assert undone is not None
    assert (undone.undone_by, undone.undone_at, undone.records) == ("op", NOW, 0)
    with pytest.raises(NoImport, match="undone already"):
        services.imports.undo(number, "op")


def test_a_file_brought_again_replaces_itself_and_comes_back_when_that_is_undone(
    services: Services,
) -> None:
    first = bring(services, work(DOI, volume="1", keywords=("old",)))
    assert bring(services, work(DOI, volume="1", keywords=("old",))) is None  # nothing new in it
    second = bring(services, work(DOI, volume="2"))
    assert first is not None
    assert second is not None
    [record] = services.store.newest(5)
    assert (record.volume, record.keywords) == ("2", ())
    services.imports.undo(second, "op")
    [record] = services.store.newest(5)
    assert (record.volume, record.keywords) == ("1", ("old",))
    services.imports.undo(first, "op")
    assert services.store.newest(5) == []


def test_undoing_reaches_what_was_merged_since_and_no_undone_merge_brings_it_back(
    services: Services,
) -> None:
    number = bring(services, work(DOI), by=OPERATOR)
    fetch(services, work(PMID, source="pubmed"))
    [record] = services.store.newest(5)
    assert {p.source for p in record.provenance} == {"ris", "pubmed"}
    assert number is not None
    services.imports.undo(number, "op")
    [record] = services.store.newest(5)
    assert {p.source for p in record.provenance} == {"pubmed"}
    services.merger.undo(record.id, author="op")
    assert [{p.source for p in r.provenance} for r in services.store.newest(5)] == [{"pubmed"}]


def test_a_workspace_undoes_its_own_and_nobody_elses(services: Services) -> None:
    number = bring(services, work(DOI))
    assert number is not None
    with pytest.raises(NoImport, match=r"no import \d+ here"):
        services.imports.undo(number, "U0BEN", "/T2")
    assert [each.number for each in services.imports.listed("/T2")] == []
    [listed] = services.imports.listed("/T1")
    assert (listed.by, listed.file, listed.at, listed.records) == ("U0ANN", "refs.ris", NOW, 1)
    assert services.imports.undo(number, "U0ANN", "/T1") == 1
    assert seen(services, "/T1") == []


def test_an_import_that_was_cut_off_is_listed_and_undone(services: Services) -> None:
    stamp = Stamp(services.store, "refs.ris", ANN, NOW)
    services.harvester.take(stamp.on(iter([work(DOI)])), "refs.ris")  # killed before the end
    [listed] = services.imports.listed()
    assert (listed.counts, listed.records) == (None, 1)
    assert services.imports.undo(listed.number, "op") == 1
    assert services.store.newest(5) == []


LISTED = """
@article{{k{0}, title={{Macrophages of study {0}}}, doi={{10.1234/{0}}}, groups={{Club}},
  annote={{Read the methods}}}}
"""


def test_undoing_takes_back_the_lists_unless_people_have_changed_them(
    services: Services, tmp_path: Path
) -> None:
    """Of five places four were changed: a note, a read mark, taken off and put back, saved anew."""
    scope, file = Scope("/T1", "U0ANN"), tmp_path / "refs.bib"
    file.write_text("".join(map(LISTED.format, range(5))), encoding="utf-8")
    library = services.library

    def brought() -> tuple[int, list[Entry]]:
        report = services.harvester.take_file(file, bringer=ANN)
        assert report.number is not None
        library.shelve(scope, report.shelved, report.number)
        return report.number, library.entries(library.make(scope, "Club"))

    number, entries = brought()
    assert [entry.item.note for entry in entries] == ["Read the methods"] * 5
    assert services.store.imports.all()[0].listed == 5
    assert services.imports.undoing(number)[1] == Undoing(gone=5, kept=0, listed=5, lists=1)
    services.imports.undo(number, "op")
    assert library.lists(scope) == []

    number, (noted, marked, back, saved, left) = brought()
    library.note(scope, noted.item.id, "my own")
    library.mark_read(scope, marked.item.id, read=True)
    library.take_off(scope, [back.item.id])
    library.put_back(scope, [back.item.id])
    club = library.make(scope, "Club")
    library.save(scope, [saved.record], club)
    assert services.store.imports.all()[0].listed == 1
    assert services.imports.undoing(number)[1] == Undoing(gone=5, kept=0, listed=1, lists=0)
    services.imports.undo(number, "op")
    [club] = library.lists(scope)
    items = {item.id for item in services.store.lists.items(club.id)}
    assert items == {each.item.id for each in (noted, marked, back, saved)}
    assert left.item.id not in items


def test_a_list_that_somebody_renamed_stays(services: Services, tmp_path: Path) -> None:
    scope, file = Scope("/T1", "U0ANN"), tmp_path / "refs.bib"
    file.write_text(LISTED.format(1), encoding="utf-8")
    report = services.harvester.take_file(file, bringer=ANN)
    services.library.shelve(scope, report.shelved, report.number)
    [made] = services.library.lists(scope)
    services.library.rename(scope, made.id, "Ours")
    services.imports.undo(report.number or 0, "op")
    assert [each.name for each in services.library.lists(scope)] == ["Ours"]


def test_tagging_again_leaves_what_was_brought_as_it_is(services: Services) -> None:
    bring(services, work(DOI))
    before = everything(services)
    services.harvester.retag()
    assert everything(services) == before
