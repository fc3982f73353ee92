"""What is kept of a person, by the kind of thing; and how it is deleted. `:user` is the person."""

# Roles are listed in words: "admins: U0ANN, U0BEN".
_IN_ROLES = "area = 'role' AND instr(what || coalesce(before, ''), ' ' || :user) > 0"

KEPT = {
    "list": """
        SELECT id, workspace, name, made_at FROM reading_lists
        WHERE :user IN (owner, made_by, coalesce(gone_by, ''))
    """,
    "saved": """
        SELECT list_id, record_id, note, added_at FROM reading_items
        WHERE :user IN (added_by, coalesce(gone_by, ''))
    """,
    "read": "SELECT item_id, at FROM reading_marks WHERE user = :user",
    "subscription": """
        SELECT id, workspace, channel, query, state, created_at FROM subscriptions
        WHERE :user IN (created_by, changed_by, channel)
    """,
    "change": """
        SELECT subscription, at, what FROM subscription_changes WHERE who = :user
    """,
    "opinion": "SELECT subscription, record_id, opinion, at FROM opinions WHERE who = :user",
    "correction": """
        SELECT id, workspace, record_id, concept, wrong, comment, at FROM tag_corrections
        WHERE :user IN (user, coalesce(undone_by, ''))
    """,
    "report": """
        SELECT id, workspace, record_id, kind, text, at FROM reports
        WHERE :user IN (user, coalesce(closed_by, ''))
    """,
    "import": """
        SELECT number, workspace, file, at FROM imports
        WHERE :user IN (by, coalesce(shared_by, ''), coalesce(undone_by, ''))
    """,
    "thread": """
        SELECT workspace, channel, query, at FROM conversations
        WHERE thread = '@' || :user OR channel = :user
    """,
    "request": """
        SELECT number, workspace, at, state FROM inbox
        WHERE instr(body, :user) > 0 OR instr(answer, :user) > 0
    """,
    "deed": "SELECT workspace, deed, at FROM deeds WHERE user = :user",
    "link": "SELECT workspace, channel, record_id, at FROM shares WHERE user = :user",
    "setting": "SELECT workspace, name, value FROM person_settings WHERE user = :user",
    "greeted": "SELECT workspace, at FROM greeted WHERE place = :user",
    "club": """
        SELECT id, workspace, channel, name, state FROM clubs
        WHERE created_by = :user OR :user IN (SELECT value FROM json_each(presenters))
    """,
    "presented": "SELECT club, record_id, due FROM club_meetings WHERE presenter = :user",
    "vote": "SELECT delivery, reaction FROM club_votes WHERE user = :user",
    "quiet": "SELECT workspace, channel, at FROM quiet_channels WHERE who = :user",
    "installation": "SELECT workspace, name, at FROM installations WHERE by = :user",
    "message": """
        SELECT id, workspace, kind, due, state FROM deliveries
        WHERE :user IN (channel, coalesce(posted_in, '')) OR instr(details, '"' || :user || '"') > 0
    """,
    "audit": f"""
        SELECT number, at, area, thing, what FROM audit
        WHERE who = :user OR instr(before, '"' || :user || '"') > 0 OR {_IN_ROLES}
    """,  # noqa: S608 - our own words
}

_DIRECT = "SELECT channel FROM subscriptions WHERE created_by = :user AND channel LIKE 'D%'"

_IN_JSON = (
    """replace({0}, '"' || :user || '"', '"' || :former || '"')"""
    """ WHERE instr({0}, '"' || :user || '"') > 0"""
)

