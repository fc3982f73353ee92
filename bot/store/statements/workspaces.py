"""How all that is kept of a workspace is deleted, in this order. `:workspace` is the workspace."""

_DELIVERIES = "SELECT id FROM deliveries WHERE workspace = :workspace"
_SUBSCRIPTIONS = "SELECT id FROM subscriptions WHERE workspace = :workspace"

DELETE = (
    f"DELETE FROM second_posts WHERE delivery IN ({_DELIVERIES})",  # noqa: S608 - our own words
    f"DELETE FROM second_looks WHERE delivery IN ({_DELIVERIES})",  # noqa: S608
    f"DELETE FROM club_votes WHERE delivery IN ({_DELIVERIES})",  # noqa: S608
    f"DELETE FROM club_meetings WHERE delivery IN ({_DELIVERIES})",  # noqa: S608
    f"DELETE FROM opinions WHERE subscription IN ({_SUBSCRIPTIONS})",  # noqa: S608
    *(
        f"DELETE FROM {table} WHERE workspace = :workspace"  # noqa: S608
        for table in (
            "clubs", "works_posted", "deliveries", "subscription_changes", "subscriptions",
            "reading_lists", "tag_corrections", "reports", "conversations", "events_seen",
            "inbox", "deeds", "shares", "quiet_channels", "pace", "audit", "brought",
            "installations", "person_settings", "greeted", "uses", "stated",
        )
    ),
    "DELETE FROM audit WHERE json_extract(before, '$.workspace') = :workspace",
    # What was shared with everybody stays, without who brought it.
    """
    UPDATE imports SET workspace = NULL, by = :former WHERE workspace = :workspace
        AND shared_at IS NOT NULL AND undone_at IS NULL
    """,
    "DELETE FROM imports WHERE workspace = :workspace",
)  # fmt: skip
