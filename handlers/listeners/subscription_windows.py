"""The windows in which a subscription is made, changed or paused."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self
from zoneinfo import ZoneInfo

from slack_bolt import App, Args
from slack_sdk.models.views import View

from bot.digests.people import Person
from bot.digests.subscriptions import Draft
from bot.errors import UsageError
from bot.rights import Deed
from bot.schedule import Cadence, Schedule, zone_named
from handlers.guard import Listener, acknowledge, for_deed
from handlers.learning import lesson
from handlers.listeners import desk
from handlers.listeners.actions import stale
from handlers.listeners.pressed import person_of
from handlers.listeners.windows import on_submit
from handlers.payload import part_of, text_of
from handlers.router import Router
from handlers.services import Services
from handlers.views import buttons
from handlers.views import subscription_form as forms
from handlers.views import subscriptions as views
from handlers.views.message import Audience, Message
from handlers.views.subscription_form import Filled


def register(app: App, router: Router) -> None:
    """Listen for what is typed and submitted in the windows."""
    services = router.services
    app.block_action(forms.QUERY, middleware=[acknowledge])(_previewing(services))
    usual = services.usual_schedule
    on_submit(
        app,
        forms.FORM,
        Deed.SUBSCRIBE,
        lambda args: _on_desk(services, args, _saved(services, args)),
        lambda view: Submitted.read(view, usual).problems,
    )
    on_submit(
        app,
        forms.PAUSE_FORM,
        Deed.SUBSCRIBE,
        lambda args: _on_desk(services, args, _paused(services, args)),
        _day_problems,
    )


def _on_desk(services: Services, args: Args, view: View) -> View:
    """What a window becomes; where it was opened on the Home tab, that is drawn again."""
    if not _kept(part_of(args.body, "view")).get("c"):
        desk.publish(args, services)
    return view


def _previewing(services: Services) -> Listener:
    """Show in the open window what its words would have posted."""

    @for_deed(Deed.SUBSCRIBE)
    def preview(args: Args) -> None:
        view = part_of(args.body, "view")
        submitted = Submitted.read(view, services.usual_schedule)
        line = next(iter(submitted.problems.values()), "")
        if not line:
            try:
                watch = services.subscriptions.understand(submitted.filled.query)
                line = views.preview(services.subscriptions.preview(watch))
            except UsageError as error:
                line = error.as_line
        args.client.views_update(
            view_id=text_of(view, "id"),
            hash=text_of(view, "hash"),
            view=forms.form(submitted.filled, line, edits=submitted.edits, here=submitted.here),
        )

    return preview


def _saved(services: Services, args: Args) -> View:
    """Make or change the subscription of a submitted form; with what is wrong it is shown again."""
    submitted = Submitted.read(part_of(args.body, "view"), services.usual_schedule)
    person = person_of(args, submitted.here)
    try:
        if line := _doubted(services, submitted, person):
            return forms.form(
                submitted.filled,
                line,
                edits=submitted.edits,
                here=submitted.here,
                asked=_mark(submitted.filled.query),
            )
        return forms.done(_made(services, submitted, person))
    except UsageError as error:
        line = error.as_line
        return forms.form(submitted.filled, line, edits=submitted.edits, here=submitted.here)


def _doubted(services: Services, submitted: "Submitted", person: Person) -> str:
    """What is to be confirmed first, where the watch may bring nothing; "" where it is sound.

    It is asked once of a query, and not of one that is watched already.
    """
    desk, query = services.subscriptions, submitted.filled.query
    watch = desk.understand(query)
    if watch.kind != "search" or submitted.asked == _mark(query):
        return ""
    if submitted.edits and desk.seen(submitted.edits, person).watch.query == watch.query:
        return ""
    doubts = services.watches.doubts(services.watches.query(watch))
    return " ".join((*doubts, "Submit again to watch it anyway.")) if doubts else ""


def _mark(query: str) -> str:
    """What tells a query from another in the little that a window can carry."""
    return hashlib.sha256(query.encode()).hexdigest()[:16]


def _made(services: Services, submitted: "Submitted", person: Person) -> Message:
    desk, filled = services.subscriptions, submitted.filled
    draft = Draft(
        channel=filled.channel or submitted.here or person.user,
        watch=desk.understand(filled.query),
        schedule=filled.schedule,
        form=filled.shape,
        when_empty=filled.when_empty,
    )
    if submitted.edits:
        edited = desk.edit(submitted.edits, draft, person)
        return views.changed(edited, "changed", lesson(services, edited))
    with services.gate.counted(Deed.SUBSCRIBE) as give_back:
        subscription, outcome = desk.make(draft, person)
        if outcome != "new":
            give_back()
    # What it would have posted was shown in the form.
    return views.made(
        subscription, None, Audience.PRIVATE, outcome=outcome, lesson=lesson(services, subscription)
    )


def _paused(services: Services, args: Args) -> View:
    """Pause the subscription of a submitted form until the day that was chosen begins."""
    view = part_of(args.body, "view")
    kept = _kept(view)
    person = person_of(args, kept.get("c", ""))
    subscription = services.subscriptions.seen(kept.get("s", ""), person)
    day = date.fromisoformat(_state(view, forms.UNTIL))
    until = datetime.combine(day, time(), tzinfo=ZoneInfo(subscription.schedule.zone))
    subscription = services.subscriptions.pause(subscription.id, person, until)
    return forms.done(views.changed(subscription, "paused", lesson(services, subscription)))


def _day_problems(view: Mapping[str, Any]) -> dict[str, str]:
    try:
        date.fromisoformat(_state(view, forms.UNTIL))
    except ValueError:
        return {forms.UNTIL: "Choose a day."}
    return {}


@dataclass(frozen=True, slots=True)
class Submitted:
    """The form as it was submitted, or as it is: what is in it and what is wrong with it.

    `problems` are lines by field. `edits` is the id of the subscription that is changed ("": a
    new one), `here` the channel where the form was opened, `asked` the mark of the query about
    which was asked.
    """

    filled: Filled
    problems: dict[str, str]
    edits: str
    here: str
    asked: str = ""

    @classmethod
    def read(cls, view: Mapping[str, Any], usual: Schedule) -> Self:
        """Read a view of Slack's; what is missing is as `usual`, what is wrong is a problem."""
        problems: dict[str, str] = {}
        zone = zone_named(_state(view, forms.ZONE) or usual.zone)
        if zone is None:
            problems[forms.ZONE] = "That is no time zone I know; write it like Europe/London."
        try:
            schedule = Schedule(
                cadence=Cadence(_state(view, forms.CADENCE) or usual.cadence),
                at=time.fromisoformat(_state(view, forms.AT) or f"{usual.at:%H:%M}"),
                zone=zone or usual.zone,
                weekday=int(_state(view, forms.WEEKDAY) or usual.weekday),
                day=int(_state(view, forms.DAY) or usual.day),
            )
        except ValueError:
            schedule = usual
            problems[forms.CADENCE] = "That schedule cannot be read; choose it again."
        kept = _kept(view)
        filled = Filled(
            schedule=schedule,
            query=_state(view, forms.QUERY),
            channel=_state(view, forms.CHANNEL) or None,
            shape="thread" if _state(view, forms.SHAPE) == "thread" else "message",
            when_empty="line" if _state(view, forms.EMPTY) == "line" else "quiet",
        )
        return cls(filled, problems, kept.get("s", ""), kept.get("c", ""), kept.get("a", ""))


def _kept(view: Mapping[str, Any]) -> dict[str, str]:
    """What the window carries of its own. Raises UsageError when it is not what a view packed."""
    try:
        kept = buttons.unpack(text_of(view, "private_metadata") or "{}")
    except ValueError:
        raise stale() from None
    return {name: value for name, value in kept.items() if isinstance(value, str)}


def _state(view: Mapping[str, Any], name: str) -> str:
    """The value of a field of the window, whatever kind of field it is; "" for nothing."""
    element = part_of(part_of(part_of(part_of(view, "state"), "values"), name), name)
    selected = text_of(part_of(element, "selected_option"), "value")
    named = ("value", "selected_conversation", "selected_time", "selected_date")
    return selected or next((line for key in named if (line := text_of(element, key))), "")
