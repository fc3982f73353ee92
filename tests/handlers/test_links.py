"""Links to papers that people paste get a card; messages give up the papers they name."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.app.composition import build_router
from bot.records.models import Identifier, IntegrityKind, IntegrityNotice, Record, Scheme
from handlers.listeners.links import AGAIN_AFTER
from handlers.services import Services
from handlers.views import buttons
from handlers.views.entity import entity as drawn
from tests.block_check import check_view
from tests.handlers.bodies import (
    ALICE,
    BOB,
    CHANNEL,
    DIRECT,
    details,
    links,
    press,
    shortcut,
    slash,
    submit,
)
from tests.handlers.conftest import NOW
from tests.handlers.standin import SlackStandIn
from tests.handlers.visitor import waiting_app
from tests.own_records import router_over, work

Send = Callable[[dict[str, Any]], BoltResponse]
SEED, SHARMA = "10.1002/ctd2.70098", "10.1016/j.cell.2017.01.017"
URL = f"https://doi.org/{SEED}"


@pytest.fixture(autouse=True)
def clean(untouched: Services) -> None:
    """No links were shared before."""


def cards(slack: SlackStandIn) -> list[dict[str, Any]]:
    return [call.body for call in slack.said("chat.unfurl")]


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"https://dx.doi.org/{SEED.upper()}",
        f"http://doi.org/{SEED}?utm=x",
    ],
)
def test_a_pasted_link_gets_the_card_of_its_work(send: Send, slack: SlackStandIn, url: str) -> None:
    send(links(url))
    (card,) = cards(slack)
    assert (card["channel"], card["ts"], list(card["unfurls"])) == (CHANNEL, "1700.0005", [url])
    drawn = json.dumps(card["unfurls"][url])
    assert "Reprogramming the tumour microenvironment" in drawn
    assert "Already shared" not in drawn


@pytest.mark.parametrize(
    "url",
    [
        "https://pubmed.ncbi.nlm.nih.gov/31234567/",
        "https://www.ncbi.nlm.nih.gov/pubmed/31234567",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7654321/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC7654321/?report=classic",
        "https://europepmc.org/article/MED/31234567",
        "https://europepmc.org/articles/PMC7654321",
        "https://clinicaltrials.gov/study/NCT01234567",
        "https://www.clinicaltrials.gov/ct2/show/NCT01234567",
        "https://ora.ox.ac.uk/objects/uuid:0b1b7c2e-4d5f-4a6b-8c9d-0e1f2a3b4c5d",
    ],
)
def test_each_host_that_papers_are_pasted_from(
    slack: SlackStandIn, tmp_path: Path, url: str
) -> None:
    known = (
        (Scheme.PMID, "31234567"), (Scheme.PMCID, "PMC7654321"),
        (Scheme.SOURCE, "clinicaltrials:NCT01234567"),
        (Scheme.ORA, "0b1b7c2e-4d5f-4a6b-8c9d-0e1f2a3b4c5d"),
    )  # fmt: skip
    named = tuple(Identifier(scheme=scheme, value=value) for scheme, value in known)
    paper = work(4242, "Hypoxia shields a niche")
    paper = paper.model_copy(update={"identifiers": (*paper.identifiers, *named)})
    with router_over(tmp_path / "home", [paper]) as own:
        waiting_app(slack, own).dispatch(BoltRequest(mode="socket_mode", body=links(url)))
    (card,) = cards(slack)
    assert "Hypoxia shields a niche" in str(card["unfurls"][url])


def test_a_part_that_slack_leaves_out_is_logged(
    send: Send, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack says ok, and draws no Work Object."""
    slack.answers["chat.unfurl"] = {
        "warning": "invalid_metadata_format",
        "response_metadata": {"messages": ["missing required field: alt_text"]},
    }
    send(links(URL))
    assert "invalid_metadata_format ['missing required field: alt_text']" in caplog.text


