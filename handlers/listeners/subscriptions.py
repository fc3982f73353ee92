"""What can be done to a subscription by pressing a button under it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from slack_bolt import App, Args

from bot.rights import Deed
from handlers.digests import Drawer
from handlers.guard import acknowledge, for_deed, guarded
from handlers.learning import lesson
from handlers.listeners.actions import Pressed, text_in, trigger_of, value_of
from handlers.listeners.pressed import person_of, show, tell
from handlers.router import Router
from handlers.views import buttons
from handlers.views import subscription_form as forms
from handlers.views import subscriptions as views
from handlers.views.subscription_form import Filled


def register(app: App, router: Router) -> None:
    """Listen for everything that can be done to a subscription by pressing."""
    _register_windows(app, router)
    _register_acts(app, router)


def _register_windows(app: App, router: Router) -> None:
    """What opens a window in which something is chosen first."""
    services = router.services
    desk = services.subscriptions

    @for_deed(Deed.SUBSCRIBE)
    def new(args: Args) -> None:
        here, usual = Pressed.read(args.body).channel, services.usual_schedule
        filled = Filled(desk.usual(person_of(args), usual), channel=here or None)
        args.client.views_open(trigger_id=trigger_of(args), view=forms.form(filled, here=here))

    @for_deed(Deed.SUBSCRIBE)
    def edit(args: Args) -> None:
        person = person_of(args)
        subscription = desk.changeable(text_in(value_of(args), "s"), person)
        filled = Filled(
            subscription.schedule,
            subscription.watch.query,
            subscription.channel,
            subscription.form,
            subscription.when_empty,
        )
        # Slack opens a window within three seconds only: what it would post is counted later.
        window = forms.form(filled, edits=subscription.id, here=person.channel)
        args.client.views_open(trigger_id=trigger_of(args), view=window)

    @for_deed(Deed.SUBSCRIBE)
    def pause(args: Args) -> None:
        person = person_of(args)
        subscription = desk.stoppable(text_in(value_of(args), "s"), person)
        zone = ZoneInfo(subscription.schedule.zone)
        first = (services.now().astimezone(zone) + timedelta(days=7)).date()
        window = forms.pause_form(subscription, first, person.channel)
        args.client.views_open(trigger_id=trigger_of(args), view=window)

    for action, listener in (
        (buttons.SUB_NEW, new),
        (buttons.SUB_EDIT, edit),
        (buttons.SUB_PAUSE, pause),
    ):
        app.block_action(action, middleware=[acknowledge])(listener)


def _register_acts(app: App, router: Router) -> None:
    """What is done at once."""
    services = router.services
    desk, drawer = services.subscriptions, Drawer(services)

    @for_deed(Deed.SUBSCRIBE)
    def resume(args: Args) -> None:
        subscription = desk.resume(text_in(value_of(args), "s"), person_of(args))
        tell(args, views.changed(subscription, "resumed", lesson(services, subscription)))

    @for_deed(Deed.SUBSCRIBE)
    def reset(args: Args) -> None:
        person, subscription_id = person_of(args), text_in(value_of(args), "s")
        went = desk.reset(subscription_id, person)
        subscription = desk.seen(subscription_id, person)
        tell(
            args,
            views.changed(subscription, f"{went} opinions forgotten; the order is by match alone"),
        )

    @guarded
    def stop(args: Args) -> None:
        person = person_of(args)
        stored = desk.seen(text_in(value_of(args), "s"), person)
        if not person.receives(stored):
            services.gate.check(Deed.SUBSCRIBE)
        subscription = desk.stop(stored.id, person)
        tell(args, views.stopped(subscription))

    @guarded
    def preview(args: Args) -> None:
        subscription = desk.seen(text_in(value_of(args), "s"), person_of(args))
        show(args, drawer.coming(subscription))

    for action, listener in (
        (buttons.SUB_RESUME, resume),
        (buttons.SUB_RESET, reset),
        (buttons.SUB_STOP, stop),
        (buttons.SUB_PREVIEW, preview),
    ):
        app.block_action(action, middleware=[acknowledge])(listener)
