"""`tme mcp`: the bot for assistants and other programs that speak MCP."""

import socket
from importlib.util import find_spec

import click

from bot.app.cli.common import opened_services
from bot.app.mcp_callers import callers
from bot.errors import SettingsError
from bot.settings import Settings


@click.command("mcp")
@click.option("--http", is_flag=True, help="Listen for Streamable HTTP instead of standard input.")
@click.option("--port", type=click.IntRange(0, 65535), default=8738, show_default=True)
def mcp_command(http: bool, port: int) -> None:
    """Let assistants ask: an MCP server on standard input, or over HTTP with bearer tokens.

    It only reads. Over HTTP it answers at /mcp of TME_HOST; who may ask is TME_MCP_TOKENS, and
    Slackbot where SLACK_SIGNING_SECRET is set.

    \b
    Examples:
      tme mcp
      TME_MCP_TOKENS=… tme mcp --http --port 8738
    """
    if find_spec("mcp") is None:
        raise SettingsError(
            "The MCP server is not installed.", "Install the extra: pip install 'tme-bot[mcp]'."
        )
    settings = Settings.load()
    # Only here: the extra may be absent.
    from bot.app import (  # noqa: PLC0415
        logs,
        mcp_http,
        mcp_server,
    )

    logs.configure(settings.log_level, settings.log_format)
    tokens = callers(settings.mcp_tokens.get_secret_value() if settings.mcp_tokens else "")
    secret = settings.slack_signing_secret
    if http and not tokens and secret is None:
        raise SettingsError(
            "Nobody could ask: TME_MCP_TOKENS is not set.",
            "Set it to a long random token, for example of `openssl rand -hex 24`.",
        )
    with opened_services() as services:
        server = mcp_server.build(services, mcp_http.caller_of)
        if not http:
            server.run("stdio")
            return
        door = mcp_http.app(
            server, tokens, secret.get_secret_value() if secret else None, host=settings.host
        )
        listener = _listener(settings.host, port)
        click.echo(f"MCP at http://{settings.host}:{listener.getsockname()[1]}/mcp", err=True)
        # Until SIGTERM or SIGINT.
        mcp_http.server(door).run([listener])


def _listener(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {host}:{port}: {error.strerror}.",
            "Set TME_HOST and --port to an address that is free.",
        ) from None
