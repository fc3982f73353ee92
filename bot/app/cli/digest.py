"""`tme digest`, `tme subscribe` and `tme subscriptions`: digests for operators and scripts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services
from bot.digests.digest import Due
from bot.digests.people import Person
from bot.errors import TmeError, UsageError
from bot.store.subscriptions import Subscription
from handlers.digests import Drawer
from handlers.learning import lessons
from handlers.services import Services
from handlers.views import subscriptions as views
from handlers.views.message import Audience


@click.command()
@click.option("--due", "is_due", is_flag=True, help="What is due, and the records of each.")
@click.option("--dry-run", is_flag=True, help="Only show it: nothing is written or posted.")
@click.option("--at", metavar="TIME", help="As if it were this time (ISO 8601).")
@click.option("--preview", "preview_id", metavar="ID", help="What a subscription would post.")
@click.option("--send", "send_id", metavar="ID", help="Let a subscription post now.")
@json_option
def digest(
    is_due: bool,
    dry_run: bool,
    at: str | None,
    preview_id: str | None,
    send_id: str | None,
    as_json: bool,
) -> None:
    """Show or decide the digests that are due; a server posts what was decided.

    \b
    Examples:
      tme digest --due --dry-run --at 2026-03-02T09:00 --json
      tme digest --preview s0123456789
      tme digest --send s0123456789
    """
    if sum((is_due, preview_id is not None, send_id is not None)) != 1:
        raise click.UsageError("Give one of --due, --preview ID and --send ID.")
    if at is not None and not dry_run:
        raise click.UsageError("--at needs --dry-run: only now can be decided.")
    with opened_services() as services:
        if preview_id is not None:
            _show_preview(services, preview_id, as_json=as_json)
        elif send_id is not None:
            _send(services, send_id, as_json=as_json)
        else:
            _show_due(services, _moment(at, services), dry_run=dry_run, as_json=as_json)


def _moment(text: str | None, services: Services) -> datetime:
    """The time asked for, in UTC where it names no zone. Raises UsageError."""
    if text is None:
        return services.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"“{text[:40]}” is no time.", "Write it like 2026-03-02T09:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _show_due(services: Services, now: datetime, *, dry_run: bool, as_json: bool) -> None:
    due = services.store.subscriptions.due(now, limit=1_000_000)
    found = list(services.digests.found(due, now))
    if not dry_run:
        services.digests.decide(due, now)
    for each in found:
        _print_due(each, as_json=as_json)
    if not found and not as_json:
        click.echo("Nothing is due.")


def _print_due(found: Due, *, as_json: bool) -> None:
    stored = found.subscription
    ids = [match.record_id for match in found.matches]
    period = {"since": stored.since.isoformat(), "until": found.due.isoformat()}
    if as_json:
        shown = {
            "subscription": stored.id,
            "workspace": stored.workspace,
            "channel": stored.channel,
            "query": stored.watch.query,
            "due": found.due.isoformat(),
            "period": period,
            "records": ids,
        }
        click.echo(interface.line(shown))
        return
    click.echo(
        f"{stored.id}  {stored.channel}  due {found.due.isoformat()}  {len(ids)} new"
        f"  “{stored.watch.query}”"
    )


def _stored(services: Services, subscription_id: str) -> Subscription:
    return services.subscriptions.seen(subscription_id, OPERATOR)


def _show_preview(services: Services, subscription_id: str, *, as_json: bool) -> None:
    stored = _stored(services, subscription_id)
    if as_json:
        _print_due(services.subscriptions.coming(stored), as_json=True)
    else:
        click.echo(Drawer(services).coming(stored).text)


def _send(services: Services, subscription_id: str, *, as_json: bool) -> None:
    """Decide a subscription's digest now. Raises TmeError while the last one is not posted."""
    stored = _stored(services, subscription_id)
    if stored.watch.kind == "record":
        raise UsageError("A single record has no digests.", "It is told at once when it changes.")
    now = services.now()
    # Notices stand among its digests: that it was set up, that its channel is closed.
    latest = services.store.deliveries.of_subscription(stored.id, 20)
    digest = next((delivery for delivery in latest if delivery.kind == "digest"), None)
    if digest is not None and digest.state in ("pending", "doubtful"):
        raise TmeError(
            f"Its last digest is {digest.state}.", "It goes out first: `tme status` has more."
        )
    found = services.subscriptions.coming(stored)
    services.digests.decide([stored], now)
    _print_due(replace(found, due=now), as_json=as_json)
    if not as_json:
        click.echo("Decided; a running `tme serve` posts it.", err=True)


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--channel", required=True, metavar="ID", help="Slack's id of the channel.")
@click.option("--workspace", default="", metavar="ID", help="Slack's id of the workspace (T0…).")
@click.option("--by", "who", default="operator", metavar="ID", help="Whom to name as owner.")
@json_option
def subscribe(
    words: tuple[str, ...], channel: str, workspace: str, who: str, as_json: bool
) -> None:
    """Let a channel be told what is new on a topic: the words that follow `subscribe` in Slack.

    \b
    Example: tme subscribe --workspace T0 --channel C0 CAF in melanoma weekly on MON at 09:00
    """
    person = Person(f"/{workspace}", channel, who, operator=True)
    with opened_services() as services:
        desk = services.subscriptions
        draft = desk.draft(" ".join(words), person, services.usual_schedule)
        stored, outcome = desk.make(draft, person)
        if as_json:
            click.echo(interface.line({**_as_json(stored), "new": outcome == "new"}))
            return
        seen = desk.preview(stored.watch) if stored.watch.kind != "record" else None
        click.echo(views.made(stored, seen, Audience.TERMINAL, outcome=outcome).text)


