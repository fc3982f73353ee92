"""The whole bot in the playground: a reading list, and its file in the format that is chosen."""

import urllib.request
from pathlib import Path

from bot.app.bolt import build_bolt
from bot.app.composition import build_router, opened
from bot.playground import create
from bot.settings import Settings
from tests.own_records import NOW, work

from .page import Page


def test_a_list_is_exported_in_the_format_that_is_chosen(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, starter=False)
    with opened(settings, lambda: NOW) as services:
        services.harvester.take([work(1, "Hypoxia shields a niche")], "test")
        services.index.follow(services.store)
        router = build_router(services)
        with create(lambda client: build_bolt(settings, router, client=client), port=0) as running:
            page = Page(running)
            page.say("/tme save 10.1234/own.1 to journal club")
            page.say("/tme list journal club")
            shown = page.messages("C0TMELAB")[-1]
            menu = next(
                element
                for block in shown["blocks"]
                for element in block.get("elements", [])
                if element["type"] == "static_select"
            )
            ris = next(o["value"] for o in menu["options"] if o["text"]["text"] == "RIS")
            page.press(shown, menu["action_id"], value=ris)
            told = next(event["message"] for event in page.events("message") if _files(event))
            (file,) = told["files"]
            assert file["name"] == "journal-club.ris"
            address = running.url.rstrip("/") + file["url"]
            with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310 - loopback
                assert response.read().startswith(b"TY  - ")


def _files(event: dict[str, object]) -> bool:
    message = event.get("message")
    return isinstance(message, dict) and bool(message.get("files"))
