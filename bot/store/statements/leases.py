"""What the statements of every queue share: leases, waits and pace, on the machine's steady clock.

A row of a queue has `owner`, `lease_until`, `attempt` and `not_before`. A moment of the steady
clock that is further ahead than can be intended dates from before the machine was restarted. For a
lease that is more than its length: who claims has read the clock before it waited for the lock, and
meanwhile another may have taken a lease that ends later than its own would.
"""


def free(row: str, workspace: str, channels: str, longest: str = ":longest") -> str:
    """The condition that no one holds a row, and that no wait and no pace of these delays it."""
    return f"""
    ({row}.lease_until IS NULL OR {row}.lease_until <= :steady
        OR {row}.lease_until > :steady + :longest)
    AND ({row}.not_before IS NULL OR {row}.not_before <= :steady
        OR {row}.not_before > :steady + {longest})
    AND NOT EXISTS (
        SELECT 1 FROM pace WHERE pace.workspace = {workspace} AND pace.channel IN ({channels})
            AND pace.free_at > :steady AND pace.free_at <= :steady + :longest)
"""  # noqa: S608 - names of columns only


CLAIMED = "owner = :owner, lease_until = :until, attempt = attempt + 1"
GIVEN_BACK = "owner = NULL, lease_until = NULL"
# Only for who still holds this very attempt.
IS_HELD = "owner = :owner AND attempt = :attempt"
# And only while the lease lasts.
IS_LEASED = f"{IS_HELD} AND lease_until > :steady AND lease_until <= :steady + :lease"

# A later moment stays: Slack may have required a longer pause.
KEEP_PACE = """
INSERT INTO pace (workspace, channel, free_at) VALUES (:workspace, :channel, :free_at)
ON CONFLICT (workspace, channel) DO UPDATE SET free_at =
    CASE WHEN pace.free_at > :free_at AND pace.free_at <= :longest
        THEN pace.free_at ELSE excluded.free_at END
"""