def test_two_links_get_a_card_each_and_three_none(send: Send, slack: SlackStandIn) -> None:
    other = f"https://doi.org/{SHARMA}"
    send(links(URL, other))
    assert set(cards(slack)[0]["unfurls"]) == {URL, other}
    send(links(URL, other, "https://doi.org/10.1038/nature13954", ts="1700.0007"))
    assert len(cards(slack)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "composer", "channel": "COMPOSER"},
        {"channel": DIRECT},
        {"bot_id": "B99"},
        {"links": "none"},
        {"links": [{"url": 7}]},
        {"links": [{"url": "https://example.org/10.1002/ctd2.70098", "domain": "example.org"}]},
        {"links": [{"url": "https://doi.org.example.org/10.1002/ctd2.70098"}]},
        {"links": [{"url": "http://[doi.org/10.1002/ctd2.70098"}]},
        {"links": [{"url": "https://doi.org/10.9999/none", "domain": "doi.org"}]},
    ],
    ids=str,
)
def test_what_is_no_shared_link_to_a_stored_work_is_left_alone(
    send: Send, slack: SlackStandIn, changes: dict[str, Any]
) -> None:
    """An unknown work too, where no source may be asked."""
    assert send(links(URL, **changes)).status == 200
    assert slack.said() == []


def at(services: Services, slack: SlackStandIn, later: timedelta) -> Send:
    """The bot at a later moment."""
    app = waiting_app(slack, build_router(replace(services, now=lambda: NOW + later)))
    return lambda body: app.dispatch(BoltRequest(mode="socket_mode", body=body))


@pytest.mark.parametrize(
    ("later", "again"), [(AGAIN_AFTER - timedelta(seconds=1), False), (AGAIN_AFTER, True)]
)
def test_no_second_card_within_half_an_hour(
    send: Send, slack: SlackStandIn, services: Services, later: timedelta, again: bool
) -> None:
    send(links(URL))
    at(services, slack, later)(links(f"{URL}?again", ts="1700.0099", user=BOB))
    # The calls of before are forgotten with the bot of before.
    assert len(cards(slack)) == int(again)
    assert (f"Already shared here by <@{ALICE}> on 15 Jan 2026" in str(cards(slack))) is again