DELETE = (
    f"DELETE FROM conversations WHERE channel IN ({_DIRECT})",  # noqa: S608 - our own words
    "DELETE FROM conversations WHERE thread = '@' || :user OR channel = :user",
    "DELETE FROM reading_lists WHERE owner = :user",
    "DELETE FROM reading_marks WHERE user = :user",
    "UPDATE reading_lists SET made_by = :former WHERE made_by = :user",
    "UPDATE reading_lists SET gone_by = :former WHERE gone_by = :user",
    "UPDATE reading_items SET added_by = :former, note = '' WHERE added_by = :user",
    "UPDATE reading_items SET gone_by = :former WHERE gone_by = :user",
    "DELETE FROM opinions WHERE who = :user",
    "DELETE FROM inbox WHERE instr(body, :user) > 0 OR instr(answer, :user) > 0",
    "DELETE FROM deeds WHERE user = :user",
    "UPDATE shares SET user = :former WHERE user = :user",
    "DELETE FROM person_settings WHERE user = :user",
    "DELETE FROM greeted WHERE place = :user",
    "DELETE FROM club_votes WHERE user = :user",
    "UPDATE club_meetings SET presenter = :former WHERE presenter = :user",
    "UPDATE clubs SET created_by = :former WHERE created_by = :user",
    """
    UPDATE clubs SET version = version + 1, presenters = (
        SELECT json_group_array(value) FROM json_each(presenters) WHERE value <> :user
    ) WHERE :user IN (SELECT value FROM json_each(presenters))
    """,
    "UPDATE quiet_channels SET who = :former WHERE who = :user",
    "UPDATE subscription_changes SET who = :former WHERE who = :user",
    """
    UPDATE subscriptions SET state = 'stopped', query = '', wanted = '', said = ''
    WHERE channel = :user OR (created_by = :user AND channel LIKE 'D%')
    """,
    "UPDATE subscriptions SET created_by = :former WHERE created_by = :user",
    "UPDATE subscriptions SET changed_by = :former WHERE changed_by = :user",
    "UPDATE subscriptions SET channel = :former WHERE channel = :user",
    "UPDATE tag_corrections SET user = :former, comment = '' WHERE user = :user",
    "UPDATE tag_corrections SET undone_by = :former WHERE undone_by = :user",
    "DELETE FROM reports WHERE user = :user",
    "UPDATE reports SET closed_by = :former WHERE closed_by = :user",
    """
    UPDATE deliveries SET state = iif(state IN ('posted', 'quiet'), state, 'withdrawn'),
        channel = :former, records = '[]', details = '{}', key = id
    WHERE channel = :user
    """,
    "UPDATE deliveries SET posted_in = NULL WHERE posted_in = :user",
    # Who set up what a channel is told of, and presents there.
    f"UPDATE deliveries SET details = {_IN_JSON.format('details')}",  # noqa: S608
    "DELETE FROM works_posted WHERE channel = :user",
    "DELETE FROM pace WHERE channel = :user",
    "UPDATE installations SET by = :former WHERE by = :user",
    "UPDATE audit SET who = :former, before = NULL WHERE who = :user",
    f"UPDATE audit SET before = {_IN_JSON.format('before')}",  # noqa: S608
    f"""
    UPDATE audit SET before = NULL,
        what = rtrim(replace(what || ',', ' ' || :user || ',', ' ' || :former || ','), ',')
    WHERE {_IN_ROLES}
    """,  # noqa: S608
    # What a merge has put by is JSON in JSON.
    r"""
    UPDATE merges SET
        kept_was = replace(kept_was, '\"by\":\"' || :user || '\"', '\"by\":\"' || :former || '\"'),
        absorbed_was =
            replace(absorbed_was, '\"by\":\"' || :user || '\"', '\"by\":\"' || :former || '\"')
    """,
)

# Records that have something that the person brought: their bodies name them.
BROUGHT_BY = """
SELECT DISTINCT record_id FROM brought JOIN imports ON imports.number = brought.import
WHERE imports.by = :user
"""
UNNAMED = {
    table: f"""
    UPDATE {table} SET body = replace(body, '"by":"' || :user || '"', '"by":"' || :former || '"')
    WHERE {key} = :id
    """  # noqa: S608 - our own words
    for table, key in (("records", "id"), ("versions", "record_id"))
}
HASHED = "UPDATE records SET content_hash = ? WHERE id = ?"
IMPORTS_UNNAMED = """
UPDATE imports SET by = iif(by = :user, :former, by),
    shared_by = iif(shared_by = :user, :former, shared_by),
    undone_by = iif(undone_by = :user, :former, undone_by)
WHERE :user IN (by, shared_by, undone_by)
"""
