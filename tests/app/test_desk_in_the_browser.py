"""The desk of the real bot in the playground: what is pressed on Home is answered on Home."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.app.background import posting_workers, running, unrepeating
from bot.app.composition import opened
from bot.app.demo import Clock, playground_of
from bot.settings import Settings
from bot.store.uses import Use
from handlers.services import Services
from tests.conftest import NOW

pytestmark = pytest.mark.browser

SEED = "10.1002/ctd2.70098"
# Where to put what is seen, to be looked at.
SHOTS = os.environ.get("TME_SHOTS")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("neither chromium nor google-chrome is installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def tab(browser: Browser, seeded_home: Path) -> Iterator[tuple[Page, Services]]:
    """The page of a bot over the seeds, whose outbox posts."""
    settings = Settings(home=seeded_home)
    clock = Clock(settings.home, lambda: NOW)
    with (
        opened(settings, clock) as services,
        playground_of(services, clock, 0) as playground,
        running(
            *posting_workers(
                services, unrepeating(playground.client, lambda _: playground.client.token)
            )
        ),
    ):
        # A message that is still fading in has too little contrast: nothing moves here.
        page = browser.new_page(viewport={"width": 1180, "height": 900}, reduced_motion="reduce")
        page.goto(playground.url)
        expect(page.locator("body.ready")).to_be_visible()
        yield page, services
        page.close()


def say(page: Page, text: str) -> None:
    answers = page.locator("#log article")
    before = answers.count()
    page.fill("#composer-text", text)
    page.press("#composer-text", "Enter")
    # What was typed, and its answer.
    expect(answers.nth(before + 1)).to_be_visible(timeout=30_000)


def looked_at(page: Page, name: str) -> None:
    """Nothing serious that axe finds, in a wide window and on a telephone."""
    for width in (1180, 380):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], [node["html"][:120] for node in one["nodes"]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], (name, width)
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, (name, width)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1180, "height": 900})


def test_the_desk(tab: tuple[Page, Services]) -> None:
    page, _ = tab
    say(page, f"/tme save {SEED} to journal club")
    say(page, "/tme subscribe hypoxia weekly on MON")
    page.get_by_role("link", name="Home").click()
    home = page.locator("main")
    expect(home).to_contain_text("Your reading lists")
    expect(home).to_contain_text("1 record unread")
    expect(home).to_contain_text("“hypoxia”")
    looked_at(page, "desk")

    home.get_by_role("button", name="Open", exact=True).first.click()
    expect(home).to_contain_text("Mark read")
    looked_at(page, "desk-list")
    home.get_by_role("button", name="Back to your desk").click()
    expect(home).to_contain_text("Your settings")

    # A setting is chosen, and shows at once.
    menu = home.locator("select", has=page.locator("option", has_text="APA")).first
    menu.select_option(label="APA")
    expect(home).to_contain_text("Set. Citations: APA")
    looked_at(page, "desk-set")


def test_a_journal_club_meets(tab: tuple[Page, Services]) -> None:
    page, services = tab
    say(page, "/tme club glioma weekly on FRI at 16:00")
    say(page, f"/tme save {SEED} to our glioma")
    looked_at(page, "club")
    with services.store._connections.writing() as db:
        past = (NOW - timedelta(days=7)).isoformat()
        db.execute("UPDATE clubs SET due = ?, version = version + 1", [past])
    posted = page.locator("#log article", has_text="Discuss it in this thread")
    expect(posted).to_be_visible(timeout=30_000)
    looked_at(page, "club-post")
    say(page, f"/tme {SEED}")
    page.get_by_role("button", name="Useful", exact=True).last.click()
    expect(page.locator("#log article").last).to_contain_text("Counted, without your name")
    assert services.store.uses.totals(None)[Use.USEFUL] == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_searching_with_filters_and_tables(
    tab: tuple[Page, Services], scheme: Literal["light", "dark"]
) -> None:
    page, _ = tab
    page.emulate_media(color_scheme=scheme)
    page.get_by_role("link", name="Home").click()
    page.get_by_role("button", name="Search with filters").click()
    window = page.get_by_role("dialog")
    window.get_by_label("Words").fill("macrophage")
    window.get_by_label("Kind of work").select_option(label="review")
    window.get_by_label("With an abstract").check()
    looked_at(page, f"search-window-{scheme}")
    window.get_by_role("button", name="Search", exact=True).click()
    expect(window).to_contain_text("I sent you the answer in a direct message", timeout=30_000)
    window.get_by_role("button", name="Close", exact=True).click()
    for question in ("/tme macrophage as table", "/tme evidence macrophages",
                     "/tme combine macrophages + checkpoint inhibition",
                     "/tme ask do macrophages cause resistance to therapy as table"):  # fmt: skip
        page.get_by_role("link", name="lab").first.click()
        say(page, question)
        expect(page.locator("#log article").last.locator("table")).to_be_visible()
        looked_at(page, f"{question[5:13].strip()}-{len(question)}-{scheme}")
