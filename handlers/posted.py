"""The list of a post that nobody asked for: a digest, or news of a record."""

from bot.store import Conversation
from bot.store.deliveries import Posted
from handlers.services import Services
from handlers.views.digest import MOST_CARDS


def list_of_post(services: Services, workspace: str, post: Posted) -> Conversation | None:
    """What a thread under a post of ours is about before anything was asked there, or None.

    The records whose cards it shows, and the question that they answer: a digest's is the one that
    is watched. It has no further pages: those of a digest are behind its "+N more".
    """
    delivery = services.store.deliveries.at(post)
    if delivery is None or delivery.workspace != workspace or not delivery.records:
        return None
    shown = delivery.records[:MOST_CARDS]
    watched = services.store.subscriptions.get(delivery.subscription or "")
    if delivery.kind == "digest" and watched is not None:
        return Conversation(watched.watch.query, 0, shown, 0)
    record = services.store.get(shown[0])
    return Conversation(f"show {record.doi or record.id}", 0, shown, 0) if record else None
