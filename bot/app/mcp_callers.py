"""Who asks the MCP server, and by which tokens; needs nothing of the extra `mcp`."""

from dataclasses import dataclass

from bot.errors import SettingsError

SHORTEST_TOKEN = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the workspace with its corrections, and the person; "" where nobody is named."""

    workspace: str = ""
    user: str = ""


NOBODY = Caller()


def callers(text: str) -> dict[str, Caller]:
    """The tokens of `TME_MCP_TOKENS`, each with its owner. Raises SettingsError.

    They stand with spaces between, as `TOKEN` or `TOKEN:/T0123:U0456`.
    """
    found = {}
    for each in text.split():
        token, _, owner = each.partition(":")
        workspace, _, user = owner.partition(":")
        if len(token) < SHORTEST_TOKEN or bool(workspace) is not bool(user):
            raise SettingsError(
                f"TME_MCP_TOKENS has a token that cannot be used ({len(token)} characters).",
                f"Write TOKEN or TOKEN:/T0123:U0456, the token of {SHORTEST_TOKEN} or more.",
            )
        found[token] = Caller(workspace, user) if workspace else NOBODY
    return found