@click.command()
@click.option("--stop", "stop_id", metavar="ID", help="End a subscription for good.")
@click.option("--pause", "pause_id", metavar="ID", help="Let it post nothing for now.")
@click.option("--resume", "resume_id", metavar="ID", help="Let it go on.")
@click.option("--doubtful", is_flag=True, help="The posts that nobody knows the end of.")
@click.option("--was-posted", metavar="ID", help="Say of a doubtful post that it is there.")
@click.option("--send-again", metavar="ID", help="Say of a doubtful post that it is not.")
@click.option("--twice", is_flag=True, help="The posts that may stand twice, and what to do.")
@click.option("--stands-once", metavar="ID", help="Say of such a post that it stands once now.")
@click.option("--look-again", metavar="ID", help="Let the bot look, and take back, once more.")
@json_option
def subscriptions(as_json: bool, doubtful: bool, twice: bool, **chosen: str | None) -> None:
    """List what is watched, by whom and when; or stop, pause, resume one.

    \b
    Examples:
      tme subscriptions --json
      tme subscriptions --stop s0123456789
      tme subscriptions --doubtful
      tme subscriptions --twice
    """
    with opened_services() as services:
        if doubtful:
            _list_doubtful(services)
        elif twice:
            _list_twice(services)
        elif not _acted(services, chosen):
            _list(services, as_json=as_json)


def _list_doubtful(services: Services) -> None:
    for stored in services.store.deliveries.in_state("doubtful", 1_000):
        shown = {"delivery": stored.id, "channel": stored.channel, "due": stored.due.isoformat()}
        click.echo(interface.line({**shown, "reason": stored.reason, "todo": _SAY_WHICH}))


def _list_twice(services: Services) -> None:
    for found in services.store.second_posts.unsettled():
        second = found.second.ts if found.second else None
        shown = {"delivery": found.delivery, "channel": found.channel, "second": second}
        todo = _DELETE_IT if second else _LOOK_FOR_IT
        click.echo(interface.line({**shown, "reason": found.reason, "todo": todo}))


def _acted(services: Services, chosen: dict[str, str | None]) -> bool:
    """Do what an option names, if one was given."""
    desk, now = services.subscriptions, services.now()
    if subscription_id := chosen["stop_id"]:
        click.echo(views.stopped(desk.stop(subscription_id, OPERATOR)).text)
    elif subscription_id := chosen["pause_id"]:
        click.echo(views.changed(desk.pause(subscription_id, OPERATOR), "paused").text)
    elif subscription_id := chosen["resume_id"]:
        click.echo(views.changed(desk.resume(subscription_id, OPERATOR), "resumed").text)
    elif delivery_id := chosen["was_posted"] or chosen["send_again"]:
        was_posted = chosen["was_posted"] is not None
        if not services.store.deliveries.settle(delivery_id, was_posted=was_posted, now=now):
            raise UsageError(f"{delivery_id} is no doubtful post.", "`--doubtful` lists them.")
        click.echo("Noted.")
    elif delivery_id := chosen["stands_once"] or chosen["look_again"]:
        second_posts = services.store.second_posts
        act = second_posts.settle if chosen["stands_once"] else second_posts.look_again
        if not act(delivery_id):
            raise UsageError(f"{delivery_id} does not need a person.", "`--twice` lists what does.")
        click.echo("Noted.")
    else:
        return False
    return True


def _list(services: Services, *, as_json: bool) -> None:
    stored = services.subscriptions.listed(OPERATOR)
    if as_json:
        for each in stored:
            click.echo(interface.line(_as_json(each)))
    else:
        click.echo(views.listing(stored, "", Audience.TERMINAL, lessons(services, stored)).text)


def _as_json(stored: Subscription) -> dict[str, Any]:
    return {
        "subscription": stored.id,
        "workspace": stored.workspace,
        "channel": stored.channel,
        "kind": stored.watch.kind,
        "query": stored.watch.query,
        "understood": stored.watch.described,
        "schedule": stored.schedule.words,
        "state": stored.state,
        "trouble": stored.trouble,
        "due": stored.due.isoformat() if stored.watch.kind != "record" else None,
        "created_by": stored.created_by,
        "created_at": stored.created_at.isoformat(),
        "changed_by": stored.changed_by,
        "changed_at": stored.changed_at.isoformat(),
    }


_SAY_WHICH = (
    "Look in Slack whether it is there (a channel that begins with U is a person: ask them), then "
    "--was-posted ID or --send-again ID."
)
_DELETE_IT = (
    "Slack does not let the bot delete this message: delete it in Slack, then --stands-once ID; "
    "or mend what the reason names, then --look-again ID."
)
_LOOK_FOR_IT = (
    "The bot could not read the channel: look there whether the post stands twice, delete the "
    "later one, then --stands-once ID; or let the bot read it, then --look-again ID."
)
OPERATOR = Person(workspace="", channel="", user="operator", operator=True)
