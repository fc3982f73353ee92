"""A library of Zotero and the store stay in step; nobody's change is lost on the way."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock
from pytest_httpserver import HTTPServer
from werkzeug import Response

from bot.app.background import zotero_workers
from bot.app.cli import main
from bot.app.cli.common import opened_services
from bot.app.doctor import diagnose
from bot.app.zotero.connection import Connection, save
from bot.app.zotero.running import EVERY, sync
from bot.app.zotero.syncing import ZoteroSync
from bot.app.zotero.writing import Outcome
from bot.errors import SettingsError, SourceUnavailable, TmeError, UsageError
from bot.formats.json_values import RefusedError
from bot.records.models import IntegrityKind, IntegrityNotice
from bot.sources import Place
from bot.sources.http.client import PoliteClient
from bot.sources.zotero.client import Library, Zotero
from bot.sources.zotero.reader import item_of, read
from handlers.commands import COMMANDS
from handlers.commands.save import TERMINAL
from handlers.router import Request, Router, Surface
from handlers.services import Services
from tests.sources.clock import FakeClock
from tests.sources.loopback import Loopback
from tests.sources.zotero import KEY, ZoteroLibrary


@pytest.fixture
def library() -> ZoteroLibrary:
    made = ZoteroLibrary()
    made.file("COL1", "Journal club")
    made.file("COL2", "Macrophages", "COL1")
    made.put("ONE", title="On macrophages", DOI="10.1000/one", collections=["COL1"],
             date="2025-11-09", tags=[{"tag": "TAM"}])  # fmt: skip
    made.put("TWO", title="On fibroblasts", DOI="10.1000/two", collections=["COL2"])
    made.put("PDF", itemType="attachment", title="full text")
    return made


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("TME_HOME", str(tmp_path))
    with opened_services(starter=False) as opened:
        yield opened


class Rig:
    """A connection to the stand-in, and what a sync of it does."""

    def __init__(self, server: HTTPServer, library: ZoteroLibrary, services: Services) -> None:
        self.library, self.services, self.clock = library, services, FakeClock()
        self.service = Loopback(library)
        server.expect_request(re.compile(".*")).respond_with_handler(self.service)
        self.address = server.url_for("/")
        self.client = PoliteClient(
            {f"{server.host}:{server.port}": 0},
            headers={"Zotero-API-Key": KEY},
            timing=self.clock.timing(),
        )
        self.connection = Connection(
            library="groups/1",
            address=self.address,
            workspace=TERMINAL.workspace,
            owner=TERMINAL.user,
        )

    def sync(self, *, remove: bool = False) -> Outcome:
        place = Place(self.address, self.clock.now, {"library": "groups/1"})
        parts = (self.services.store, self.services.harvester, self.services.library)
        zotero = Zotero(self.client, place)
        return ZoteroSync(zotero, self.connection, parts, self.clock.now, remove=remove).run()

    def lists(self) -> dict[str, list[str]]:
        """The titles on each reading list."""
        library = self.services.library
        return {
            on.name: [entry.record.title for entry in library.entries(on)]
            for on in library.lists(TERMINAL)
        }

    def take_off(self, name: str, title: str) -> None:
        """Somebody here takes a record off a list."""
        on = self.services.library.named(TERMINAL, name)
        assert on is not None
        [item] = [e.item for e in self.services.library.entries(on) if e.record.title == title]
        self.services.library.take_off(TERMINAL, [item.id])


@pytest.fixture
def rig(httpserver: HTTPServer, library: ZoteroLibrary, services: Services) -> Iterator[Rig]:
    made = Rig(httpserver, library, services)
    yield made
    made.client.close()


def test_items_become_records_and_collections_lists(rig: Rig) -> None:
    done = rig.sync()
    assert (done.read, done.new, done.listed) == (2, 2, 2)
    assert done.refused == []
    assert rig.lists() == {
        "Journal club": ["On macrophages"],
        "Journal club / Macrophages": ["On fibroblasts"],
    }
    [record] = [r for r in rig.services.store.each() if r.doi == "10.1000/one"]
    assert (str(record.published), record.keywords) == ("2025-11-09", ("TAM",))
    assert record.provenance[0].source == "zotero"


def test_only_what_changed_is_asked_for_again(rig: Rig) -> None:
    rig.sync()
    asked = len(rig.service.asked)
    assert rig.sync() == Outcome()
    assert all("itemKey" not in each for each in rig.service.asked[asked:])
    rig.library.put("ONE", title="On macrophages in glioma")
    done = rig.sync()
    assert (done.read, done.new, done.changed, done.listed) == (1, 0, 1, 0)
    assert rig.lists()["Journal club"] == ["On macrophages in glioma"]


def test_a_large_library_comes_in_pages(rig: Rig) -> None:
    for number in range(120):
        rig.library.put(f"N{number:03}", title=f"Work {number}", DOI=f"10.1000/n{number}")
        rig.library.file(f"C{number:03}", f"List {number}")
    assert rig.sync().new == 122
    assert len(rig.connection.collections) == 122


def test_nothing_is_deleted_without_a_word(rig: Rig) -> None:
    """An item that left its collection, or Zotero, stays on the list until that is asked for."""
    rig.sync()
    rig.library.put("ONE", collections=[])
    rig.library.drop("TWO")
    done = rig.sync()
    assert len(done.kept) == 3
    assert "left “Journal club” in Zotero" in done.kept[0]
    assert "was deleted in Zotero; the record stays" in done.kept[1]
    assert [len(titles) for titles in rig.lists().values()] == [1, 1]
    rig.library.put("ONE", collections=["COL1"])
    rig.sync()
    rig.library.put("ONE", deleted=1)
    assert "is in Zotero's bin; the record stays" in rig.sync().kept[0]
    rig.library.put("ONE", deleted=0)
    rig.sync()
    rig.library.put("ONE", collections=[])
    rig.sync(remove=True)
    assert rig.lists()["Journal club"] == []
    assert len(list(rig.services.store.each())) == 2


def test_nothing_is_written_unless_that_is_asked_for(rig: Rig) -> None:
    rig.sync()
    record = next(iter(rig.services.store.each()))
    on = rig.services.library.make(TERMINAL, "Only here")
    rig.services.library.save(TERMINAL, [record], on)
    assert rig.sync().written == 0
    assert rig.library.changed == []


def test_lists_and_retractions_are_written_back(rig: Rig) -> None:
    """What is in Zotero is filed there, what is not is added; a second sync has nothing to do."""
    rig.connection.write = ["lists", "retractions"]
    rig.sync()
    store, library = rig.services.store, rig.services.library
    [one] = [r for r in store.each() if r.doi == "10.1000/one"]
    retraction = IntegrityNotice(kind=IntegrityKind.RETRACTION, source="Crossref")
    store.upsert([one], lambda stored, _: stored.model_copy(update={"integrity": (retraction,)}))
    new = read({"key": "X", "library": {"type": "group", "id": 2}, "data": {
        "itemType": "journalArticle", "title": "Only here", "DOI": "10.1000/new",
        "creators": [{"creatorType": "author", "lastName": "Li", "firstName": "Bo"}]}},
        "test", rig.clock.now())  # fmt: skip
    rig.services.harvester.take([new], "test")
    [stored] = [r for r in store.each() if r.doi == "10.1000/new"]
    mine = library.make(TERMINAL, "To read")
    library.save(TERMINAL, [stored, one], mine)
    done = rig.sync()
    assert done.conflicts == []
    [key] = [k for k, c in rig.library.collections.items() if c["name"] == "To read"]
    assert rig.library.items["ONE"]["collections"] == ["COL1", key]
    assert rig.library.items["ONE"]["tags"] == [{"tag": "TAM"}, {"tag": "Retracted"}]
    [added] = [d for d in rig.library.items.values() if d.get("DOI") == "10.1000/new"]
    assert (added["collections"], added["creators"][0]["lastName"]) == ([key], "Li")
    before = list(rig.library.changed)
    again = rig.sync()
    assert (again.new, again.written, again.conflicts) == (0, 0, [])
    assert rig.library.changed == before


def test_what_somebody_changes_meanwhile_is_not_overwritten(rig: Rig) -> None:
    """Zotero answers 412; the next sync takes in the change and then writes."""
    rig.sync()
    rig.connection.write = ["lists"]
    library = rig.services.library
    [one] = [r for r in rig.services.store.each() if r.doi == "10.1000/one"]
    library.save(TERMINAL, [one], library.make(TERMINAL, "Journal club / Macrophages"))
    rig.library.before_change.append(lambda: rig.library.put("ONE", title="Changed by Ana"))
    done = rig.sync()
    assert (done.written, len(done.conflicts)) == (0, 1)
    assert rig.library.items["ONE"]["collections"] == ["COL1"]
    done = rig.sync()
    assert (done.changed, done.written, done.conflicts) == (1, 1, [])
    assert rig.library.items["ONE"]["title"] == "Changed by Ana"
    assert rig.library.items["ONE"]["collections"] == ["COL1", "COL2"]


def test_a_change_on_both_sides_is_shown(rig: Rig) -> None:
    """Taken off here and still in the collection: neither side is believed until told."""
    rig.sync()
    rig.take_off("Journal club", "On macrophages")
    for _ in range(2):
        done = rig.sync()
        [conflict] = done.conflicts
        assert conflict.startswith("“On macrophages” was taken off “Journal club” here")
    assert rig.lists()["Journal club"] == []
    rig.connection.write = ["lists"]
    assert rig.sync(remove=True).written == 1
    assert rig.library.items["ONE"]["collections"] == []
    assert rig.sync().conflicts == []


def noted(rig: Rig, title: str = "On macrophages") -> str:
    """The note beside a record here."""
    library = rig.services.library
    [note] = [
        entry.item.note
        for on in library.lists(TERMINAL)
        for entry in library.entries(on)
        if entry.record.title == title
    ]
    return note


def note_here(rig: Rig, note: str) -> None:
    library = rig.services.library
    on = library.named(TERMINAL, "Journal club")
    assert on is not None
    library.note(TERMINAL, library.entries(on)[0].item.id, note)


def test_notes_below_items_stand_beside_the_records(rig: Rig) -> None:
    rig.library.put("N1", itemType="note", parentItem="ONE", note="<p>Fig. 2 &lt;b&gt;</p>")
    rig.library.put("N2", itemType="note", note="<p>below nothing</p>")
    assert rig.sync().read == 2
    assert noted(rig) == "Fig. 2 <b>"
    assert noted(rig, "On fibroblasts") == ""
    rig.library.put("N1", note="<p>Fig. 3</p>")
    rig.sync()
    assert noted(rig) == "Fig. 3"
    rig.library.drop("N1")
    done = rig.sync()
    assert done.kept == ["The note on “On macrophages” was deleted in Zotero; ours stays."]
    assert noted(rig) == "Fig. 3"
    assert rig.library.changed == []


def test_notes_of_ours_go_out_where_that_is_asked_for(rig: Rig) -> None:
    rig.sync()
    note_here(rig, "read <this> & that")
    assert rig.sync().written == 0
    rig.connection.write = ["notes"]
    assert rig.sync().written == 1
    [note] = [d for d in rig.library.items.values() if d["itemType"] == "note"]
    assert (note["parentItem"], note["note"]) == ("ONE", "<p>read &lt;this&gt; &amp; that</p>")
    assert rig.sync() == Outcome()
    assert noted(rig) == "read <this> & that"
    note_here(rig, "changed here")
    assert rig.sync().written == 1
    assert rig.library.items[note["key"]]["note"] == "<p>changed here</p>"
    rig.library.put(note["key"], note="<p>changed there</p>")
    assert rig.sync().written == 0
    assert noted(rig) == "changed there"


def test_a_note_that_both_sides_changed_is_shown_until_they_agree(rig: Rig) -> None:
    rig.connection.write = ["notes"]
    rig.library.put("N1", itemType="note", parentItem="ONE", note="first")
    rig.sync()
    rig.library.put("N1", note="theirs")
    note_here(rig, "ours")
    for _ in range(2):
        done = rig.sync()
        assert done.conflicts == [
            "The note on “On macrophages” was changed here and in Zotero: make both alike."
        ]
        assert (noted(rig), rig.library.items["N1"]["note"]) == ("ours", "theirs")
    rig.library.put("N1", note="ours")
    assert rig.sync().conflicts == []
    note_here(rig, "ours again")
    assert (rig.sync().written, rig.library.items["N1"]["note"]) == (1, "<p>ours again</p>")


def test_of_several_notes_none_is_changed(rig: Rig) -> None:
    rig.connection.write = ["notes"]
    rig.library.put("N1", itemType="note", parentItem="ONE", note="one")
    rig.library.put("N2", itemType="note", parentItem="ONE", note="two")
    rig.sync()
    assert noted(rig) == "one · two"
    note_here(rig, "ours")
    assert "has 2 notes there: none was changed" in rig.sync().conflicts[0]
    assert rig.library.changed == []


@pytest.fixture
def served(
    httpserver: HTTPServer, library: ZoteroLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Services, FakeClock, Loopback]]:
    """The services beside which a worker keeps a connected library in step."""
    monkeypatch.setenv("TME_HOME", str(tmp_path))
    monkeypatch.setenv("ZOTERO_API_KEY", KEY)
    service, clock = Loopback(library), FakeClock()
    httpserver.expect_request(re.compile(".*")).respond_with_handler(service)
    connection = Connection(
        library="groups/1", address=httpserver.url_for("/"),
        workspace=TERMINAL.workspace, owner=TERMINAL.user,
    )  # fmt: skip
    save(tmp_path / "zotero.json", connection)
    with opened_services(starter=False, now=clock.now) as services:
        yield services, clock, service


def test_a_server_keeps_the_library_in_step_at_its_interval(
    served: tuple[Services, FakeClock, Loopback], library: ZoteroLibrary
) -> None:
    services, clock, service = served
    [worker] = zotero_workers(services)
    assert worker.step() is False
    assert len(list(services.store.each())) == 2
    asked = len(service.asked)
    clock.seconds += EVERY.total_seconds() - 1
    worker.step()
    assert len(service.asked) == asked
    library.put("ONE", title="On macrophages again")
    clock.seconds += 1
    worker.step()
    assert len(service.asked) > asked
    assert any(r.title == "On macrophages again" for r in services.store.each())
    clock.seconds -= 10_000  # a clock that was ahead and was put right
    asked = len(service.asked)
    worker.step()
    assert len(service.asked) > asked


def test_what_a_server_did_not_do_is_kept_until_somebody_looks(
    served: tuple[Services, FakeClock, Loopback],
    library: ZoteroLibrary,
    tme: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services, clock, service = served
    [worker] = zotero_workers(services)
    worker.step()
    library.drop("ONE")
    for _ in range(3):
        clock.seconds += EVERY.total_seconds()
        worker.step()
    line = services.zotero()
    assert line is not None
    assert "2 left Zotero and are here still" in line
    assert "On macrophages" not in line
    status = Router(services, COMMANDS).answer(Request("status", Surface.SLASH)).message.text
    assert f"Zotero: {line.split(',')[0]}" in status
    monkeypatch.setenv("TME_HOME", str(services.settings.home))
    assert "“On macrophages” was deleted in Zotero" in tme("zotero", "status").stdout
    service.troubles |= {number: Response("no", 403) for number in range(len(service.asked), 99)}
    clock.seconds += EVERY.total_seconds()
    worker.step()
    with pytest.raises(TmeError, match="the last try failed"):
        services.zotero()
    [finding] = [each for each in diagnose(services.settings) if each.what == "Zotero"]
    assert (finding.state, "the last try failed" in finding.says) == ("bad", True)
    service.troubles.clear()
    told = tme("zotero", "sync").stdout
    assert "“On macrophages” was deleted in Zotero; the record stays." in told
    assert services.zotero() is not None
    assert "left Zotero" not in (services.zotero() or "")


def test_one_process_syncs_at_a_time(served: tuple[Services, FakeClock, Loopback]) -> None:
    services, _, service = served
    with (
        FileLock(services.settings.zotero_file.with_suffix(".lock")),
        pytest.raises(SettingsError, match="Another process"),
    ):
        sync(services)
    assert service.asked == []


def test_zotero_is_left_alone_as_long_as_it_asks(rig: Rig) -> None:
    """429 with Retry-After is tried again; Backoff holds the next request."""
    rig.service.troubles[1] = Response("slow down", 429, {"Retry-After": "3"})
    rig.service.troubles[3] = Response(
        "[]", 200, {"Backoff": "7", "Last-Modified-Version": "5"}, content_type="application/json"
    )
    rig.sync()
    assert any(slept >= 3 for slept in rig.clock.slept)
    assert pytest.approx(7) in rig.clock.slept


def test_a_sync_that_breaks_off_is_done_again(rig: Rig) -> None:
    for number in range(2, 12):
        rig.service.troubles[number] = Response("trouble", 503)
    with pytest.raises(SourceUnavailable):
        rig.sync()
    assert rig.connection.version == 0
    rig.service.troubles.clear()
    assert rig.sync().new == 2


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("groups/123", "groups/123"),
        ("https://www.zotero.org/groups/123/lab/library", "groups/123"),
        ("users/7", "users/7"),
        ("user:7", "users/7"),
    ],
)
def test_a_library_is_named_as_people_have_it(given: str, path: str) -> None:
    assert str(Library.parse(given)) == path


def test_what_is_no_library_is_told() -> None:
    with pytest.raises(UsageError, match="no library"):
        Library.parse("my lab")


def test_a_record_is_the_same_after_zotero() -> None:
    entry: dict[str, Any] = {
        "key": "K", "version": 3, "library": {"type": "group", "id": 1},
        "meta": {"parsedDate": "2025-11"},
        "data": {
            "itemType": "journalArticle", "title": "A title", "abstractNote": "Cells resist.",
            "creators": [
                {"creatorType": "author", "lastName": "Li", "firstName": "Bo"},
                {"creatorType": "editor", "name": "The Group"},
            ],
            "publicationTitle": "Nature Medicine", "journalAbbreviation": "Nat Med",
            "ISSN": "1078-8956, 1546-170X", "volume": "1", "issue": "2", "pages": "3-9",
            "DOI": "10.1000/one", "language": "en", "rights": "CC BY 4.0",
            "extra": "PMID: 28187290\nPMCID: PMC5391692", "tags": [{"tag": "CAF"}],
        },
    }  # fmt: skip
    at = FakeClock().now()
    record = read(entry, "", at)
    data = {**item_of(record), "date": "2025-11"}
    again = read({**entry, "data": data}, "", at)
    assert again.model_dump(exclude={"provenance"}) == record.model_dump(exclude={"provenance"})
    with pytest.raises(RefusedError, match="not a work"):
        read({**entry, "data": {"itemType": "note"}}, "", at)


@pytest.fixture
def tme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    monkeypatch.setenv("TME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZOTERO_API_KEY", KEY)
    return lambda *words: CliRunner().invoke(main, words, prog_name="tme")


def test_zotero_at_the_terminal(
    tme: Callable[..., Result], httpserver: HTTPServer, library: ZoteroLibrary, tmp_path: Path
) -> None:
    assert "No library of Zotero is connected" in tme("zotero", "status").stderr
    httpserver.expect_request(re.compile(".*")).respond_with_handler(library)
    address = httpserver.url_for("/")
    library.may_write = False
    refused = tme("zotero", "connect", "groups/1", "--write", "lists", "--address", address)
    assert "may not write" in refused.stderr
    other = tme("zotero", "connect", "groups/2", "--address", address)
    assert "does not open groups/2" in other.stderr
    connected = tme("zotero", "connect", "groups/1", "--address", address)
    assert "by the key of ana; nothing is written" in connected.stdout
    synced = json.loads(tme("zotero", "sync", "--json").stdout)
    assert (synced["new"], synced["listed"]) == (2, 2)
    status = json.loads(tme("zotero", "status", "--json").stdout)
    assert (status["items"], status["version"], status["write"]) == (2, library.version, [])
    assert "On macrophages" in tme("ask", "list journal club").stdout
    kept = tmp_path / "home" / "zotero.json"
    assert KEY not in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o077 == 0


def test_without_a_key_it_says_where_to_get_one(
    tme: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZOTERO_API_KEY")
    result = tme("zotero", "connect", "groups/1")
    assert (result.exit_code, "zotero.org/settings/keys" in result.stderr) == (2, True)
