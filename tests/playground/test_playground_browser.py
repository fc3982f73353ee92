"""The page in a real Chromium: what a visitor sees, with mouse, keyboard and screen reader."""

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from slack_bolt import App
from slack_sdk import WebClient

from bot.playground import Playground, create

from .conftest import CARD, Seen, build, button, section

LAB, CLUB = "C0TMELAB", "C0JOURNAL"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("neither chromium nor google-chrome is installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


class Tab:
    """A tab with everything it asked for and complained about."""

    def __init__(self, browser: Browser, playground: Playground, **options: Any) -> None:
        size = {"width": 1280, "height": 820}
        settings = {"viewport": size, "reduced_motion": "reduce", **options}
        self.context = browser.new_context(**settings)
        self.page = self.context.new_page()
        self.playground = playground
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)
        self.open()

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def open(self) -> None:
        self.page.goto(self.playground.url)
        expect(self.page.locator("body.ready")).to_be_visible()

    def go_to(self, place: str) -> None:
        self.page.goto(f"{self.playground.url}#{place}")
        expect(self.page.locator(f'.place[href="#{place}"]')).to_have_attribute(
            "aria-current", "page"
        )

    def say(self, text: str, box: str = "#composer-text") -> None:
        self.page.fill(box, text)
        self.page.press(box, "Enter")

    @property
    def last(self) -> Locator:
        return self.page.locator("#log article").last

    def go(self, name: str) -> None:
        self.page.get_by_role("link", name=name).click()


@pytest.fixture
def tab(browser: Browser, playground: Playground) -> Iterator[Tab]:
    opened = Tab(browser, playground)
    yield opened
    opened.context.close()
    foreign = [url for url in opened.asked if not url.startswith((playground.url, "data:"))]
    assert foreign == []
    assert opened.complaints == []


def answered(tab: Tab, text: str = "/tme glioma") -> Locator:
    tab.say(text)
    answer = tab.page.locator("#log article", has=tab.page.locator(".card")).last
    expect(answer).to_be_visible()
    return answer


