"""A work as Slack's Work Object: under a pasted link, and opened in the pane beside it.

Slack draws these itself, as plain text (https://docs.slack.dev/messaging/work-objects).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.metadata import (
    ContentItemEntityFields,
    EntityAttributes,
    EntityCustomField,
    EntityMetadata,
    EntityPayload,
    EntityStringField,
    EntityTitle,
    EntityUserIDField,
    ExternalRef,
)

from bot.records.models import Record
from bot.store.shares import Share
from bot.text.markup import plain
from handlers.views import integrity, wording
from handlers.views.mrkdwn import is_user, shorten

KIND = "slack#/entities/content_item"
_LONGEST_ABSTRACT = 2_000
_LONGEST_FIELD = 300


def entity(record: Record, address: str) -> dict[str, Any]:
    """What is under a link: `address` as it was pasted."""
    return _entity(record, address, list(_known(record)), None)


def opened(
    record: Record,
    address: str,
    shares: Sequence[tuple[str, Share]],
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What the pane shows: also the abstract, why it is of the field, and who shared it.

    `shares` are channels of the reader's, each with who shared it there last; `labels` are those of
    concepts by their ids.
    """
    why = {tag.concept: f"“{tag.words}” ({tag.field})" for tag in reversed(record.concepts)}
    shown = [f"{wording.spoken(concept, labels)}: {words}" for concept, words in why.items()]
    reasons = [_field("why", "Tagged for", " · ".join(reversed(shown)))] if shown else []
    shared = (field for each in shares for field in _share(*each))
    fields = [*_known(record), *reasons, *shared]
    return _entity(record, address, fields, record.abstract or "No abstract.")


def _entity(
    record: Record, address: str, fields: list[EntityCustomField], text: str | None
) -> dict[str, Any]:
    banner = integrity.banner(record)
    title = shorten(wording.title(record), _LONGEST_FIELD)
    about = EntityStringField(value=shorten(plain(text or ""), _LONGEST_ABSTRACT), long=True)
    made = EntityMetadata(
        entity_type=KIND,
        url=wording.doi_address(record) or wording.home(record) or address,
        app_unfurl_url=address,
        external_ref=ExternalRef(id=record.id),
        entity_payload=EntityPayload(
            attributes=EntityAttributes(
                title=EntityTitle(text=f"{banner} · {title}" if banner else title),
                display_type="Paper",
                product_name="TME",
            ),
            fields=ContentItemEntityFields(description=about) if text else None,
            custom_fields=[*fields],
        ),
    )
    return made.to_dict()


def _known(record: Record) -> Iterator[EntityCustomField]:
    """Only what is known of it; its status where it was checked."""
    known = (
        ("authors", "Authors", wording.byline(record)),
        ("place", "Published in", wording.place(record)),
        ("date", "Date", wording.dated(record)),
        ("kind", "Type", wording.kind(record)),
        ("access", "Access", wording.access(record)),
        ("status", "Retraction", integrity.retraction(record)),
    )
    for key, label, value in known:
        if value:
            yield _field(key, label, value)


def _share(channel: str, share: Share) -> Iterator[EntityCustomField]:
    """Slack writes the names of a channel and of a person from their ids."""
    day = wording.day(share.at)
    yield EntityCustomField(
        key=f"in_{channel}", label="Shared in", type="slack#/types/channel_id", value=channel
    )
    if is_user(share.user):
        by = EntityUserIDField(user_id=share.user)
        yield EntityCustomField(
            key=f"by_{channel}", label=f"on {day} by", type="slack#/types/user", user=by
        )
    else:
        yield _field(f"by_{channel}", "on", day)


def _field(key: str, label: str, value: str) -> EntityCustomField:
    return EntityCustomField(
        key=key, label=label, type="string", value=shorten(value, _LONGEST_FIELD)
    )
