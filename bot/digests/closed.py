"""Why a channel is closed to the bot, in Slack's words, and the one thing to do about each."""

NOT_INSTALLED = "not_installed"
_AGAIN = "Ask my operator to install the app again."
CLOSED = {
    "not_in_channel": "Type `/invite` and my name in that channel.",
    "channel_not_found": "If it still exists, type `/invite` and my name in that channel.",
    "is_archived": "Unarchive the channel, or move the subscription to another one.",
    "restricted_action": "Let me post there in the channel's settings.",
    "account_inactive": _AGAIN,
    "invalid_auth": _AGAIN,
    "not_authed": "Ask my operator to set my bot token.",
    "token_revoked": _AGAIN,
    "token_expired": _AGAIN,
    NOT_INSTALLED: _AGAIN,
    "missing_scope": "Ask my operator to install the app again with the scope chat:write.",
}
# Those of them that end when the app is installed again.
NO_TOKEN = frozenset(word for word, hint in CLOSED.items() if hint == _AGAIN)
