"""The search window: opened by the global shortcut or on Home, answered like a typed question."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import App, Args
from slack_sdk.models.views import View

from bot.rights import Deed
from handlers.delivery import announce, answer, show
from handlers.guard import acknowledge, guarded
from handlers.listeners.actions import Pressed
from handlers.listeners.windows import chosen, input_state, on_submit, open_window, written
from handlers.payload import part_of, text_of
from handlers.rights import own_place
from handlers.router import Request, Router, Surface
from handlers.views import buttons, searching, share, windows

SEARCH = "search_papers"
_NOTHING = "Type some words, or choose something below."


def register(app: App, router: Router) -> None:
    """Listen for what opens the window, and for its submission."""

    @guarded
    def search_papers(args: Args) -> None:
        open_window(args, searching.window(router.services.facets.choices()))

    app.shortcut(SEARCH, middleware=[acknowledge])(search_papers)
    app.block_action(buttons.SEARCH, middleware=[acknowledge])(search_papers)
    on_submit(app, searching.CALLBACK, Deed.READ, lambda args: _answered(args, router), _problems)


def question_of(view: Mapping[str, Any]) -> str:
    """What is asked in a window: its words, and its filters in the query language."""
    first, last = (next(iter(chosen(view, name)), "") for name in (searching.FIRST, searching.LAST))
    years = f"year:{first}" if first == last else f"year:{first}..{last}"
    names = (searching.CANCER, searching.KIND, searching.JOURNAL, searching.ACCESS)
    limits = (limit for name in names for limit in chosen(view, name))
    said = (written(view, searching.WORDS), *limits, years if first or last else "")
    return " ".join(filter(None, said))


def _problems(view: Mapping[str, Any]) -> dict[str, str]:
    first, last = (next(iter(chosen(view, name)), "") for name in (searching.FIRST, searching.LAST))
    if first and last and first > last:
        return {searching.LAST: f"That is before {first}."}
    return {} if question_of(view) else {searching.WORDS: _NOTHING}


def _answered(args: Args, router: Router) -> View:
    """Answer where that was chosen, for all there, or else the person alone."""
    view, place = part_of(args.body, "view"), Pressed.read(args.body).place
    question = question_of(view)
    channel = own_place(text_of(input_state(view, searching.PLACE), "selected_conversation"))
    if not channel:
        reply = router.answer(Request(question, Surface.DIRECT, asker=place, follows=False))
        posted_in = answer(args.context, place.user, reply.message, reply.attachment, is_last=False)
        router.remember(replace(place, channel=posted_in), reply.answer)
        return windows.said(searching.TITLE, "I sent you the answer in a direct message.")
    place = replace(place, channel=channel)
    reply = router.answer(Request(question, Surface.MENTION, asker=place, follows=False))
    message = share.shared(reply.message, asker=place.user, query=question)
    thread = announce(args.context, channel, message)
    if thread:
        router.remember(replace(place, thread=thread), reply.answer)
        if reply.attachment is not None:
            show(args.context, channel, reply.attachment(), thread=thread)
    return windows.said(searching.TITLE, f"The answer is in <#{channel}>.")
