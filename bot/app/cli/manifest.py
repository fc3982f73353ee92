"""`tme manifest`: what Slack is given to make the app."""

import click
import yaml

from bot.app.cli import json_lines
from bot.app.cli.common import json_option
from bot.app.manifest import manifest
from bot.errors import UsageError
from bot.settings import Settings


@click.command("manifest")
@click.option("--http", metavar="URL", help="Where Slack sends signed requests to, over HTTPS.")
@click.option(
    "--unfurl",
    metavar="DOMAIN",
    multiple=True,
    help="Whose pasted links get a card, in place of TME_UNFURL; `no` for none.",
)
@json_option
def manifest_command(http: str | None, unfurl: tuple[str, ...], as_json: bool) -> None:
    """Write the manifest of the Slack app, to be pasted into Slack.

    Without --http the app uses Socket Mode, which needs no public address. With it Slack sends
    what happens to URL/slack/events; where SLACK_CLIENT_ID is set, the app can be installed by many
    workspaces, at URL/slack/install.

    \b
    Example: tme manifest --http https://tme.example.org
    """
    given = {"unfurl": ",".join(unfurl)} if unfurl else {}
    settings = Settings.load(**given)
    if settings.serves_many and http is None:
        raise UsageError(
            "Workspaces install the bot at an address of yours.",
            "Say which: --http https://tme.example.org",
        )
    made = manifest(settings, http)
    click.echo(
        json_lines.line(made)
        if as_json
        else yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=100).rstrip()
    )
