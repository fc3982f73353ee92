"""How Slack reaches the bot under the settings, and whether its tokens are of their kinds."""

from enum import StrEnum

from bot.errors import SettingsError
from bot.settings import Settings


class SlackMode(StrEnum):
    """How Slack reaches the bot."""

    SOCKET = "socket"
    HTTP = "http"


def slack_mode(settings: Settings) -> SlackMode:
    """How `tme serve` talks to Slack. Raises SettingsError naming what is missing."""
    if settings.serves_many:
        return _mode_for_many(settings)
    if settings.slack_bot_token is None:
        raise SettingsError(
            "SLACK_BOT_TOKEN is not set.",
            "Set it to the bot token (xoxb-…) of the app, or run `tme demo` without Slack.",
        )
    if settings.slack_app_token is not None:
        return SlackMode.SOCKET
    if settings.slack_signing_secret is not None:
        return SlackMode.HTTP
    raise SettingsError(
        "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.",
        "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.",
    )


def _mode_for_many(settings: Settings) -> SlackMode:
    """Installing needs an address of the bot's, so the rest is heard there too."""
    if settings.slack_bot_token is not None:
        raise SettingsError(
            "Both SLACK_BOT_TOKEN and SLACK_CLIENT_ID are set.",
            "Keep the first for one workspace, or the second for any number that install it.",
        )
    needed = {
        "SLACK_CLIENT_SECRET": settings.slack_client_secret,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "TME_TOKEN_KEYS": settings.token_keys,
    }
    if missing := [name for name, value in needed.items() if value is None]:
        raise SettingsError(
            f"SLACK_CLIENT_ID is set, but not {', '.join(missing)}.",
            "Installing by many workspaces takes them all, and listens for HTTP.",
        )
    return SlackMode.HTTP


def check_tokens(settings: Settings) -> None:
    """Raises SettingsError for a token of another kind: the two are easily swapped."""
    kinds = (
        ("SLACK_BOT_TOKEN", settings.slack_bot_token, ("xoxb-", "xoxe."), "OAuth & Permissions"),
        ("SLACK_APP_TOKEN", settings.slack_app_token, ("xapp-",), "Basic Information"),
    )
    for name, token, begins, page in kinds:
        if token is not None and not token.get_secret_value().startswith(begins):
            raise SettingsError(
                f"{name} does not begin with {begins[0]}: it is no token of that kind.",
                f"Copy it again from the page {page} of the app's settings at Slack.",
            )
