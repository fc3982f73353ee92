"""Windows that people fill in: acknowledged at once, and redrawn when their work is done.

Slack wants an answer to a submission within three seconds, and a busy store may take longer. So
the window first says that it is being done, and then what came of it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, Args, BoltContext, BoltResponse
from slack_sdk.models.views import View

from bot.errors import TmeError
from bot.rights import Deed
from handlers.delivery import redraw_window
from handlers.guard import for_deed, take
from handlers.payload import part_of, text_of
from handlers.views import windows

# What is wrong with the inputs of a window: a line by the id of each block.
Problems = Callable[[Mapping[str, Any]], dict[str, str]]


def open_window(args: Args, view: View) -> None:
    """Open a window over what was pressed, on top of the one it was pressed in. SlackApiError."""
    trigger = text_of(args.body, "trigger_id")
    args.client.views_open(trigger_id=trigger, view=view)


def on_submit(
    app: App,
    callback: str,
    deed: Deed,
    work: Callable[[Args], View],
    problems: Problems | None = None,
) -> None:
    """Listen for a window's submission, which does this; `work` returns what it becomes.

    `problems` looks at the view first, quickly and without the store; what it finds is shown at
    the inputs, and the window stays.
    """

    def taken(
        ack: Ack, context: BoltContext, body: Mapping[str, Any], next_: Callable[[], None]
    ) -> BoltResponse | None:
        view = part_of(body, "view")
        found = problems(view) if problems else {}
        if found:
            # Returned, so that Bolt knows it for the answer: no listener runs.
            return ack(response_action="errors", errors=found)
        waiting = windows.waiting(text_of(part_of(view, "title"), "text"))
        if not take(context, body):
            return ack(response_action="update", view=waiting)
        ack(response_action="update", view=waiting)
        next_()
        return None

    @for_deed(deed)
    def submitted(args: Args) -> None:
        redraw(args, lambda: work(args))

    app.view(callback, middleware=[taken])(submitted)


def redraw(args: Args, draw: Callable[[], View]) -> None:
    """Redraw the window with what came of it, or with what went wrong. Raises SlackApiError."""
    view = part_of(args.body, "view")
    try:
        drawn = draw()
    except TmeError as error:
        drawn = windows.failed(text_of(part_of(view, "title"), "text"), error)
    redraw_window(args.context, text_of(view, "id"), drawn)


def input_state(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The value of the input with this name as block and action."""
    return part_of(part_of(part_of(part_of(view, "state"), "values"), name), name)


def written(view: Mapping[str, Any], name: str) -> str:
    """The text written into an input."""
    return text_of(input_state(view, name), "value").strip()


def chosen(view: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The values chosen in a menu or boxes."""
    state = input_state(view, name)
    several = state.get("selected_options")
    options = several if isinstance(several, list) else [state.get("selected_option")]
    values = (text_of(each, "value") for each in options if isinstance(each, Mapping))
    return tuple(value for value in values if value)
