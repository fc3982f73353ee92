"""The statements of the outbox."""

from bot.store.statements.leases import CLAIMED, GIVEN_BACK, IS_HELD, IS_LEASED, free

_COLUMNS = """
d.id, d.key, d.workspace, d.kind, d.subscription, d.channel, original.posted_in, original.ts,
d.due, d.records, d.details, d.state, d.attempt, d.uncertain, d.first_sent, d.reason, d.posted_in,
d.ts, d.created_at
"""

_FROM = "FROM deliveries AS d LEFT JOIN deliveries AS original ON original.id = d.answers"

INSERT = """
INSERT INTO deliveries
    (id, key, workspace, kind, subscription, channel, answers, due, records, details, state,
     reason, created_at)
VALUES
    (:id, :key, :workspace, :kind, :subscription, :channel, :answers, :due, :records, :details,
     :state, :reason, :now)
ON CONFLICT (key) DO NOTHING
"""

GET = f"SELECT {_COLUMNS} {_FROM} WHERE d.id = ?"

# What is reported of a record that is followed waits while the following is paused by a person; in
# the thread of a post, and where only the channel was closed, it does not.
_PAUSED = """
d.kind = 'follow-up' AND d.answers IS NULL AND EXISTS (
    SELECT 1 FROM subscriptions AS s
    WHERE s.id = d.subscription AND s.state = 'paused' AND s.trouble IS NULL)
"""

# The delivery due longest that is not leased and nothing delays.
FREE = f"""
SELECT d.id FROM deliveries AS d
WHERE d.state = 'pending' AND {free("d", "d.workspace", "'', d.channel")}
    AND (d.answers IS NULL
         OR EXISTS (SELECT 1 FROM deliveries AS o WHERE o.id = d.answers AND o.state = 'posted'))
    AND NOT ({_PAUSED})
ORDER BY d.due, d.number LIMIT 1
"""  # noqa: S608

CLAIM = f"UPDATE deliveries SET {CLAIMED} WHERE id = :id"  # noqa: S608

START = f"""
UPDATE deliveries
SET uncertain = 1, lease_until = :until, first_sent = coalesce(first_sent, :now)
WHERE id = :id AND state = 'pending' AND {IS_LEASED}
"""  # noqa: S608

# A worker that knows where it is may report it, also after losing the claim: it is the truth.
CONFIRM = f"""
UPDATE deliveries
SET state = 'posted', posted_in = :channel, ts = :ts, posted_at = :now, reason = NULL,
    uncertain = 0, {GIVEN_BACK}, not_before = NULL
WHERE id = :id AND state IN ('pending', 'doubtful')
"""  # noqa: S608

# Also where looks had begun: they begin again, and one that is under way counts for nothing.
LOOK_AGAIN = f"""
INSERT INTO second_looks (delivery, state, not_before) VALUES (:id, 'open', :not_before)
ON CONFLICT (delivery) DO UPDATE SET
    state = 'open', seen = 0, tries = 0, not_before = :not_before, {GIVEN_BACK}
"""  # noqa: S608

UNACCOUNTED = """
SELECT 1 FROM deliveries AS d
WHERE d.id = :id
    AND (d.uncertain = 1 OR EXISTS (SELECT 1 FROM second_looks AS l WHERE l.delivery = d.id))
"""

# What is stored as the delivery is no second post, and what was found before stays as it is.
SECOND_POST = """
INSERT INTO second_posts (channel, ts, delivery, state, found_at)
SELECT :channel, :ts, id, 'open', :now FROM deliveries
WHERE id = :id AND (posted_in IS NOT :channel OR ts IS NOT :ts)
ON CONFLICT (channel, ts) DO NOTHING
"""

RELEASE = f"""
UPDATE deliveries
SET {GIVEN_BACK}, not_before = :not_before, reason = :reason, uncertain = :uncertain
WHERE id = :id AND state = 'pending' AND {IS_HELD}
"""  # noqa: S608

CLOSE = f"""
UPDATE deliveries
SET state = :state, reason = :reason, {GIVEN_BACK}, not_before = NULL,
    uncertain = CASE :state WHEN 'doubtful' THEN 1 ELSE 0 END
WHERE id = :id AND state = 'pending' AND {IS_HELD}
"""  # noqa: S608

SETTLE = """
UPDATE deliveries SET state = :state, uncertain = 0, posted_at = :posted_at, reason = NULL
WHERE id = :id AND state = 'doubtful'
"""

OF_SUBSCRIPTION = f"""
SELECT {_COLUMNS} {_FROM} WHERE d.subscription = ? ORDER BY d.number DESC LIMIT ?
"""

IN_STATE = f"""
SELECT {_COLUMNS} {_FROM} WHERE d.state = ? ORDER BY d.due, d.number LIMIT ?
"""

POSTS_OF = f"""
SELECT brought.record_id, {_COLUMNS} {_FROM}
JOIN (
    SELECT DISTINCT delivery, record_id FROM works_posted
    WHERE key IN (SELECT value FROM json_each(?))
) AS brought ON brought.delivery = d.id
WHERE d.state <> 'withdrawn' ORDER BY d.number, brought.record_id
"""  # noqa: S608

AT = f"""
SELECT {_COLUMNS} {_FROM} WHERE d.posted_in = ? AND d.ts = ? ORDER BY d.number DESC LIMIT 1
"""

BY_KEY = f"SELECT {_COLUMNS} {_FROM} WHERE d.key = ?"

FOLLOWED = "SELECT value FROM meta WHERE key = 'happenings_followed'"

# Another server may have come further meanwhile.
FOLLOW = """
INSERT INTO meta (key, value) VALUES ('happenings_followed', ?)
ON CONFLICT (key) DO UPDATE SET
    value = max(CAST(meta.value AS BIGINT), CAST(excluded.value AS BIGINT))
"""

# Kept next to the works that a place was informed of.
WAS_TOLD = """
SELECT 1 FROM works_posted
WHERE workspace = ? AND channel = ? AND key IN (SELECT value FROM json_each(?)) LIMIT 1
"""

TELL = """
INSERT INTO works_posted (workspace, channel, key, record_id, delivery) VALUES (?, ?, ?, ?, ?)
"""

OUTSTANDING = f"""
SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'doubtful'),
    count(*) FILTER (WHERE state = 'refused'), min(due) FILTER (WHERE state = 'pending')
FROM deliveries AS d
WHERE state IN ('pending', 'doubtful', 'refused') AND (:workspace IS NULL OR workspace = :workspace)
    AND NOT (state = 'pending' AND {_PAUSED})
"""  # noqa: S608

SECOND = """
SELECT count(*) FROM second_posts AS p JOIN deliveries AS d ON d.id = p.delivery
WHERE p.state = 'open' AND (:workspace IS NULL OR d.workspace = :workspace)
"""

TWICE = """
SELECT count(*) FROM deliveries AS d
WHERE d.id IN (SELECT delivery FROM second_posts WHERE state = 'refused'
               UNION SELECT delivery FROM second_looks WHERE state = 'unseen')
    AND (:workspace IS NULL OR d.workspace = :workspace)
"""
