"""Reactions under the posts of journal clubs, counted as votes."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import App, Args

from bot.digests.clubs import REACTIONS
from bot.store.deliveries import Posted
from handlers.guard import acknowledge, guarded
from handlers.listeners.mentions import only_questions
from handlers.payload import part_of, text_of, workspace_of
from handlers.router import Router


def register(app: App, router: Router) -> None:
    """Listen for reactions that can be votes."""
    services = router.services

    @guarded
    def reacted(args: Args) -> None:
        event = part_of(args.body, "event")
        item = part_of(event, "item")
        post = Posted(text_of(item, "channel"), text_of(item, "ts"))
        delivery = services.store.deliveries.at(post)
        if delivery is None or delivery.workspace != workspace_of(args.body):
            return
        is_taken_back = text_of(event, "type") == "reaction_removed"
        user, reaction = text_of(event, "user"), text_of(event, "reaction")
        services.clubs.vote(delivery, user, reaction, is_taken_back=is_taken_back)

    heard = [only_questions(_can_be_vote), acknowledge]
    app.event("reaction_added", middleware=heard)(reacted)
    app.event("reaction_removed", middleware=heard)(reacted)


def _can_be_vote(event: Mapping[str, Any]) -> bool:
    """Under a message, with a sign that says something: most reactions are of no concern."""
    is_sign = text_of(event, "reaction").split("::")[0] in REACTIONS
    return is_sign and text_of(part_of(event, "item"), "type") == "message"