def violations(page: Page) -> list[str]:
    """What axe finds to be serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_a_slash_command_renders_a_private_card(tab: Tab) -> None:
    answer = answered(tab)
    expect(answer).to_contain_text("Only visible to you")
    expect(answer).to_have_accessible_name(re.compile(r"^TME bot, .*, only visible to you$"))
    title = answer.get_by_role("link", name="Reprogramming the tumour microenvironment")
    expect(title).to_have_attribute("href", "https://doi.org/10.1002/ctd2.70098")
    expect(title).to_have_attribute("rel", "noopener noreferrer")
    expect(answer.locator("strong", has_text="tumour vasculature")).to_be_visible()
    expect(tab.page.locator("#log")).to_have_attribute("aria-live", "polite")


def test_an_example_is_one_click(tab: Tab) -> None:
    tab.page.get_by_role("button", name="/tme CAF aquired resistence").click()
    expect(tab.page.locator("#log article.command")).to_have_text(
        re.compile("/tme CAF aquired resistence")
    )
    expect(tab.page.locator("#log .card")).to_be_visible()


def test_examples_can_be_put_away_for_good(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Hide the examples").click()
    tab.page.reload()
    expect(tab.page.locator("#try")).to_be_hidden()
    tab.page.get_by_role("button", name="Show examples").click()
    expect(tab.page.locator("#try")).to_be_visible()


def test_a_modal_is_opened_and_closed_by_keyboard_and_gives_the_focus_back(tab: Tab) -> None:
    pressed = answered(tab).get_by_role("button", name="Abstract")
    pressed.focus()
    tab.page.keyboard.press("Enter")
    dialog = tab.page.get_by_role("dialog", name="Abstract")
    expect(dialog).to_contain_text("The tumour microenvironment resists.")
    assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    assert violations(tab.page) == []
    tab.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(pressed).to_be_focused()


def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(tab: Tab) -> None:
    answered(tab).get_by_role("button", name="As a form").click()
    dialog = tab.page.get_by_role("dialog", name="Ask")
    words = dialog.get_by_label("Words")
    expect(words).to_be_focused()
    words.press("Enter")
    expect(dialog.get_by_role("alert").first).to_have_text("Please fill in this field.")
    expect(words).to_have_attribute("aria-invalid", "true")
    words.fill("bad")
    dialog.get_by_label("Kind of paper").select_option("Trial")
    words.press("Enter")
    expect(dialog.get_by_role("alert").first).to_have_text("Use other words.")
    expect(words).to_have_value("bad")
    assert violations(tab.page) == []
    words.fill("more")
    dialog.get_by_role("button", name="Find").click()
    expect(tab.page.get_by_role("dialog", name="Asked")).to_contain_text("Thank you.")


def test_sharing_posts_for_all(tab: Tab) -> None:
    answered(tab).get_by_role("button", name="Share to channel").click()
    expect(tab.last).to_contain_text("Shared: glioma")
    expect(tab.last).not_to_contain_text("Only visible to you")


def test_a_failure_is_a_readable_line_and_the_button_works_again(tab: Tab) -> None:
    pressed = answered(tab).get_by_role("button", name="Break")
    pressed.click()
    expect(tab.page.locator("#status")).to_have_text(re.compile("^The bot stumbled over this"))
    expect(pressed).not_to_have_attribute("aria-busy", "true")


def test_a_silent_bot_is_said_to_be_silent(tab: Tab) -> None:
    tab.say("/tme quiet")
    expect(tab.page.locator("#status")).to_have_text(re.compile("^The bot gave no answer"))


def test_a_mention_opens_its_thread_and_the_talk_goes_on_there(tab: Tab) -> None:
    tab.go("journal-club")
    tab.say("@tme oncolytic viruses combination")
    thread = tab.page.get_by_role("complementary", name="Thread")
    expect(thread.locator(".card")).to_have_count(1)
    tab.say("/tme glioma", "#thread-text")
    expect(thread.get_by_role("status")).to_have_text(re.compile("no slash commands in threads"))
    tab.say("@tme and then?", "#thread-text")
    expect(thread.locator(".card")).to_have_count(2)
    expect(tab.page.get_by_role("button", name="3 replies")).to_be_visible()
    assert violations(tab.page) == []
    tab.page.press("#thread-text", "Escape")
    expect(thread).to_be_hidden()
    expect(tab.page.get_by_role("button", name="3 replies")).to_be_focused()


def test_home_shows_what_the_bot_published(tab: Tab) -> None:
    tab.go("Home")
    expect(tab.page.locator("#home strong")).to_have_text("Ask the bot")
    assert violations(tab.page) == []


def test_what_is_asked_on_home_is_answered_in_the_direct_message(tab: Tab) -> None:
    tab.go("Home")
    tab.page.get_by_role("button", name="Ask").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("TME bot")
    expect(tab.last).to_contain_text("Answered directly")


def test_a_failure_on_home_is_a_readable_line(tab: Tab) -> None:
    tab.go("Home")
    tab.page.get_by_role("button", name="Break").click()
    expect(tab.page.locator("#home-status")).to_have_text(re.compile("^The bot stumbled"))


def test_reply_opens_the_thread_and_its_box(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Reply in a thread to Ana").first.click()
    expect(tab.page.locator("#thread-text")).to_be_focused()
    tab.say("thank you", "#thread-text")
    expect(tab.page.locator("#thread-log article")).to_have_count(2)
    expect(tab.page.get_by_role("button", name="1 reply")).to_be_visible()
    tab.page.reload()
    expect(tab.page.locator("#thread-log article")).to_have_count(2)


def test_the_direct_message_takes_plain_words(tab: Tab) -> None:
    tab.go("TME bot")
    tab.say("macrophage csf1r")
    expect(tab.last).to_contain_text("You wrote: macrophage csf1r")


def test_the_keyboard_sends_breaks_lines_and_recalls(tab: Tab) -> None:
    box = tab.page.locator("#composer-text")
    box.fill("first")
    box.press("Shift+Enter")
    box.press_sequentially("second")
    expect(box).to_have_value("first\nsecond")
    box.press("Enter")
    expect(box).to_have_value("")
    expect(tab.last.locator(".line")).to_have_text(["first", "second"])
    box.press("ArrowUp")
    expect(box).to_have_value("first\nsecond")
    box.press("ArrowDown")
    expect(box).to_have_value("")


def test_the_skip_link_is_first_and_goes_to_the_message_box(tab: Tab) -> None:
    tab.page.keyboard.press("Tab")
    expect(tab.page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#composer-text")).to_be_focused()


def test_hostile_text_is_inert_wherever_it_stands(tab: Tab) -> None:
    tab.say(HOSTILE)
    expect(tab.last).to_contain_text("<img src=x onerror=")
    client = tab.playground.client
    label = HOSTILE[:75]
    blocks: list[dict[str, Any]] = [
        section(f"*{HOSTILE}* `{HOSTILE}`"),
        section("<javascript:alert(1)|press me> <data:text/html,x|and me> <!channel>"),
        {"type": "header", "text": {"type": "plain_text", "text": HOSTILE}},
        {"type": "actions", "elements": [button("link", label, url="javascript:alert(1)")]},
        {"type": "image", "image_url": "https://elsewhere.test/x.png", "alt_text": HOSTILE},
    ]
    client.chat_postMessage(channel=LAB, text=HOSTILE, blocks=blocks)
    expect(tab.last.get_by_role("heading")).to_have_text(HOSTILE)
    expect(tab.last).to_contain_text("press me")
    assert tab.page.locator("#log script, #log img:not(.avatar), #log iframe").count() == 0
    addresses = tab.page.locator("#log a").evaluate_all("links => links.map((a) => a.href)")
    assert all(address.startswith("https://") for address in addresses)
    assert tab.page.title() == "#tme-lab · TME bot playground"


def test_mrkdwn_is_drawn_as_slack_draws_it(tab: Tab) -> None:
    text = (
        "*bold _and italic_* ~gone~ `co*de*` 2*3*4 snake_case_name\n> quoted\n"
        "a &amp; b &lt;i&gt; <@U0ANA> <#C0JOURNAL> <mailto:a@b.test|mail>\n```\n*not bold*\n```"
    )
    tab.playground.client.chat_postMessage(channel=LAB, text=text)
    body = tab.last.locator(".text")
    expect(body.locator("strong")).to_have_text("bold and italic")
    expect(body.locator("strong em")).to_have_text("and italic")
    expect(body.locator("s")).to_have_text("gone")
    expect(body.locator(".line code")).to_have_text("co*de*")
    expect(body.locator("blockquote")).to_have_text("quoted")
    expect(body.locator("pre")).to_have_text("*not bold*")
    expect(body).to_contain_text("2*3*4 snake_case_name")
    expect(body).to_contain_text("a & b <i>")
    expect(body.locator(".mention")).to_have_text(["@Ana", "#journal-club"])


def test_a_hostile_run_of_marks_does_not_hold_up_the_page(tab: Tab) -> None:
    for marks in ("*a" * 6000, "<" * 12000, "_*~`" * 3000, "*_~" * 4000 + "x" + "~_*" * 4000):
        tab.playground.client.chat_postMessage(channel=LAB, text=marks)
    tab.playground.client.chat_postMessage(channel=LAB, text="still here")
    expect(tab.last).to_contain_text("still here")


def test_rich_text_tables_and_fields_are_drawn(tab: Tab) -> None:
    run = {"type": "text", "text": "bold", "style": {"bold": True}}
    item = {"type": "rich_text_section", "elements": [run]}
    cell = {"type": "raw_text", "text": "cell"}
    blocks: list[dict[str, Any]] = [
        {
            "type": "rich_text",
            "elements": [
                item,
                {"type": "rich_text_list", "style": "ordered", "elements": [item, item]},
                {
                    "type": "rich_text_preformatted",
                    "elements": [{"type": "text", "text": "@article{x}"}],
                },
            ],
        },
        {"type": "table", "rows": [[cell, cell], [cell, cell]]},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*a*"}] * 4},
        {"type": "divider"},
    ]
    tab.playground.client.chat_postMessage(channel=LAB, text="x", blocks=blocks)
    expect(tab.last.locator("ol li strong")).to_have_count(2)
    expect(tab.last.locator("pre")).to_have_text("@article{x}")
    expect(tab.last.locator("th")).to_have_count(2)
    expect(tab.last.locator(".field")).to_have_count(4)
    assert violations(tab.page) == []


def test_a_message_that_changes_keeps_its_place_and_the_focus(tab: Tab) -> None:
    client = tab.playground.client
    row = {"type": "actions", "block_id": "row", "elements": [button("link", "Press")]}
    ts = client.chat_postMessage(channel=LAB, text="x", blocks=[section("one"), row])["ts"]
    client.chat_postMessage(channel=LAB, text="after")
    pressed = tab.page.get_by_role("button", name="Press")
    pressed.focus()
    client.chat_update(channel=LAB, ts=ts, text="x", blocks=[section("two"), row])
    expect(tab.page.locator("#log article").nth(2)).to_contain_text("two")
    expect(pressed).to_be_focused()
    client.chat_delete(channel=LAB, ts=ts)
    expect(pressed).to_have_count(0)


def test_two_tabs_see_each_other_and_a_reload_loses_nothing(
    tab: Tab, browser: Browser, playground: Playground
) -> None:
    other = Tab(browser, playground)
    other.say("hello from the other tab")
    expect(tab.last).to_contain_text("hello from the other tab")
    answered(tab).get_by_role("button", name="Abstract").click()
    expect(tab.page.get_by_role("dialog")).to_be_visible()
    expect(other.page.get_by_role("dialog")).to_have_count(0)
    tab.page.reload()
    expect(tab.page.locator("#log .card")).to_be_visible()
    other.go("journal-club")
    tab.say("unseen")
    playground.client.chat_postMessage(channel=LAB, text="news")
    expect(other.page.locator(".unread")).to_have_count(1)
    other.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_by_axe_in_either_theme(
    browser: Browser, playground: Playground, scheme: str
) -> None:
    tab = Tab(browser, playground, color_scheme=scheme)
    answered(tab)
    tab.say("@tme oncolytic")
    expect(tab.page.locator("#thread .card")).to_be_visible()
    assert violations(tab.page) == []
    tab.context.close()


def test_the_theme_is_switched_and_remembered(tab: Tab) -> None:
    def background() -> Any:
        return tab.page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = background()
    toggle = tab.page.get_by_role("button", name="Dark theme")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert background() != light
    tab.page.reload()
    expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(toggle).to_have_attribute("aria-pressed", "true")


def test_the_page_fits_360_pixels(browser: Browser, playground: Playground) -> None:
    tab = Tab(browser, playground, viewport={"width": 360, "height": 640})
    answered(tab, "/tme " + "x" * 300)
    assert tab.page.evaluate("document.documentElement.scrollWidth") == 360
    opener = tab.page.get_by_role("button", name="Show the list of channels")
    opener.click()
    expect(tab.page.get_by_role("button", name="Close the list of channels")).to_be_focused()
    assert violations(tab.page) == []
    tab.page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    tab.say("@tme oncolytic")
    tab.page.get_by_role("button", name="1 reply").click()
    expect(tab.page.locator("#thread .card")).to_be_visible()
    assert violations(tab.page) == []
    tab.context.close()


def test_a_page_whose_playground_was_started_again_loads_itself(
    tab: Tab, playground: Playground
) -> None:
    old = playground.secrets.page
    object.__setattr__(playground.secrets, "page", "another-start")
    tab.say("hello")
    expect(tab.page.locator('meta[content="another-start"]')).to_have_count(1, timeout=30_000)
    assert old not in tab.page.content()
    tab.complaints.clear()  # Chromium reports the refused requests


def test_the_card_of_the_first_screen_is_whole(tab: Tab) -> None:
    """A long answer is shown from its beginning."""
    row = {"type": "actions", "elements": [button("link", "Cite")]}
    cards = [
        {**block, "block_id": f"card:{number}:{block['type']}"}
        for number in range(8)
        for block in (CARD, row)
    ]
    tab.playground.client.chat_postMessage(channel=LAB, text="x", blocks=cards)
    expect(tab.page.locator("#log .card")).to_have_count(8)
    expect(tab.page.locator("#log .card").first).to_be_in_viewport(ratio=1)


def test_a_record_without_an_address_is_a_card_like_any_other(tab: Tab) -> None:
    """Its title is no link, in a list and by itself."""
    title, facts = "*Graft-versus-host disease*", "Case report · no DOI"
    buttons = {"type": "actions", "elements": [button("link", "Cite")]}
    listed = [
        section("“graft”: *2 records*"),
        {**section(f"1. {title}\n{facts}"), "block_id": "card:1:0"},
        {**buttons, "block_id": "card:1:1"},
        section("*Trials · 3 records*"),
        {**section(f"2. {title}\n{facts}"), "block_id": "card:2:0"},
        {**buttons, "block_id": "card:2:1"},
        section("1–2 of 2"),
    ]
    tab.playground.client.chat_postMessage(channel=LAB, text="x", blocks=listed)
    expect(tab.page.locator("#log .card")).to_have_count(2)
    expect(tab.page.locator("#log .card").first.locator(".title")).to_have_text(
        "1. Graft-versus-host disease"
    )
    alone = [
        {**section(f"{title}\n{facts}"), "block_id": "card:all-0"},
        {**buttons, "block_id": "card:all-1"},
    ]
    tab.playground.client.chat_postMessage(channel=LAB, text="x", blocks=alone)
    expect(tab.page.locator("#log .card")).to_have_count(3)


@pytest.mark.parametrize(("width", "scheme"), [(1180, "light"), (380, "dark")])
def test_a_week_passes_a_file_is_brought_and_a_line_is_hidden(
    browser: Browser, seen: Seen, width: int, scheme: str
) -> None:
    def build_app(client: WebClient) -> App:
        return build(client, seen)

    with create(build_app, port=0, pass_week=lambda: "A week has passed.") as running:
        size = {"width": width, "height": 780}
        tab = Tab(browser, running, viewport=size, color_scheme=scheme)
        page = tab.page
        running.workspace.note("Asking Europe PMC for abstracts of 301 papers.")
        expect(page.locator("#note")).to_contain_text("301 papers")
        page.get_by_role("button", name="Let a week pass").click()
        expect(page.locator("#status")).to_have_text("A week has passed.")
        assert violations(page) == []
        page.get_by_role("button", name="Hide this line").click()
        expect(page.locator("#note")).to_be_hidden()
        page.set_input_files(
            "#file", {"name": "mine.bib", "mimeType": "text/plain", "buffer": b"@article{a}"}
        )
        expect(page.locator("#place-name")).to_have_text("TME bot")
        expect(page.locator("#log article").first).to_contain_text("mine.bib")
        expect(page.locator("#log article").last).to_contain_text("You wrote")
        assert tab.complaints == []
        tab.context.close()


def test_the_avatar_covers_no_word_on_a_narrow_screen(
    browser: Browser, playground: Playground
) -> None:
    """Whatever an answer consists of, alone or after another one."""
    tab = Tab(browser, playground, viewport={"width": 380, "height": 780})
    tab.go_to("D0TMEBOT")
    client = playground.client
    for blocks in (
        [section("Plain")],
        [section("Heading"), CARD],
        [CARD],
        [section("Again"), CARD],
    ):
        client.chat_postMessage(channel="D0TMEBOT", text="x", blocks=blocks)
        # So that the next one has a head of its own.
        playground.workspace.post("D0TMEBOT", "U0YOU", "words")
    client.chat_postMessage(channel="D0TMEBOT", text="x", blocks=[section("Last"), CARD])
    expect(tab.page.locator("#log article")).to_have_count(9)
    covered = tab.page.evaluate(
        """() => [...document.querySelectorAll("#log article")].filter((article) => {
          const avatar = article.querySelector(".avatar").getBoundingClientRect();
          if (!avatar.height) return false;
          return [...article.querySelectorAll(".content .line, .content .card")].some((line) => {
            const box = line.getBoundingClientRect();
            return box.left < avatar.right && box.top < avatar.bottom;
          });
        }).map((article) => article.innerText)"""
    )
    assert covered == []
    tab.context.close()


def test_a_menu_opens_inside_a_narrow_screen(browser: Browser, playground: Playground) -> None:
    """Beside a card and among its buttons, wherever they wrap to."""
    options = [{"text": {"type": "plain_text", "text": "Not relevant here"}, "value": "1"}]
    menu = {"type": "overflow", "action_id": "more", "options": options}
    buttons = [button(f"b{n}", "Abstract") for n in range(3)]
    blocks = [
        {**CARD, "accessory": menu},
        {"type": "actions", "elements": [*buttons, {**menu, "action_id": "again"}]},
    ]
    tab = Tab(browser, playground, viewport={"width": 380, "height": 780})
    playground.client.chat_postMessage(channel=LAB, text="x", blocks=blocks)
    menus = tab.page.locator("#log .overflow")
    expect(menus).to_have_count(2)
    for place in range(2):
        menus.nth(place).locator("summary").click()
        box = menus.nth(place).locator("ul").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 380
        menus.nth(place).locator("summary").click()
    tab.context.close()
