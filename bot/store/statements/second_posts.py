"""The statements of looks and second posts."""

from bot.store.statements.leases import CLAIMED, GIVEN_BACK, IS_HELD, IS_LEASED, free

FREE = f"""
SELECT l.delivery FROM second_looks AS l JOIN deliveries AS d ON d.id = l.delivery
WHERE l.state = 'open' AND d.state = 'posted'
    AND {free("l", "d.workspace", ":call", ":longest_look")}
ORDER BY l.not_before NULLS FIRST, l.delivery LIMIT 1
"""  # noqa: S608

CLAIM = f"""
UPDATE second_looks SET {CLAIMED} WHERE delivery = :id RETURNING attempt, seen, tries
"""  # noqa: S608

RENEW = f"UPDATE second_looks SET lease_until = :until WHERE delivery = :id AND {IS_LEASED}"  # noqa: S608

OPEN = "SELECT channel, ts FROM second_posts WHERE delivery = ? AND state = 'open' ORDER BY ts"

KEEP = f"""
UPDATE deliveries SET posted_in = :channel, ts = :ts
WHERE id = :id AND state = 'posted' AND EXISTS (
    SELECT 1 FROM second_looks WHERE delivery = :id AND {IS_HELD})
"""  # noqa: S608

KEPT = "UPDATE second_posts SET state = 'kept' WHERE channel = ? AND ts = ?"

TAKEN_BACK = """
UPDATE second_posts SET state = :state, reason = :reason
WHERE channel = :channel AND ts = :ts AND state IN ('open', 'refused')
"""

PUT_OFF = f"""
UPDATE second_looks
SET {GIVEN_BACK}, not_before = :not_before, tries = tries + 1, reason = :reason
WHERE delivery = :id AND {IS_HELD}
"""  # noqa: S608

DONE = f"""
UPDATE second_looks
SET {GIVEN_BACK}, not_before = :not_before, seen = seen + 1, tries = 0,
    reason = :reason, state = :state
WHERE delivery = :id AND {IS_HELD}
"""  # noqa: S608

LOOKS_LEFT = """
SELECT count(*) FROM second_looks AS l JOIN deliveries AS d ON d.id = l.delivery
WHERE l.state = 'open' AND d.state = 'posted'
"""

UNSETTLED = """
SELECT d.id, coalesce(d.posted_in, d.channel), p.channel, p.ts, coalesce(p.reason, '')
FROM second_posts AS p JOIN deliveries AS d ON d.id = p.delivery
WHERE p.state = 'refused' AND (:workspace IS NULL OR d.workspace = :workspace)
UNION ALL
SELECT d.id, coalesce(d.posted_in, d.channel), NULL, NULL, coalesce(l.reason, '')
FROM second_looks AS l JOIN deliveries AS d ON d.id = l.delivery
WHERE l.state = 'unseen' AND (:workspace IS NULL OR d.workspace = :workspace)
ORDER BY 1, 4
"""

SETTLE_POSTS = "UPDATE second_posts SET state = ? WHERE delivery = ? AND state = 'refused'"

SETTLE_LOOK = "UPDATE second_looks SET state = 'done' WHERE delivery = ? AND state = 'unseen'"

LOOK_AGAIN = """
UPDATE second_looks SET state = 'open', seen = 0, tries = 0, not_before = NULL WHERE delivery = ?
"""
