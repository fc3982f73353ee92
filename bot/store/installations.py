"""The store area of installations: which workspaces installed the bot, and its sealed tokens.

What is sealed, and with what, is its callers' matter (`bot.store.sealing`); nothing readable of a
token is in the database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.store.audit import AuditStore
from bot.store.connections import Connections, Database
from bot.store.moments import moment_of, text_of
from bot.store.people import FORMER
from bot.store.statements.workspaces import DELETE

_COLUMNS = "workspace, name, scopes, bot_id, bot_user, by, at, expires, sealed, ended"
_SAVE = f"""
INSERT INTO installations ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (workspace) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", "))}
"""  # noqa: S608 - names of columns
# Its own installation goes before that of the whole organisation. Not everything that Slack sends
# names the organisation, and the id of a workspace is unique without.
_FIND = f"""
SELECT {_COLUMNS} FROM installations
WHERE sealed IS NOT NULL
    AND (workspace = :organisation || '/' AND :organisation <> ''
        OR substr(workspace, instr(workspace, '/') + 1) = :team AND :team <> '')
ORDER BY length(workspace) DESC LIMIT 1
"""  # noqa: S608
_ALL = f"SELECT {_COLUMNS} FROM installations ORDER BY workspace"  # noqa: S608
_END = """
UPDATE installations SET sealed = NULL, expires = NULL, ended = :why
WHERE workspace = :workspace AND sealed IS NOT NULL AND at <= :at
"""
_RENEW = "UPDATE installations SET sealed = ?, expires = ? WHERE workspace = ? AND sealed = ?"


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation; `workspace` of an organisation as a whole ends with its slash.

    `sealed` is None once it has `ended`, which is Slack's word for how; `expires` is None for a
    token that does not. `by` is who installed it.
    """

    workspace: str
    name: str
    scopes: tuple[str, ...]
    bot_id: str
    bot_user: str
    by: str
    at: datetime
    expires: datetime | None
    sealed: bytes | None
    ended: str | None = None


class InstallationStore:
    """Installations. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections, audit: AuditStore) -> None:
        self._connections = connections
        self._audit = audit

    def save(self, new: Installation) -> None:
        """Write down an installation, in place of an earlier one of the same workspace."""
        expires = text_of(new.expires) if new.expires else None
        values = [
            new.workspace, new.name, ",".join(new.scopes), new.bot_id, new.bot_user, new.by,
            text_of(new.at), expires, new.sealed, new.ended,
        ]  # fmt: skip
        with self._connections.writing() as db:
            db.execute(_SAVE, values)
            self._note(db, new.workspace, "installed", new.by)

    def find(self, workspace: str) -> Installation | None:
        """What stands for a workspace now: its own installation, or its organisation's."""
        organisation, _, team = workspace.partition("/")
        with self._connections.reading() as db:
            row = db.execute(_FIND, {"organisation": organisation, "team": team}).fetchone()
        return _installation(row) if row else None

    def all(self) -> Sequence[Installation]:
        """Every installation, also those that ended."""
        with self._connections.reading() as db:
            return [_installation(row) for row in db.execute(_ALL)]

    def end(self, workspace: str, why: str, at: datetime) -> bool:
        """Forget the tokens of an installation made by then; whether there was one."""
        values = {"workspace": workspace, "why": why, "at": text_of(at)}
        with self._connections.writing() as db:
            if db.execute(_END, values).rowcount != 1:
                return False
            self._note(db, workspace, f"ended: {why}")
            return True

    def renew(self, old: Installation, sealed: bytes, expires: datetime | None) -> bool:
        """Write new tokens over these; False where another process did, or it has ended."""
        until = text_of(expires) if expires else None
        with self._connections.writing() as db:
            values = [sealed, until, old.workspace, old.sealed]
            return db.execute(_RENEW, values).rowcount == 1

    def reseal(self, again: Callable[[bytes], bytes]) -> int:
        """Seal every token anew; how many. Raises what `again` raises, and then changes none."""
        with self._connections.writing() as db:
            rows = db.execute(
                "SELECT workspace, sealed FROM installations WHERE sealed IS NOT NULL"
            ).fetchall()
            for workspace, sealed in rows:
                values = [again(sealed), workspace]
                db.execute("UPDATE installations SET sealed = ? WHERE workspace = ?", values)
        return len(rows)

    def forget(self, workspace: str) -> None:
        """Delete all that is kept of a workspace; what it imported is undone before."""
        names = {"workspace": workspace, "former": FORMER}
        with self._connections.writing() as db:
            for statement in DELETE:
                db.execute(statement, names)
            self._note(db, "-", "all that was kept of a workspace was deleted")

    def begin(self, digest: str, until: datetime) -> None:
        """Write down that somebody began to install, by a digest of what they will prove."""
        with self._connections.writing() as db:
            db.execute("INSERT INTO install_states VALUES (?, ?)", [digest, text_of(until)])

    def finish(self, digest: str, now: datetime) -> bool:
        """Whether an install was begun with this and is not too late; it counts once."""
        with self._connections.writing() as db:
            row = db.execute(
                "DELETE FROM install_states WHERE digest = ? RETURNING until", [digest]
            ).fetchone()
        return row is not None and now <= datetime.fromisoformat(row[0])

    def _note(self, db: Database, workspace: str, what: str, who: str | None = None) -> None:
        of = None if workspace == "-" else workspace
        self._audit.note(db, "workspace", workspace, what, workspace=of, who=who)


def forget_old(db: Database, now: datetime) -> None:
    """Forget installs that were begun and not finished, in the caller's transaction."""
    db.execute("DELETE FROM install_states WHERE until < ?", [text_of(now)])


def _installation(row: Sequence[object]) -> Installation:
    workspace, name, scopes, bot_id, bot_user, by, at, expires, sealed, ended = row
    return Installation(
        workspace=str(workspace),
        name=str(name),
        scopes=tuple(filter(None, str(scopes).split(","))),
        bot_id=str(bot_id),
        bot_user=str(bot_user),
        by=str(by),
        at=datetime.fromisoformat(str(at)),
        expires=moment_of(expires if isinstance(expires, str) else None),
        sealed=sealed if isinstance(sealed, bytes) else None,
        ended=ended if isinstance(ended, str) else None,
    )
