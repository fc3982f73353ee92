"""The statements of the inbox."""

from bot.store.statements.leases import CLAIMED, GIVEN_BACK, IS_HELD, free

_COLUMNS = "number, workspace, key, at, body, answer, sent, uncertain, repeats, attempt"

# What is known for days is not taken again, whatever became of it.
SEE = "INSERT INTO events_seen (workspace, event_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

TAKE = f"""
INSERT INTO inbox (workspace, key, at, state, body, owner, lease_until)
VALUES (:workspace, :key, :now, 'open', :body, :owner, :until)
RETURNING {_COLUMNS}
"""  # noqa: S608

FREE = f"""
SELECT i.number FROM inbox AS i
WHERE i.state = 'open' AND {free("i", "i.workspace", "'inbox'")}
ORDER BY i.number LIMIT 1
"""  # noqa: S608

CLAIM = f"UPDATE inbox SET {CLAIMED} WHERE number = :number RETURNING {_COLUMNS}"  # noqa: S608

# Also after the lease has run out, as long as no other has claimed it.
KEEP = """
UPDATE inbox SET lease_until = :until
WHERE state = 'open' AND owner = :owner
    AND number IN (SELECT CAST(value AS BIGINT) FROM json_each(:numbers))
"""

# What is sent while an earlier call is unaccounted for is counted.
SENDING = f"""
UPDATE inbox SET answer = :answer, repeats = repeats + uncertain, uncertain = 1
WHERE number = :number AND state = 'open' AND {IS_HELD}
RETURNING repeats
"""  # noqa: S608

ACCOUNTED = f"""
UPDATE inbox SET uncertain = 0, sent = :sent WHERE number = :number AND {IS_HELD}
"""  # noqa: S608

FORGET = f"DELETE FROM inbox WHERE number = :number AND {IS_HELD}"  # noqa: S608

# Its answer may have to be shown yet: see KEPT.
CLOSE = f"""
UPDATE inbox SET state = 'repeated', reason = NULL, sent = '[]', uncertain = 0, {GIVEN_BACK}
WHERE number = :number AND {IS_HELD}
"""  # noqa: S608

# An answer of which a person was asked whether it arrived.
KEPT = "SELECT answer FROM inbox WHERE workspace = ? AND key = ? AND answer IS NOT NULL"

PUT_OFF = f"""
UPDATE inbox
SET {GIVEN_BACK}, not_before = :not_before, reason = :reason, uncertain = uncertain * :uncertain
WHERE number = :number AND state = 'open' AND {IS_HELD}
"""  # noqa: S608

# What is being answered for the first time keeps nobody waiting yet.
_WAITS = "state = 'open' AND (owner IS NULL OR attempt > 1)"

STANDING = f"""
SELECT count(*) FILTER (WHERE {_WAITS}), min(at) FILTER (WHERE {_WAITS}),
    coalesce(sum(repeats), 0), count(*) FILTER (WHERE state = 'given_up')
FROM inbox WHERE :workspace IS NULL OR workspace = :workspace
"""  # noqa: S608

# What still waits after so long is given up with a trace: nobody waits for that answer.
GIVE_UP = """
UPDATE inbox SET state = 'given_up', body = NULL, answer = NULL, reason = 'too old'
WHERE state = 'open' AND at < ?
"""

FORGET_ANSWERS = "UPDATE inbox SET body = NULL, answer = NULL WHERE state <> 'open' AND at < ?"

FORGET_CLOSED = "DELETE FROM inbox WHERE state <> 'open' AND at < ?"
