"""The Home tab and a journal club in a Slack that runs here, its page driven by a browser."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.block_check import check_message, check_view
from tests.local_slack.test_end_to_end import command, say
from tests.local_slack.workspace import ALICE, Way

pytestmark = [pytest.mark.local_slack, pytest.mark.browser]

SEED = "10.1002/ctd2.70098"
# Where to put what is seen, to be looked at.
SHOTS = os.environ.get("TME_SHOTS")


@pytest.fixture
def page(over_socket: Way) -> Iterator[Page]:
    """Local-slack's own page, as Alice sees it."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("neither chromium nor google-chrome is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1180, "height": 1600})
        opened.goto(over_socket.slack.url)
        yield opened
        browser.close()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def views(way: Way) -> list[dict[str, Any]]:
    return [call["view"] for call in way.slack.calls("views.publish")]


def drawn_after(way: Way, before: int) -> dict[str, Any]:
    """The next drawing of the Home tab."""
    look = lambda: views(way)[before] if len(views(way)) > before else None  # noqa: E731
    view = way.slack.wait("the Home tab", look)
    check_view(view, allowed=(f"<@{ALICE}>", f"<#{way.bot.channel}>"))
    return view


def test_home_is_a_desk(over_socket: Way, page: Page) -> None:
    way = over_socket
    command(way, f"save {SEED} to journal club")
    command(way, "subscribe macrophage weekly on MON")
    before = len(views(way))
    page.locator(".sidebar-item", has_text=way.bot.app_id.lower()).last.click()
    drawn_after(way, before)
    main = page.locator("main")
    expect(main).to_contain_text("Your reading lists")
    expect(main).to_contain_text("1 record unread")
    expect(main).to_contain_text("“macrophage”")
    expect(main).to_contain_text("Your settings")
    shot(page, "home")

    # It reports what is pressed there as pressed in a message, so answers are elsewhere tried.
    main.get_by_role("button", name="New subscription").click()
    window = page.locator(".modal")
    expect(window).to_contain_text("Watch for")
    shot(page, "home-window")
    window.get_by_role("button", name="Cancel").click()


def test_a_search_with_filters(over_socket: Way, page: Page) -> None:
    """Opened on Home, filled in the page, and answered to the person alone."""
    way = over_socket
    before = len(views(way))
    page.locator(".sidebar-item", has_text=way.bot.app_id.lower()).last.click()
    drawn_after(way, before)
    page.locator("main").get_by_role("button", name="Search with filters").click()
    window = page.locator(".modal")
    expect(window).to_contain_text("Kind of work")
    shot(page, "search-window")
    window.get_by_placeholder("macrophage csf1r").fill("macrophage")
    posts = len(way.slack.calls("chat.postMessage"))
    window.get_by_role("button", name="Search", exact=True).click()
    made = lambda: way.slack.calls("chat.postMessage")[posts:]  # noqa: E731
    [answer] = way.slack.wait("the answer", lambda: made() or None)
    assert answer["channel"] == ALICE
    assert "“macrophage”" in answer["text"]
    check_message(answer)
    expect(page.locator(".modal")).to_contain_text("direct message")
    shot(page, "search-answered")


def test_a_journal_club_meets(over_socket: Way) -> None:
    """Set up by words, posted when its day has come, noted in its thread."""
    way = over_socket
    answer = command(way, f"club glioma weekly on FRI at 16:00 with <@{ALICE}|alice>")
    check_message(answer, allowed=(f"<@{ALICE}>",))
    command(way, f"save {SEED} to our glioma")
    before = len(way.slack.of(way.bot, way.bot.channel))
    with closing(sqlite3.connect(way.home / "tme.db", timeout=30)) as db:
        db.execute("UPDATE clubs SET due = '2020-01-03T16:00:00+00:00', version = version + 1")
        db.commit()
    post = way.slack.new_message(way.bot, way.bot.channel, before)
    check_message(post, allowed=(f"<@{ALICE}>",))
    assert f"<@{ALICE}> presents" in str(post["blocks"])
    noted = say(way, way.bot.channel, f"<@{way.bot.user}> note: look at figure 3", post["ts"])
    assert "Noted on" in str(noted["blocks"])
    assert "look at figure 3" in str(command(way, SEED)["blocks"])
    listed = way.tme("person", ALICE)
    assert "club:" in listed
    assert "presented:" in listed
