"""A member, even an admin, of one workspace tries everything to see or change what is another's.

Every listener, command, button, window, reading and tool is tried with the other workspace's own
ids. Whatever is in `SECRETS` and was not typed by who tries must be in nothing that Slack is sent,
and no row of the other workspace may change.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from slack_bolt import App, BoltRequest

from bot.app.composition import build_router, opened
from bot.curation.lists import Scope
from bot.digests.clubs import Wish
from bot.digests.people import Person
from bot.digests.subscriptions import Draft
from bot.harvest.bringing import Bringer
from bot.records.models import Identifier, Provenance, Record, Scheme
from bot.settings import Settings
from bot.store import Conversation
from bot.store.corrections import Correcting
from bot.store.deliveries import NewDelivery
from bot.store.reports import Reporting
from handlers.commands.status import overview
from handlers.router import Place, Request, Router, Surface
from handlers.services import Services
from handlers.views import buttons, correction, reading, report
from handlers.views import subscription_form as forms
from handlers.views.message import Audience
from tests.handlers import test_rights as rights
from tests.handlers.bodies import (
    ALICE,
    CHANNEL,
    DIRECT,
    details,
    direct,
    home_opened,
    joined,
    links,
    mention,
    press,
    reaction,
    shortcut,
    slash,
    trigger,
)
from tests.handlers.conftest import NOW
from tests.handlers.standin import TEAM, SlackStandIn
from tests.handlers.test_rights import pressed, submitted
from tests.handlers.visitor import waiting_app

VICTIM, OWNER, ROOM, THREAD = "/T0VICTIM", "U0OWNER", "C0VICTIM", "1600.0001"
DOI, SHARED = "10.1234/victim.1", "10.1234/shared.1"
FILE = f"""title,doi,abstract,authors,journal,year
"Zylotrexin reprograms macrophages",{DOI},"Zylotrexin (ZTX) cured quillonic mice.","Quorbin, A",\
"Annals of Zylography",2024
"Macrophages in glioma",{SHARED},"A vexillary abstract of theirs.","Müller, A",,2024
"""
# What is theirs alone, each part of it by a word that stands nowhere else.
SECRETS = ("zylotrexin", "quillonic", "quorbin", "zylography", "vexillary", "wombatine",
           "grommetry", "plinthic", "ocarinas", ROOM.lower(), OWNER.lower())  # fmt: skip


@dataclass(frozen=True)
class Theirs:
    """What the other workspace has, by the ids that a stranger may have come by."""

    record: str
    shared: str
    list_id: int
    item: int
    subscription: str
    delivery: str
    corrections: list[int]
    imported: int


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    home = tmp_path_factory.mktemp("apart")
    with opened(Settings(home=home / "home", starter=False), lambda: NOW) as built:
        built.store.preferences.greet(f"/{TEAM}", ALICE, NOW)
        yield built


@pytest.fixture(scope="module")
def theirs(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Theirs:
    """A workspace with one of everything."""
    path = tmp_path_factory.mktemp("file") / "ocarinas.csv"
    path.write_text(FILE, encoding="utf-8")
    shared = Record(
        title="Macrophages in glioma",
        identifiers=(Identifier(scheme=Scheme.DOI, value=SHARED),),
        provenance=(Provenance(source="pubmed", at=NOW),),
    )
    services.harvester.take([shared], "pubmed")
    imported = services.harvester.take_file(path, bringer=Bringer(OWNER, VICTIM)).number
    services.index.follow(services.store)
    store, scope = services.store, Scope(VICTIM, OWNER, ROOM)
    [record] = store.find(Identifier(scheme=Scheme.DOI, value=DOI))
    [known] = store.find(shared.identifiers[0])
    on = services.library.make(scope, "Wombatine club")
    services.library.save(scope, [record, known], on, "a grommetry note")
    [item, *_] = store.lists.items(on.id)
    owner = Person(VICTIM, ROOM, OWNER)
    watch = services.subscriptions.understand("zylotrexin")
    watching, _ = services.subscriptions.make(Draft(ROOM, watch, services.usual_schedule), owner)
    services.clubs.set_up("Wombatine club", Wish(), services.usual_schedule, owner)
    store.deliveries.add(
        NewDelivery(
            key="theirs", workspace=VICTIM, kind="digest", channel=ROOM, due=NOW,
            subscription=watching.id, records=(record.id, known.id),
            details={"since": NOW.isoformat()},
        ),
        NOW,
    )  # fmt: skip
    delivery = store.deliveries.by_key("theirs")
    assert delivery is not None
    kept = services.corrections.correct(
        Correcting(VICTIM, known.id, OWNER, missing=("car-t",), comment="plinthic")
    )
    store.reports.add(Reporting(VICTIM, known.id, "other", "plinthic", OWNER), NOW)
    store.shares.note(VICTIM, ROOM, known.id, OWNER, THREAD, NOW)
    store.conversations.remember(
        VICTIM, ROOM, THREAD, Conversation("zylotrexin", 0, (record.id,), 1), NOW
    )
    store.conversations.remember(
        VICTIM, DIRECT, f"@{ALICE}", Conversation("zylotrexin", 0, (record.id,), 1), NOW
    )
    taken = store.inbox.take(VICTIM, "kept", {"user": OWNER}, "them", 9e9, NOW)
    assert taken is not None
    assert store.inbox.sending(taken, {"way": "respond", "arguments": {"text": "zylotrexin"}})
    assert store.inbox.kept(VICTIM, "kept")
    assert imported is not None
    return Theirs(
        record.id, known.id, on.id, item.id, watching.id, delivery.id,
        [each.id for each in kept], imported,
    )  # fmt: skip


@pytest.fixture(scope="module")
def router(services: Services, theirs: Theirs) -> Router:
    return build_router(services)


@pytest.fixture
def app(slack: SlackStandIn, router: Router) -> App:
    slack.answers["users.info"] = {"user": {"team_id": TEAM, "is_admin": True}}
    slack.answering["conversations.members"] = lambda body: {
        "members": [ALICE] if body["channel"] == CHANNEL else []
    }
    slack.answers["conversations.open"] = {"channel": {"id": DIRECT}}
    return waiting_app(slack, router)


# Each listener of the table of rights, tried with what is theirs.
TRIED: dict[str, Any] = {
    "slash": lambda t, url: slash(f"show {t.record}", url),
    "mention": lambda *_: mention("cite the first one", THREAD, f"Ev{trigger()}"),
    "direct_message": lambda t, _: direct(f"abstract {t.record}", event_id=f"Ev{trigger()}"),
    "home.opened": lambda *_: home_opened(),
    "messages_opened": lambda *_: home_opened("messages"),
    "home.back": lambda _, url: pressed(buttons.HOME, n=1)(url),
    "invited": lambda *_: joined(),
    "reacted": lambda *_: reaction(ts=THREAD, item={"type": "message", "channel": ROOM,
                                                    "ts": THREAD}),
    "reacted removed": lambda *_: reaction("reaction_removed", ts=THREAD),
    "say_of_answer": lambda _, url: pressed(buttons.FEEDBACK, n=1)(url),
    "link_shared": lambda *_: links(f"https://doi.org/{DOI}", f"https://doi.org/{SHARED}"),
    "details": lambda t, _: details(t.record),
    "details of what is shared": lambda t, _: details(t.shared),
    "links_off": lambda _, url: press(buttons.LINKS_OFF, {"n": 1}, url, channel=ROOM),
    "find_papers": lambda _, url: shortcut("find_papers", DOI, url),
    "check_citations": lambda _, url: shortcut("check_citations", DOI, url),
    "search_papers": lambda *_: rights.global_shortcut("search_papers"),
    "submitted search": lambda *_: rights.LISTENERS["submitted search"][1](""),
    "save_papers": lambda _, url: shortcut("save_papers", DOI, url),
    "page": lambda _, url: pressed(buttons.NEXT, q="macrophages", o=0)(url),
    "ask": lambda t, url: pressed("ask:0", q=f"open {t.record}")(url),
    "share_answer": lambda t, url: pressed(buttons.SHARE, q=f"show {t.record}", o=0)(url),
    "send_picture": lambda _, url: pressed("picture:0", q="export macrophages as csv")(url),
    "show_abstract": lambda t, url: pressed(buttons.ABSTRACT, id=t.record)(url),
    "show_abstract of what is shared": lambda t, url: pressed(buttons.ABSTRACT, id=t.shared)(url),
    "show_it": lambda _, url: pressed(buttons.SHOW_KEPT, k="kept")(url),
    "show_citation": lambda t, url: pressed(buttons.CITE, id=t.record)(url),
    "follow_link": lambda _, url: pressed("link:0")(url),
    "nothing": lambda t, url: pressed("menu:other", id=t.record)(url),
    "correcting.opened wrong_tag": lambda t, url: pressed(buttons.WRONG_TAG, id=t.record)(url),
    "correcting.opened report": lambda t, url: pressed(buttons.REPORT, id=t.record)(url),
    "correcting.undo": lambda t, url: pressed(buttons.UNDO_CORRECTION, n=t.corrections)(url),
    "import_file": lambda _, url: pressed("import:0", f="F1", n="a.ris")(url),
    "save": lambda t, url: pressed(buttons.SAVE, id=t.record, s=t.subscription)(url),
    **{
        f"act {what}": lambda t, url, what=what: pressed(
            f"list:{what}", i=[t.item], l=t.list_id, q="lists", o=0
        )(url)
        for what in ("remove", "undo", "read", "unread", "note", "drop", "restore", "export",
                     "send")
    },
    "act export in theirs": lambda t, url: press("list:export", {"l": t.list_id}, url,
                                                 channel=ROOM),
    "new": lambda _, url: pressed(buttons.SUB_NEW, n=1)(url),
    **{
        name: lambda t, url, action=action: pressed(action, s=t.subscription)(url)
        for name, action in (
            ("edit", buttons.SUB_EDIT), ("pause", buttons.SUB_PAUSE),
            ("resume", buttons.SUB_RESUME), ("reset", buttons.SUB_RESET),
            ("stop", buttons.SUB_STOP), ("subscriptions.preview", buttons.SUB_PREVIEW),
        )
    },
    "stop in theirs": lambda t, url: press(buttons.SUB_STOP, {"s": t.subscription}, url,
                                           channel=ROOM),
    "subscription_windows.preview": lambda t, url: press(
        forms.QUERY, {"n": 1}, url, channel=None,
        view={**submitted(forms.FORM, {"query": {"value": "macrophages"}}, s=t.subscription,
                          c=ROOM)("")["view"]},
    ),
    "more": lambda t, url: press(buttons.MORE, {"d": t.delivery, "o": 0}, url, channel=ROOM),
    "not_relevant": lambda t, url: pressed(
        buttons.NOT_RELEVANT, s=t.subscription, id=t.record)(url),
    f"submitted {correction.CALLBACK}": lambda t, _: submitted(
        correction.CALLBACK,
        {correction.MISSING: {"selected_options": [{"value": "car-t"}]}}, id=t.record)(""),
    f"submitted {report.CALLBACK}": lambda t, _: submitted(
        report.CALLBACK, {report.TEXT: {"value": "the year is wrong"}}, id=t.record)(""),
    f"submitted {reading.SAVING}": lambda t, _: submitted(
        reading.SAVING, {reading.LIST: {"selected_option": {"value": str(t.list_id)}}},
        id=t.shared, c="")(""),
    f"submitted {reading.SAVING} of theirs": lambda t, _: submitted(
        reading.SAVING, id=t.record, c=ROOM)(""),
    f"submitted {reading.NOTING}": lambda t, _: submitted(
        reading.NOTING, {reading.NOTE: {"value": "seen"}}, i=t.item, c=ROOM)(""),
    f"submitted {forms.FORM}": lambda t, _: submitted(
        forms.FORM, {"query": {"value": "macrophages"}}, s=t.subscription, c=ROOM)(""),
    f"submitted {forms.PAUSE_FORM}": lambda t, _: submitted(
        forms.PAUSE_FORM, {forms.UNTIL: {"selected_date": "2026-02-01"}},
        s=t.subscription, c=ROOM)(""),
}  # fmt: skip
# Slack's own word, with which nobody can name anything.
NAME_NOTHING = {"removed", "removed tokens"}

# What is typed: every command, with what a stranger may guess or have seen over a shoulder.
TYPED = (
    *("macrophages", "zylotrexim", "ztx", "quilonic mice", "author:quorbi", "journal:annals",
      "Annals of Zylograph", "new", "status", "lists", "list all", "list wombat", "subscriptions",
      "corrections", "club", "clubs", "map", "trend", "help", "settings", "links", "define ZTX",
      "combine ZTX", "compare mice", "what cures mice?", "macrophages as table",
      "export macrophages as ris", "export macrophages as csv", "citation graph of {shared}"),
    *(f"{word} macrophages" for word in ("new", "map", "trend", "evidence for", "integrity")),
    *(f"{word} {{SHARED}}" for word in ("who cites", "cited", "cites", "similar to", "show")),
    *(f"{word} {which}" for word in ("show", "abstract", "cite", "check", "access", "similar",
      "cites", "who cites", "cited", "export", "in-text", "add", "report error", "integrity",
      "lookup", "save", "compare", "subscribe", "citation graph of")
      for which in ("{DOI}", "{record}")),
    "check-text Reprogrammed mice were cured ({DOI}).", "unsubscribe {subscription}",
    "list wombatine club", "list wombatine club delete", "club wombatine club stop",
    "note a word", "save {record} to wombatine club", "export wombatine club as ris",
)  # fmt: skip
IN_THEIR_THREAD = ("cite the first one", "abstract", "export these as ris", "similar to it", "more",
                   "only reviews", "save it to mine", "note a word")  # fmt: skip


def secrets(said: str, typed: str) -> list[str]:
    """What is theirs alone in what was sent, and was not typed."""
    said, typed = said.lower(), typed.lower()
    return [each for each in SECRETS if each in said and each not in typed]


def rows(services: Services) -> set[str]:
    """Every row that is theirs, or that belongs to what is."""
    with services.store._connections.reading() as db:  # type: ignore[attr-defined]
        tables = [row[0] for row in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )]  # fmt: skip
        found = {
            (table, text)
            for table in tables
            for row in db.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            if any(each in (text := json.dumps(list(row), default=repr).lower())
                   for each in (VICTIM.lower(), *SECRETS, "wombatine"))
        }  # fmt: skip
    return {f"{table}: {text}" for table, text in found}


@pytest.fixture(scope="module")
def before(services: Services, theirs: Theirs) -> set[str]:
    return rows(services)


def said_to(app: App, slack: SlackStandIn, body: dict[str, Any]) -> str:
    """All that is sent to Slack, whatever it is, files too."""
    before, files = len(slack.calls), len(slack.uploads)
    app.dispatch(BoltRequest(mode="socket_mode", body=body))
    sent = [[call.method, call.body] for call in slack.calls[before:]
            if not call.method.startswith(("conversations.", "users."))]  # fmt: skip
    uploads = [each.decode("utf-8", "replace") for each in slack.uploads[files:]]
    return json.dumps([sent, uploads], ensure_ascii=False)


@pytest.mark.parametrize("name", TRIED)
def test_no_listener_shows_or_changes_what_is_theirs(
    app: App, slack: SlackStandIn, services: Services, theirs: Theirs, *, before: set[str],
    name: str,
) -> None:  # fmt: skip
    body = TRIED[name](theirs, slack.response_url)
    assert secrets(said_to(app, slack, body), json.dumps(body)) == []
    assert before <= rows(services)


def test_every_listener_is_tried() -> None:
    assert set(rights.LISTENERS) - NAME_NOTHING - {"act"} <= set(TRIED)


def test_nothing_that_is_typed_shows_or_changes_what_is_theirs(
    app: App, slack: SlackStandIn, services: Services, theirs: Theirs, before: set[str]
) -> None:
    """As a command, and under an answer of theirs, as if its thread were in reach."""
    found = {}
    for words in (*TYPED, *IN_THEIR_THREAD):
        text = words.format(DOI=DOI, SHARED=SHARED, **vars(theirs))
        body = slash(text, slack.response_url)
        if words in IN_THEIR_THREAD:
            body = mention(text, THREAD, f"Ev{trigger()}")
            body["event"]["channel"] = ROOM
        if seen := secrets(said_to(app, slack, body), json.dumps(body)):
            found[text] = seen
    assert found == {}
    assert before <= rows(services)


def test_what_is_counted_is_what_is_seen(services: Services, theirs: Theirs) -> None:
    """`status` and `new` as each workspace has them, and `status` as who runs the bot has it."""
    router, found = build_router(services), {}
    for workspace in (VICTIM, f"/{TEAM}"):
        asker = Place(workspace, "C1", "", "U1")
        said = [router.answer(Request(words, Surface.SLASH, asker=asker)) for words in
                ("status", "new")]  # fmt: skip
        stored, indexed = (re.findall(rf"{name}:\W+(\d+)", said[0].message.text)[0]
                           for name in ("Records", "Search index"))  # fmt: skip
        found[workspace] = (stored, indexed, said[1].answer.total)
    assert found == {VICTIM: ("2", "2", 2), f"/{TEAM}": ("1", "1", 1)}
    assert "Records: 2 (1 with an abstract" in overview(services, None, Audience.TERMINAL).text


def test_their_records_are_in_no_digest_of_others(services: Services, theirs: Theirs) -> None:
    """What both watch, each is told of what each may see."""
    stored = services.store.subscriptions.get(theirs.subscription)
    assert stored is not None
    watch, found = services.subscriptions.understand("macrophages"), {}
    for workspace in (VICTIM, f"/{TEAM}"):
        watching = replace(stored, workspace=workspace, watch=watch, seen=0)
        [due] = services.digests.found([watching], NOW)
        found[workspace] = {match.record_id for match in due.matches}
    assert found == {VICTIM: {theirs.record, theirs.shared}, f"/{TEAM}": {theirs.shared}}
