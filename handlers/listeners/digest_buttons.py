"""The buttons under the records of a digest."""

from slack_bolt import App, Args

from bot.digests.people import Person
from bot.rights import Deed
from bot.store.deliveries import Delivery
from handlers.digests import Drawer
from handlers.guard import acknowledge, for_deed, guarded
from handlers.learning import lesson
from handlers.listeners.actions import offset_in, stale, text_in, value_of
from handlers.listeners.pressed import person_of, tell
from handlers.payload import text_of
from handlers.router import Router
from handlers.views import buttons
from handlers.views import subscriptions as views


def learn_saved(args: Args, router: Router) -> None:
    """[Save] under a record of a digest also moves records like it up. Raises StoreError."""
    value, services = value_of(args), router.services
    subscription, record_id = text_of(value, "s"), text_of(value, "id")
    if subscription and record_id:
        person = person_of(args)
        watched = services.subscriptions.seen(subscription, person)
        services.store.subscriptions.opine(
            watched.id, record_id, person.user, "save", services.now()
        )


def register(app: App, router: Router) -> None:
    """Listen for "+N more" and [Not relevant]."""
    services = router.services
    desk, drawer = services.subscriptions, Drawer(services)

    @guarded
    def more(args: Args) -> None:
        value = value_of(args)
        delivery = services.store.deliveries.get(text_in(value, "d"))
        if delivery is None or not _is_shown_to(delivery, person_of(args)):
            raise stale()
        tell(args, drawer.more(delivery, offset_in(value)))

    @for_deed(Deed.SAVE)
    def not_relevant(args: Args) -> None:
        value, person = value_of(args), person_of(args)
        subscription = desk.seen(text_in(value, "s"), person)
        record = services.store.get(text_in(value, "id"))
        if record is None:
            raise stale()
        services.store.subscriptions.opine(
            subscription.id, record.id, person.user, "not_relevant", services.now()
        )
        tell(args, views.not_relevant(subscription, record, lesson(services, subscription)))

    app.block_action(buttons.MORE, middleware=[acknowledge])(more)
    app.block_action(buttons.NOT_RELEVANT, middleware=[acknowledge])(not_relevant)


def _is_shown_to(delivery: Delivery, person: Person) -> bool:
    """Whether a person is where a digest was posted: its button may have been copied elsewhere."""
    places = {delivery.channel, delivery.posted.channel if delivery.posted else delivery.channel}
    return delivery.workspace == person.workspace and (
        bool(places & {person.channel, person.user}) or person.is_in(delivery.channel) is True
    )
