"""Draws what the outbox posts: a digest, a word to its owner."""

from datetime import datetime

from bot.digests.closed import CLOSED
from bot.records.answers import Hit
from bot.store.deliveries import Delivery
from bot.store.subscriptions import Subscription
from handlers.services import Services
from handlers.views import club as club_views
from handlers.views import digest as digest_views
from handlers.views import followup
from handlers.views import subscriptions as views
from handlers.views.alarm import alarm
from handlers.views.digest import MOST_CARDS, Period
from handlers.views.message import Message


class Drawer:
    """Makes the message of a delivery from its records as stored now."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def __call__(self, delivery: Delivery) -> Message:
        """The message, with records as its workspace sees them.

        Raises StoreError, and LookupError for one whose subscription went.
        """
        with self._services.corrections.seen_by(delivery.workspace):
            return self._drawn(delivery)

    def _drawn(self, delivery: Delivery) -> Message:  # noqa: PLR0911 - one for each kind
        if "happening" in delivery.details:
            return self._told(delivery)
        if "club" in delivery.details:
            return self._of_club(delivery)
        if "alarm" in delivery.details:
            text, is_over = str(delivery.details["alarm"]), bool(delivery.details["over"])
            return alarm(text, is_over=is_over)
        if delivery.subscription is None:
            raise LookupError(f"delivery {delivery.id} is of no subscription")
        subscription = self._services.store.subscriptions.get(delivery.subscription)
        if subscription is None:
            raise LookupError(f"the subscription of delivery {delivery.id} is not stored")
        if "set_up_by" in delivery.details:
            return views.set_up(subscription, str(delivery.details["set_up_by"]))
        if "back_since" in delivery.details:
            since = datetime.fromisoformat(str(delivery.details["back_since"]))
            return views.back(subscription, since)
        if delivery.kind == "notice":
            trouble = str(delivery.details.get("trouble", ""))
            return views.closed(subscription, trouble, CLOSED.get(trouble, "Ask my operator."))
        return self.digest(subscription, delivery)

    def _of_club(self, delivery: Delivery) -> Message:
        """The paper of a journal club's day, or a word to who set the club up."""
        stores, club_id = self._services.store, str(delivery.details["club"])
        club = stores.clubs.get(club_id)
        if club is None:
            raise LookupError(f"the club of delivery {delivery.id} is not stored")
        if trouble := delivery.details.get("trouble"):
            return club_views.closed(club, str(trouble), CLOSED.get(str(trouble), ""))
        found = stores.clubs.meeting(delivery.id)
        record = stores.get(found[1].record_id) if found else None
        return club_views.post(club, found[1] if found else None, record)

    def digest(self, subscription: Subscription, delivery: Delivery) -> Message:
        """A digest, its heading, or the cards in its thread."""
        period = self._period(subscription, delivery, offset=0)
        if subscription.form == "message":
            return digest_views.digest(
                subscription, period, self._hits(subscription, delivery.records, 0)
            )
        if not delivery.details.get("cards"):
            return digest_views.head(subscription, period)
        return digest_views.body(
            subscription, period, self._hits(subscription, delivery.records, 0)
        )

    def _told(self, delivery: Delivery) -> Message:
        """What became known of a work; the record as stored now."""
        details = delivery.details
        records = self._services.store.get_many(delivery.records)
        if not records:
            raise LookupError(f"the record of delivery {delivery.id} is not stored")
        notice, source = details.get("notice"), details.get("source")
        news = followup.News(
            kind=str(details["happening"]),
            at=datetime.fromisoformat(str(details["at"])),
            notice=notice if isinstance(notice, str) else None,
            source=source if isinstance(source, str) else None,
        )
        named = details.get("cited_by")
        citing = self._services.store.get_many(named) if isinstance(named, list) else ()
        in_thread = delivery.thread is not None
        return followup.told(records[0], news, in_thread=in_thread, cited_by=citing)

    def outdated(self, delivery: Delivery) -> Delivery | None:
        """The post with cards that lack what this delivery reports of a work."""
        original = delivery.details.get("answers")
        if "happening" not in delivery.details or not isinstance(original, str):
            return None
        deliveries = self._services.store.deliveries
        heading = deliveries.get(original)
        return deliveries.by_key(f"{heading.key}:cards") or heading if heading else None

    def more(self, delivery: Delivery, offset: int) -> Message:
        """The next records of a digest that was posted, from `offset` on. Raises LookupError."""
        subscription = self._services.store.subscriptions.get(delivery.subscription or "")
        if subscription is None:
            raise LookupError(f"the subscription of delivery {delivery.id} is not stored")
        period = self._period(subscription, delivery, offset)
        return digest_views.body(
            subscription, period, self._hits(subscription, delivery.records, offset)
        )

    def coming(self, subscription: Subscription) -> Message:
        """What the next digest would bring if it were posted now."""
        found = self._services.subscriptions.coming(subscription)
        ids = tuple(match.record_id for match in found.matches)
        period = Period(
            delivery="",
            since=subscription.since,
            until=self._services.now(),
            total=len(ids),
        )
        return digest_views.digest(subscription, period, self._hits(subscription, ids, 0))

    def _period(self, subscription: Subscription, delivery: Delivery, offset: int) -> Period:
        opinions = [o for _, o in self._services.store.subscriptions.opinions(subscription.id)]
        reason = delivery.details.get("reason")
        return Period(
            delivery=delivery.id,
            since=datetime.fromisoformat(str(delivery.details["since"])),
            until=delivery.created,
            total=len(delivery.records),
            offset=offset,
            reason=reason if isinstance(reason, str) else None,
            learnt=(opinions.count("save"), opinions.count("not_relevant")),
        )

    def _hits(
        self, subscription: Subscription, ids: tuple[str, ...], offset: int
    ) -> tuple[Hit, ...]:
        """The cards' records, each with why it matched; one that went since is left out."""
        services = self._services
        with services.corrections.seen_by(subscription.workspace):
            records = services.store.get_many(ids[offset : offset + MOST_CARDS])
            return services.search.explained(services.watches.query(subscription.watch), records)
