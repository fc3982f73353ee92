"""`tme demo`, `serve` and `doctor`: the bot itself, and whether it can run."""

import shutil
import webbrowser

import click

from bot.app import logs, serving
from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services
from bot.app.doctor import diagnose
from bot.settings import Settings

_STATES = {"ok": "ok  ", "bad": "MEND", "unknown": "?   "}


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8737,
    show_default=True,
    help="Preferred port; a free one is found where it is taken.",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option("--offline", is_flag=True, help="Query no service for abstracts.")
@click.option("--fresh", is_flag=True, help="Begin again: forget what was done in the demo before.")
def demo(port: int, open_page: bool, offline: bool, fresh: bool) -> None:
    """Try the bot in a page of your browser, without Slack.

    The very app that serves Slack runs against a local workspace, on this machine only, over a data
    folder of its own. Europe PMC is queried for the abstracts of the starter set meanwhile.

    \b
    Example: tme demo --open
    """
    # Only here: it brings the playground's server with it.
    from bot.app import demo as playing  # noqa: PLC0415

    settings = playing.own_settings(Settings.load(), offline=offline)
    logs.configure(settings.log_level, settings.log_format)
    if fresh:
        shutil.rmtree(settings.home, ignore_errors=True)
    clock = playing.Clock(settings.home)
    with opened_services(settings, now=clock) as services:

        def ready(url: str) -> None:
            click.echo(f"The playground is at {url}  (Ctrl-C ends it)")
            if open_page and not webbrowser.open(url):
                click.echo("No browser could be opened; paste the address into one.", err=True)

        playing.demo(services, clock, click.echo, ready, port=port)


@click.command()
def serve() -> None:
    """Serve Slack: Socket Mode with two tokens, or HTTP with the signing secret.

    \b
    Socket Mode:  SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… tme serve
    HTTP:         SLACK_BOT_TOKEN=xoxb-… SLACK_SIGNING_SECRET=… TME_PORT=3000 tme serve
    """
    serving.serve(Settings.load())


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check the installation, the data folder and the Slack settings, and say what to mend.

    \b
    Example: tme doctor
    """
    findings = diagnose(Settings.load())
    for finding in findings:
        if as_json:
            click.echo(interface.line(finding.as_json()))
        else:
            click.echo(f"{_STATES[finding.state]}  {finding.what}: {finding.line}")
    if any(finding.state == "bad" for finding in findings):
        raise click.exceptions.Exit(1)
