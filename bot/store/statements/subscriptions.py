"""The statements of subscriptions."""

_COLUMNS = """
id, workspace, channel, kind, query, wanted, said, cadence, at, zone, weekday, day, form,
when_empty, state, paused_until, trouble, seen, since, due, version, created_by, created_at,
changed_by, changed_at
"""

INSERT = """
INSERT INTO subscriptions
    (id, workspace, channel, kind, query, wanted, said, cadence, at, zone, weekday, day, form,
     when_empty, state, seen, since, due, version, created_by, created_at, changed_by, changed_at)
VALUES
    (:id, :workspace, :channel, :kind, :query, :wanted, :said, :cadence, :at, :zone, :weekday,
     :day, :form, :when_empty, 'active',
     CASE :kind WHEN 'record' THEN (SELECT coalesce(max(sequence), 0) FROM happenings)
     ELSE (SELECT coalesce(max(number), 0) FROM arrivals) END, :now,
     :due, 1, :who, :now, :who, :now)
"""

GET = f"SELECT {_COLUMNS} FROM subscriptions WHERE id = ?"  # noqa: S608 - names of columns only

OF = f"""
SELECT {_COLUMNS} FROM subscriptions
WHERE workspace = ?1 AND (channel = ?2 OR channel = ?3 OR created_by = ?3) AND state <> 'stopped'
ORDER BY created_at, id
"""  # noqa: S608

EVERYTHING = f"""
SELECT {_COLUMNS} FROM subscriptions
WHERE state <> 'stopped' AND (:workspace IS NULL OR workspace = :workspace)
ORDER BY created_at, id
"""  # noqa: S608

OF_RECORDS = f"""
SELECT {_COLUMNS} FROM subscriptions
WHERE kind = 'record' AND wanted IN (SELECT value FROM json_each(?)) AND state <> 'stopped'
ORDER BY created_at, id
"""  # noqa: S608

CHANGE = """
UPDATE subscriptions SET
    channel = :channel, kind = :kind, query = :query, wanted = :wanted, said = :said,
    cadence = :cadence, at = :at, zone = :zone, weekday = :weekday, day = :day, form = :form,
    when_empty = :when_empty, due = :due, version = version + 1, changed_by = :who,
    changed_at = :now
WHERE id = :id AND version = :version AND state <> 'stopped'
"""

PAUSE = """
UPDATE subscriptions SET state = 'paused', paused_until = :until, trouble = :trouble,
    version = version + 1, changed_by = :who, changed_at = :now
WHERE id = :id AND state = 'active'
"""

RESUME = """
UPDATE subscriptions SET state = 'active', paused_until = NULL, trouble = NULL,
    version = version + 1, changed_by = :who, changed_at = :now
WHERE id = :id AND state = 'paused'
"""

STOP = """
UPDATE subscriptions SET state = 'stopped', paused_until = NULL, trouble = NULL,
    version = version + 1, changed_by = :who, changed_at = :now
WHERE id = :id AND state <> 'stopped'
"""

NOTE = """
INSERT INTO subscription_changes (workspace, subscription, at, who, what)
SELECT workspace, id, :now, :who, :what FROM subscriptions WHERE id = :id
"""

CHANGES = "SELECT at, who, what FROM subscription_changes WHERE subscription = ? ORDER BY number"

DUE = f"""
SELECT {_COLUMNS} FROM subscriptions
WHERE state = 'active' AND due <= ? AND NOT EXISTS (
    SELECT 1 FROM deliveries
    WHERE deliveries.subscription = subscriptions.id AND deliveries.kind = 'digest'
        AND deliveries.state IN ('pending', 'doubtful'))
ORDER BY due, id LIMIT ?
"""  # noqa: S608

# Those whose time is further away than their schedule can be: see `Schedule.latest_after`, whose
# moments come as a JSON object by cadence.
AHEAD = f"""
SELECT {_COLUMNS} FROM subscriptions
WHERE state = 'active' AND kind <> 'record' AND due > :soonest
    AND due > (SELECT value FROM json_each(:latest) WHERE key = cadence)
ORDER BY id
"""  # noqa: S608

PUT_RIGHT = """
UPDATE subscriptions SET due = ?, version = version + 1 WHERE id = ? AND version = ?
"""

PAUSED_PAST = f"""
SELECT {_COLUMNS} FROM subscriptions WHERE state = 'paused' AND paused_until <= ?
ORDER BY paused_until, id
"""  # noqa: S608

TROUBLED = f"""
SELECT {_COLUMNS} FROM subscriptions WHERE state = 'paused' AND trouble IS NOT NULL ORDER BY id
"""  # noqa: S608

ARRIVALS = """
SELECT number, record_id FROM arrivals
WHERE number > ? AND EXISTS (SELECT 1 FROM records WHERE records.id = record_id)
ORDER BY number LIMIT ?
"""

CAME_SINCE = """
SELECT id, first_seen FROM records WHERE first_seen > ? ORDER BY first_seen DESC LIMIT ?
"""

CARRIERS_SINCE = """
SELECT count(DISTINCT record_id) FROM identifiers JOIN records ON records.id = record_id
WHERE scheme = ? AND value = ? AND first_seen > ?
"""

LAST_HAPPENING = "SELECT coalesce(max(sequence), 0) FROM happenings"

LAST_ARRIVAL = "SELECT coalesce(max(number), 0) FROM arrivals"

POSTED_KEYS = """
SELECT key FROM works_posted
WHERE workspace = ? AND channel = ? AND key IN (SELECT value FROM json_each(?))
"""

POST_WORK = """
INSERT INTO works_posted (workspace, channel, key, record_id, delivery) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""

# Only from the subscription as it was when its period was decided. One whose channel is closed is
# decided too, to see whether it has opened.
MOVE_ON = """
UPDATE subscriptions SET seen = :up_to, since = :now, due = :next_due, version = version + 1
WHERE id = :id AND version = :version
    AND (state = 'active' OR (state = 'paused' AND trouble IS NOT NULL))
"""

# No one may be about to send it.
WITHDRAW = """
UPDATE deliveries SET state = 'withdrawn', owner = NULL, lease_until = NULL
WHERE id = :id AND kind = 'digest' AND state IN ('pending', 'refused') AND uncertain = 0
    AND owner IS NULL
"""

# What a pause delayed; an answer in the thread of a digest is still reported.
WITHDRAW_HELD = """
UPDATE deliveries SET state = 'withdrawn'
WHERE subscription = ? AND kind IN ('follow-up', 'notice') AND answers IS NULL
    AND state = 'pending' AND uncertain = 0 AND owner IS NULL
"""

WITHDRAW_ANSWERS = """
UPDATE deliveries SET state = 'withdrawn', key = key || ' withdrawn ' || id
WHERE answers = ? AND state = 'pending'
"""

MOVE_BACK = """
UPDATE subscriptions SET seen = :seen, since = :since, due = :due, version = version + 1
WHERE id = :id
"""

OPINE = """
INSERT INTO opinions (subscription, record_id, who, opinion, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (subscription, record_id, who) DO UPDATE SET opinion = excluded.opinion,
    at = excluded.at
"""
