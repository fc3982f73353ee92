"""What people's [Save] and [Not relevant] have taught a subscription, as it is shown."""

from collections.abc import Sequence

from bot.store.subscriptions import Subscription
from handlers.services import Services
from handlers.views.subscriptions import Lesson

# How many concepts are named of those that move records up, and of those that move them down.
_NAMED = 5


def lesson(services: Services, subscription: Subscription) -> Lesson | None:
    """What the opinions on a subscription's records change; None without opinions."""
    opinions = [opinion for _, opinion in services.store.subscriptions.opinions(subscription.id)]
    if not opinions:
        return None
    up, down = services.digests.feedback(subscription).moved()
    return Lesson(
        saved=opinions.count("save"),
        not_relevant=opinions.count("not_relevant"),
        up=_labels(services, up),
        down=_labels(services, down),
    )


def lessons(services: Services, subscriptions: Sequence[Subscription]) -> dict[str, Lesson]:
    """The lesson of each of these, by its id, where there is one."""
    found = ((each.id, lesson(services, each)) for each in subscriptions)
    return {name: each for name, each in found if each is not None}


def _labels(services: Services, concepts: Sequence[str]) -> tuple[str, ...]:
    known = services.vocabulary.concepts
    return tuple(known[name].label if name in known else name for name in concepts[:_NAMED])
