"""The state of the store and the index, in plain words."""

from collections.abc import Mapping, Sequence

from bot.errors import TmeError
from bot.harvest.plan import Standing
from bot.index import IndexStatus
from bot.store import StoreStatus
from bot.store.deliveries import Outstanding
from bot.store.inbox import Unanswered
from bot.store.uses import Use
from bot.store.values import ClockNote
from handlers.views.harvests import said as said_of_harvest
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, join_within, moment, prose
from handlers.views.parts import section
from handlers.views.wording import count, day, source_name


def status(  # noqa: PLR0913, PLR0917 - all of it is shown
    store: StoreStatus,
    index: IndexStatus,
    audience: Audience = Audience.PUBLIC,
    harvests: Sequence[Standing] | TmeError = (),
    digests: Outstanding | None = None,
    changers: str | None = None,
    clock: ClockNote | None = None,
    completing: Sequence[str] = (),
    answers: Unanswered | None = None,
    used: Mapping[Use, int] | None = None,
) -> Message:
    """How much is stored, how fresh it is, how harvests stand, and whether search is up to date.

    `harvests` is an error where the sources file cannot be read; `changers` says who may change
    subscriptions, `clock` that it was wrong, `completing` how far each service has come, `answers`
    what people still wait for, `used` how often records were used and answers found useful.
    Where files are is shown in a terminal only.
    """
    named = [
        ("Records", _records(store)),
        ("Newest", f"first seen {day(store.newest)}" if store.newest else "no record yet"),
        ("Sources", _sources(store)),
        ("Harvests", _harvests(harvests)),
        ("Search index", _index(store, index)),
    ]
    if completing:
        named.append(("Completing records", join_within(completing, 1100)))
    if digests is not None:
        named.append(("Digests", _digests(digests)))
    if answers is not None and (said := _answers(answers)):
        named.append(("Answers", said))
    if used:
        shown_of = join_within([f"{used[kind]:,} {kind}" for kind in Use if kind in used], 300)
        named.append(("Use", shown_of))
    if changers is not None:
        named.append(("Subscriptions", changers))
    if clock is not None:
        named.append(("Clock", _clock(clock)))
    if audience is Audience.TERMINAL:
        named += [
            ("Database", f"{store.location} (schema {store.schema_version})"),
            ("Index folder", index.location),
        ]
    shown = [(name, fit(said, 1200)) for name, said in named]
    written = "\n".join(f"{bold(name)}: {prose(said)}" for name, said in shown)
    return Message((section(written),))


def _clock(note: ClockNote) -> str:
    """When it was noticed to be wrong, by how much, and what was put right."""
    way = "jumped ahead by" if note.seconds > 0 else "went back by"
    jumped = f"{way} {_span(note.seconds)}" if note.seconds else "had been ahead"
    healed = f"; {count(note.healed, 'subscription')} put right" if note.healed else ""
    return f"the machine's clock {jumped}, as noticed on {day(note.at)}{healed}"


def _span(seconds: float) -> str:
    minutes = abs(seconds) / 60
    for size, name in ((60 * 24, "day"), (60, "hour")):
        if minutes >= size:
            return count(round(minutes / size), name)
    return count(round(minutes), "minute")


def _records(store: StoreStatus) -> str:
    return (
        f"{store.records:,} ({store.with_abstract:,} with an abstract, "
        f"{store.with_doi:,} with a DOI)"
    )


def _sources(store: StoreStatus) -> str:
    said = [
        f"{fit(source_name(name), 60)} {count(stored, 'record')}, "
        + (f"last {day(last)}" if last else "date of harvest unknown")
        for name, stored, last in store.sources
    ]
    return join_within(said, 900) or "none yet"


def _harvests(harvests: Sequence[Standing] | TmeError) -> str:
    if isinstance(harvests, TmeError):
        return harvests.message
    return join_within([said_of_harvest(each) for each in harvests], 1100) or "none planned"


def _digests(left: Outstanding) -> str:
    """What has not gone out: nothing of it is lost, but a schedule may not be kept."""
    waits = []
    if left.pending and left.oldest is not None:
        due = moment(left.oldest)
        waits.append(f"{count(left.pending, 'post')} to go out, the oldest due {due}")
    if left.doubtful:
        waits.append(
            f"{count(left.doubtful, 'post')} may have gone out and {_need(left.doubtful)} "
            "a person's word: tme subscriptions --doubtful lists them"
        )
    if left.refused:
        waits.append(f"{count(left.refused, 'post')} refused by Slack")
    if left.second_posts:
        waits.append(f"{count(left.second_posts, 'second post')} being taken back")
    if left.twice:
        waits.append(
            f"{count(left.twice, 'post')} may be there twice and {_need(left.twice)} a person: "
            "tme subscriptions --twice says which, why, and what to do"
        )
    return " · ".join(waits) or "all posted"


def _answers(left: Unanswered) -> str:
    """What people wait for, and what went otherwise in the last week; "" where all is well."""
    shown = []
    if left.waiting and left.oldest is not None:
        since = moment(left.oldest)
        shown.append(f"{count(left.waiting, 'request')} not answered yet, the oldest of {since}")
    if left.repeats:
        shown.append(f"{count(left.repeats, 'answer')} may have been shown twice this week")
    if left.given_up:
        shown.append(f"{count(left.given_up, 'request')} given up after a day")
    return " · ".join(shown)


def _need(how_many: int) -> str:
    return "needs" if how_many == 1 else "need"


def _index(store: StoreStatus, index: IndexStatus) -> str:
    behind = store.sequence - index.watermark
    fresh = "up to date" if behind <= 0 else f"{count(behind, 'change')} behind"
    others = [] if index.writable else ["another process writes it"]
    notes = [fit(index.note, 200)] if index.note else []
    return " · ".join([count(index.records, "record"), fresh, *others, *notes])
