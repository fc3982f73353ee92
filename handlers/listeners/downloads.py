"""A file that a person gave the bot in Slack, fetched from Slack and from nowhere else.

The address of a file comes with a payload. The bot's token goes with the request, so it is only
sent to Slack's own file host, or to the server used in place of Slack, and never on to
where that may redirect.
"""

import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from bot.deadline import bound, until
from bot.errors import TmeError, UnreadableFile

LARGEST = 20 * 1024 * 1024
_FILES_HOST = "files.slack.com"
# For one read, and for the whole file.
_SECONDS, _AT_MOST_SECONDS = 30.0, 120.0


def download(address: str, token: str, api_url: str, into: Path, largest: int = LARGEST) -> None:
    """Save a file of Slack's. `api_url` is where Slack's Web API is.

    Raises UnreadableFile for an address that is not Slack's or a file over `largest`, TmeError
    when Slack does not give it.
    """
    if not _is_slacks(address, api_url):
        raise UnreadableFile(
            "That file is not kept by Slack, so I do not fetch it.",
            "Save it, and drop the file itself into this conversation.",
        )
    headers = {"authorization": f"Bearer {token}"}
    try:
        with (
            until(time.monotonic() + _AT_MOST_SECONDS),
            bound(httpx2.Client(timeout=_SECONDS, follow_redirects=False)) as client,
            client.stream("GET", address, headers=headers) as response,
            into.open("wb") as file,
        ):
            _check(response)
            size = 0
            for part in response.iter_bytes():
                size += len(part)
                if size > largest:
                    raise too_large(largest)
                file.write(part)
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise TmeError("Slack did not give me that file.", "Press the button once more.") from error


def too_large(largest: int = LARGEST) -> UnreadableFile:
    """The file is more than is read from a conversation."""
    return UnreadableFile(
        f"That file is larger than {largest // (1024 * 1024)} MB.",
        "Split it, or ask my operator to import it: `tme import FILE`.",
    )


def _is_slacks(address: str, api_url: str) -> bool:
    try:
        file, api = urlsplit(address), urlsplit(api_url)
        ports = file.port, api.port
    except ValueError:
        return False
    api_host = api.hostname or ""
    if api_host == "slack.com" or api_host.endswith(".slack.com"):
        return (file.scheme, file.hostname, ports[0]) == ("https", _FILES_HOST, None)
    same_server = (file.scheme, file.hostname, ports[0]) == (api.scheme, api_host, ports[1])
    return bool(api_host) and same_server and file.username is None


def _check(response: httpx2.Response) -> None:
    """Raise TmeError unless the file comes: without the scope Slack shows its sign-in page."""
    kind = response.headers.get("content-type", "")
    if response.status_code != 200 or kind.startswith("text/html"):
        raise missing_scope()


def missing_scope() -> TmeError:
    """The bot was installed before it could read files."""
    return TmeError(
        "Slack does not let me read that file.",
        "Ask my operator to install the app again, with the scope files:read.",
    )
