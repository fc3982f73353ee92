"""The workspaces that installed the bot, each with its sealed tokens, and installs under way."""

from sqlite_utils import Database

# `workspace` as everywhere; of an organisation as a whole its second part is empty. `sealed` is
# NULL once the installation has ended.
_INSTALLATIONS = """
CREATE TABLE installations (
    workspace TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    bot_id TEXT NOT NULL,
    bot_user TEXT NOT NULL,
    by TEXT NOT NULL,
    at TEXT NOT NULL,
    expires TEXT,
    sealed BLOB,
    ended TEXT
) WITHOUT ROWID
"""
# Of a state only its digest is kept: who reads the file cannot finish somebody's install.
_STATES = "CREATE TABLE install_states (digest TEXT NOT NULL PRIMARY KEY, until TEXT NOT NULL)"


def m0018_installations(db: Database) -> None:
    """Make the tables; the workspace of SLACK_BOT_TOKEN has no row in them."""
    for statement in (_INSTALLATIONS, _STATES):
        db.execute(statement)
