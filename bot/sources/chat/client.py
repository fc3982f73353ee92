"""One question to a chat endpoint, and its text.

Follows OpenAI's "Create chat completion" (POST /chat/completions), which vLLM, Ollama, llama.cpp
and the larger services serve alike. Only the fields that all of them know are sent.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.errors import SourceRefused
from bot.sources.http.client import Limits, PoliteClient
from bot.sources.http.paging import another_shape
from bot.sources.reading.values import item, objects, text

# A person waits for it.
LIMITS = Limits(
    largest_bytes=256 * 1024, read_seconds=40, total_seconds=60, longest_wait=5, tries=2
)
_MOST_TOKENS = 600


def chat(address: str, model: str, key: str | None, *, local: bool) -> Callable[[str, str], str]:
    """Asks a model: instructions and a question in, its text out.

    `address` is the base (https://host/v1). Without `local` it must be https, at an address that is
    public. What it returns raises SourceUnavailable or SourceRefused.
    """

    def asked(instructions: str, question: str) -> str:
        url = urlsplit(address)
        if not local:
            _check_public(url.scheme, url.hostname or "", url.port or 443)
        client = PoliteClient({url.netloc.rpartition("@")[2]: 0.0}, limits=LIMITS)
        content: dict[str, Any] = {
            "model": model,
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
            "messages": [
                {"role": "system", "content": instructions},
                {"role": "user", "content": question},
            ],
        }
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            page = client.change(
                "POST", f"{address.rstrip('/')}/chat/completions", content, headers
            )
        finally:
            client.close()
        choices = objects(item(page.json()).get("choices"))
        written = text(item(choices[0].get("message")).get("content")) if choices else None
        if written is None:
            raise another_shape(address)
        return written

    return asked


def _check_public(scheme: str, host: str, port: int) -> None:
    """Raise SourceRefused unless an address is https and of the public net."""
    if scheme != "https":
        raise SourceRefused("The model's address is not https, and TME_MODEL_LOCAL is not set.")
    if not all(ip_address(each).is_global for each in _addresses(host, port)):
        raise SourceRefused("The model is on a private network, and TME_MODEL_LOCAL is not set.")


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host; none where it is not known, and cannot be reached then."""
    with suppress(ValueError):
        return [str(ip_address(host))]
    with suppress(OSError):
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(each[4][0]) for each in found]
    return []
