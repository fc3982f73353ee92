"""Digests of workspaces that the bot can post in, and of those it cannot any more.

Nothing is lost while the app is removed: subscriptions wait, and go on when it is installed again.
"""

from collections.abc import Callable
from datetime import datetime

from bot.digests.closed import NO_TOKEN, NOT_INSTALLED
from bot.digests.digest import BOT, Digests
from bot.store import StateStore
from bot.store.deliveries import NewDelivery
from bot.store.subscriptions import Subscription


def reconcile(
    store: StateStore, digests: Digests, is_served: Callable[[str], bool], now: datetime
) -> None:
    """Pause what cannot be posted for want of a token, and go on with what can be again.

    `is_served` says whether a token stands for a workspace. Raises StoreError.
    """
    for subscription in store.subscriptions.everything():
        served = is_served(subscription.workspace)
        if subscription.state == "active" and not served:
            store.subscriptions.pause(subscription.id, BOT, now, trouble=NOT_INSTALLED)
        elif served and subscription.trouble in NO_TOKEN:
            digests.try_again(subscription)
            store.subscriptions.resume(subscription.id, BOT, now)
            _tell_owner(store, subscription, now)


def _tell_owner(store: StateStore, subscription: Subscription, now: datetime) -> None:
    """Let the owner know that it goes on: while the app was removed nobody could be told."""
    if not subscription.created_by.startswith(("U", "W")):
        return
    notice = NewDelivery(
        key=f"{subscription.id}:back:{subscription.changed_at.isoformat()}",
        workspace=subscription.workspace,
        kind="notice",
        channel=subscription.created_by,
        due=now,
        subscription=subscription.id,
        details={"back_since": subscription.changed_at.isoformat()},
    )
    store.deliveries.add(notice, now)
