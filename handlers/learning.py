"""What people's [Save] and [Not relevant] have taught a subscription, as it is shown."""

from collections.abc import Sequence

from bot.store.subscriptions import Subscription
from handlers.services import Services
from handlers.views.subscriptions import Lesson

# How many concepts are named of those that move records up, and of those that move them down.
_NAMED = 5


def lesson(services: Services, held: Subscription) -> Lesson | None:
    """What a subscription has learnt; None where nobody has said anything of its records."""
    opinions = [opinion for _, opinion in services.store.subscriptions.opinions(held.id)]
    if not opinions:
        return None
    up, down = services.digests.learnt(held).moved()
    return Lesson(
        saved=opinions.count("save"),
        not_relevant=opinions.count("not_relevant"),
        up=_labels(services, up),
        down=_labels(services, down),
    )


def lessons(services: Services, held: Sequence[Subscription]) -> dict[str, Lesson]:
    """What each of these has learnt, by its id, where it has learnt anything."""
    found = ((each.id, lesson(services, each)) for each in held)
    return {name: learnt for name, learnt in found if learnt is not None}


def _labels(services: Services, concepts: Sequence[str]) -> tuple[str, ...]:
    known = services.vocabulary.concepts
    return tuple(known[name].label if name in known else name for name in concepts[:_NAMED])