def test_another_channel_does_not_hear_who_shared_it(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    send(links(URL))
    at(services, slack, timedelta(hours=1))(links(URL, channel="C09ELSE", ts="1700.0099"))
    (card,) = cards(slack)
    assert "Already shared" not in json.dumps(card)


def test_an_event_that_arrives_again_draws_one_card(send: Send, slack: SlackStandIn) -> None:
    body = links(URL)
    send(body)
    send(body)
    assert len(cards(slack)) == 1


def test_a_retraction_comes_first(slack: SlackStandIn, tmp_path: Path) -> None:
    notice = IntegrityNotice(kind=IntegrityKind.RETRACTION, source="crossref")
    paper = work(4242, "Hypoxia shields a niche").model_copy(update={"integrity": (notice,)})
    with router_over(tmp_path / "home", [paper]) as own:
        body = links(f"https://doi.org/{paper.doi}")
        waiting_app(slack, own).dispatch(BoltRequest(mode="socket_mode", body=body))
    (card,) = cards(slack)
    (drawn,) = card["unfurls"].values()
    assert "RETRACTED" in drawn["blocks"][0]["text"]["text"].splitlines()[0].upper()


def test_a_channel_can_end_cards_and_have_them_again(send: Send, slack: SlackStandIn) -> None:
    send(press(buttons.LINKS_OFF, {"n": 1}, slack.response_url))
    assert "No cards for pasted links" in slack.said()[-1].body["text"]
    send(links(URL))
    assert cards(slack) == []
    send(slash("links on", slack.response_url))
    assert "get a card in this channel" in slack.said()[-1].body["text"]
    send(links(URL, ts="1700.0008"))
    assert len(cards(slack)) == 1
    send(slash("links off", slack.response_url, channel_id=DIRECT))
    assert "Type it in the channel" in slack.said()[-1].body["text"]


def test_links_alone_says_how_it_stands(send: Send, slack: SlackStandIn) -> None:
    for what, said in (("on", "get a card"), ("off", "get no cards")):
        send(slash(f"links {what}", slack.response_url))
        send(slash("links", slack.response_url))
        assert said in slack.said()[-1].body["text"]
    send(slash("links on", slack.response_url))


def test_links_are_also_a_word(send: Send, slack: SlackStandIn) -> None:
    send(slash("links between CAFs and T cells", slack.response_url))
    assert "card" not in slack.said()[-1].body["text"].split("\n")[0]


@pytest.mark.parametrize(
    "code", ["cannot_unfurl_url", "missing_scope", "cannot_auto_unfurl_message"]
)
def test_a_card_that_slack_refuses_bothers_nobody(
    send: Send, slack: SlackStandIn, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    slack.refuse("chat.unfurl", code)
    send(links(URL))
    assert [call.method for call in slack.said()] == ["chat.unfurl"]
    assert code in caplog.text


# Work Objects


def test_a_link_comes_as_a_work_object_too(send: Send, slack: SlackStandIn) -> None:
    send(links(f"{URL}?utm=x"))
    [entity] = cards(slack)[0]["metadata"]["entities"]
    assert entity["app_unfurl_url"] == f"{URL}?utm=x"
    assert entity["url"] == URL
    shown = entity["entity_payload"]
    assert "Reprogramming the tumour" in shown["attributes"]["title"]["text"]
    assert {each["key"] for each in shown["custom_fields"]} >= {"place", "date", "status"}


@pytest.mark.parametrize("code", ["feature_not_enabled", "invalid_metadata", "invalid_arguments"])
def test_where_slack_has_none_the_card_alone_is_shown(
    send: Send, slack: SlackStandIn, code: str
) -> None:
    slack.refuse_once("chat.unfurl", code)
    send(links(URL))
    first, second = cards(slack)
    assert "metadata" in first
    assert "metadata" not in second
    assert second["unfurls"] == first["unfurls"]


def test_the_pane_shows_the_abstract_and_the_readers_own_channels(
    send: Send, slack: SlackStandIn, review: Record
) -> None:
    """Who shared it in a channel that the reader is not in, or may not be, stays there."""

    def members(body: dict[str, Any]) -> dict[str, Any]:
        return {"members": [ALICE] if body["channel"] == CHANNEL else [BOB]}

    slack.answering["conversations.members"] = members
    for channel in (CHANNEL, "C09ELSE"):
        send(links(URL, channel=channel, ts=f"17.{channel}", user=BOB))
    slack.calls.clear()
    send(details(review.id))
    [call] = slack.said("entity.presentDetails")
    shown = call.body["metadata"]["entity_payload"]
    assert shown["fields"]["description"]["value"].startswith((review.abstract or "")[:40])
    assert call.body["metadata"]["external_ref"] == {"id": review.id}
    where = [each["value"] for each in shown["custom_fields"] if each["label"] == "Shared in"]
    assert where == [CHANNEL]
    assert f"by_{CHANNEL}" in json.dumps(shown)
    [why] = [each["value"] for each in shown["custom_fields"] if each["label"] == "Tagged for"]
    first = review.concepts[0]
    assert f"“{first.words}” ({first.field})" in why


def test_the_pane_of_a_work_that_is_gone_says_so(send: Send, slack: SlackStandIn) -> None:
    send(details("none"))
    [call] = slack.said("entity.presentDetails")
    assert call.body["error"] == {"status": "not_found"}
    slack.refuse("entity.presentDetails", "invalid_trigger_id")
    send(details("none"))
    assert slack.said() == []


def test_a_retraction_stands_before_the_title(review: Record) -> None:
    notice = IntegrityNotice(kind=IntegrityKind.RETRACTION, source="pubmed")
    made = drawn(review.model_copy(update={"integrity": (notice,)}), URL)
    assert made["entity_payload"]["attributes"]["title"]["text"].startswith("⚠ RETRACTED")


# Shortcuts of a message


def test_a_message_gives_up_its_papers(send: Send, slack: SlackStandIn) -> None:
    """Every one that it names: stored, or not, with the way to add it."""
    text = (
        f"hey <@{BOB}>, see <https://doi.org/{SEED}|this one>, {SHARMA} and doi:10.9999/unknown.1"
    )
    send(shortcut("find_papers", text, slack.response_url))
    said = slack.only("response_url")
    assert said["response_type"] == "ephemeral"
    assert "Reprogramming the tumour microenvironment" in said["text"]
    assert "Primary, Adaptive, and Acquired Resistance" in said["text"]
    assert "10.9999/unknown.1" in said["text"]


def test_a_citation_in_a_message_is_found(send: Send, slack: SlackStandIn) -> None:
    send(shortcut("find_papers", "Sharma et al., 2017", slack.response_url))
    assert SHARMA in json.dumps(slack.only("response_url"))


def test_a_message_may_name_works_by_numbers_and_by_names(send: Send, slack: SlackStandIn) -> None:
    text = f"After Sharma et al. (2017) and {SEED}; but see (Nobody, 1999)."
    send(shortcut("find_papers", text, slack.response_url))
    said = slack.only("response_url")["text"]
    assert "3 references: 2 stored, 1 not stored" in said
    assert (
        said.index("Primary, Adaptive") < said.index("Reprogramming") < said.index("Nobody, 1999")
    )


def test_a_work_that_a_message_names_twice_is_one(send: Send, slack: SlackStandIn) -> None:
    """By DOI and by PMID; and among bare numbers a name with its year is not passed over."""
    text = (
        f"<https://doi.org/{SHARMA}> PMID 28187290, Sharma et al., 2017, {SEED} Doe and Roe (1999)"
    )
    send(shortcut("find_papers", text, slack.response_url))
    said = slack.only("response_url")["text"]
    assert "5 references: 2 stored, 2 named before, 1 not stored" in said
    assert "not stored: Doe and Roe (1999)" in said


def test_a_message_that_names_no_paper_gets_a_line(send: Send, slack: SlackStandIn) -> None:
    send(shortcut("find_papers", "lunch at noon?", slack.response_url))
    said = slack.only("response_url")["text"]
    assert "I find no stored paper in that message" in said
    assert "Looked for" not in said


def test_the_citations_of_a_message_are_checked(send: Send, slack: SlackStandIn) -> None:
    """As `check-text` does: each sentence beside what it cites, and no verdict."""
    text = f"Resistance is <https://doi.org/{SEED}|common>. Others differ (10.9999/none.1)."
    send(shortcut("check_citations", text, slack.response_url))
    said = slack.only("response_url")
    assert said["response_type"] == "ephemeral"
    assert f"{SEED}: stored" in said["text"]
    assert "10.9999/none.1: not stored" in said["text"]
    assert "for you to judge" in said["text"]
    send(shortcut("check_citations", "lunch?", slack.response_url))
    assert "No citation was found" in slack.said()[-1].body["text"]


def test_a_message_without_words_gets_a_line(send: Send, slack: SlackStandIn) -> None:
    send(shortcut("find_papers", f"<@{BOB}>", slack.response_url))
    assert "has no words" in slack.only("response_url")["text"]


def test_the_paper_of_a_message_is_saved(send: Send, slack: SlackStandIn) -> None:
    send(shortcut("save_papers", f"worth a read: <{URL}>", slack.response_url))
    view = slack.only("views.open")["view"]
    check_view(view)
    assert "Reprogramming the tumour microenvironment" in json.dumps(view)
    slack.calls.clear()
    send(shortcut("save_papers", f"<{URL}> and {SHARMA}, and {SEED} again", slack.response_url))
    view = slack.only("views.open")["view"]
    check_view(view)
    slack.calls.clear()
    send(submit(view, {}))
    saved = json.dumps(slack.only("views.update"), ensure_ascii=False)
    assert "Saved to “Reading list” (2 records)" in saved
    send(shortcut("save_papers", "lunch?", slack.response_url))
    assert "names no paper that is stored" in slack.said()[-1].body["text"]
