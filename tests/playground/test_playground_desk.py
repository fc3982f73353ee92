"""The whole bot's Home tab and windows in a real Chromium, with keyboard and screen reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.app.bolt import build_bolt
from bot.app.composition import build_router, opened
from bot.playground import Playground, create
from bot.settings import Settings
from tests.own_records import NOW, work

from .test_playground_browser import Tab, browser, violations

__all__ = ["browser"]  # the fixture

pytestmark = pytest.mark.browser


@pytest.fixture
def whole_bot(tmp_path: Path) -> Iterator[Playground]:
    settings = Settings(home=tmp_path, starter=False)
    with opened(settings, lambda: NOW) as services:
        services.harvester.take([work(1, "Hypoxia shields a niche", "It hides T cells.")], "test")
        services.index.follow(services.store)
        router = build_router(services)
        with create(lambda client: build_bolt(settings, router, client=client), port=0) as running:
            yield running


@pytest.mark.parametrize(("width", "scheme"), [(1180, "light"), (380, "dark")])
def test_the_desk_and_its_windows_have_nothing_serious(
    browser: Browser,
    whole_bot: Playground,
    width: int,
    scheme: str,
) -> None:
    """What stands on Home, its menu, and each window that opens there or under a card."""
    size = {"width": width, "height": 780}
    tab = Tab(browser, whole_bot, viewport=size, color_scheme=scheme)
    page, dialog = tab.page, tab.page.get_by_role("dialog")

    def looks_well(name: str) -> None:
        expect(dialog).to_be_visible()
        expect(dialog).to_contain_text(name)
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()

    tab.say("/tme save 10.1234/own.1 to glioma")
    expect(tab.last).to_contain_text("glioma")
    tab.say("/tme subscribe hypoxia weekly on MON at 09:00")
    expect(page.locator("#log")).to_contain_text("Watching “hypoxia”")
    tab.say("/tme 10.1234/own.1")
    for label, said in (("Abstract", "It hides T cells"), ("Cite", "Vancouver"), ("Save", "list")):
        page.locator("#log").get_by_role("button", name=label, exact=True).last.click()
        looks_well(said)
    tab.go_to("home")
    home = page.locator("#home")
    expect(home).to_contain_text("Your settings")
    assert violations(page) == []
    for label, said in (("New subscription", "Watch for"), ("Search with filters", "Words")):
        home.get_by_role("button", name=label).click()
        looks_well(said)
    menu = home.locator("details.overflow").last
    for label, said in (("Edit", "Watch for"), ("Pause", "posts nothing until then")):
        menu.locator("summary").click()
        assert violations(page) == []
        menu.get_by_role("button", name=label).click()
        looks_well(said)
    home.get_by_role("button", name="Open", exact=True).click()
    expect(home.get_by_role("button", name="Back to your desk")).to_be_visible()
    expect(home).to_contain_text("Hypoxia shields a niche")
    assert violations(page) == []
    assert tab.complaints == []
    tab.context.close()
