"""The bot for assistants: asked with the SDK's own client, over standard input and over HTTP."""

import hashlib
import hmac
import json
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import pytest

from bot.app.mcp_callers import NOBODY, Caller, callers
from bot.curation.lists import Scope
from bot.errors import SettingsError
from bot.harvest.bringing import Bringer, Stamp
from handlers.router import Router
from tests.block_check import check_message
from tests.own_records import router_over, work
from tests.processes import wait_for

# The SDK takes a second to load, and every process of the tests loads this module.
if TYPE_CHECKING:
    from mcp import Client

TOKEN, OTHER, THEIRS = "t" * 24, "o" * 24, "9" * 24
SECRET = "signing-secret"
SENTENCE = "Pembrolizumab did not improve overall survival (P = .4)."
OWN = (
    work(1, "Pembrolizumab in melanoma: a randomised trial", f"Results: {SENTENCE} It was safe."),
    work(2, "Macrophages in glioma", "Conclusion: Macrophages promote resistance."),
)
DOI = "10.1234/own.1"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("own"), OWN) as router:
        services = router.services
        record = services.lookup.one(DOI)
        assert record is not None
        scope = Scope("/T1", "U1")
        library = services.library
        library.save(scope, [record], library.make(scope, "journal club"), "")
        yield router


@contextmanager
def listening(router: Router, patience: float = 10.0, **more: Any) -> Iterator[str]:
    """The door over these services, on loopback; gives its address."""
    from bot.app import mcp_http, mcp_server  # noqa: PLC0415 - see above

    server = mcp_server.build(router.services, mcp_http.caller_of)
    tokens = {TOKEN: NOBODY, OTHER: Caller("/T1", "U1"), THEIRS: Caller("/T9", "U9")}
    door = mcp_http.app(server, tokens, SECRET, **more)
    listener = socket.create_server(("127.0.0.1", 0))
    uvicorn_server = mcp_http.server(door, patience)
    thread = threading.Thread(target=uvicorn_server.run, args=([listener],), daemon=True)
    thread.start()
    wait_for("the door", lambda: uvicorn_server.started or not thread.is_alive())
    assert uvicorn_server.started
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}{mcp_http.PATH}"
    finally:
        uvicorn_server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def address(own: Router) -> Iterator[str]:
    with listening(own) as url:
        yield url


@asynccontextmanager
async def client(url: str, token: str = TOKEN) -> "AsyncIterator[Client]":
    from mcp import Client  # noqa: PLC0415 - see above
    from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415

    headers = {"authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(url, http_client=http)) as found,
    ):
        yield found


def call(url: str, name: str, arguments: dict[str, Any], token: str = TOKEN) -> Any:
    async def ask() -> Any:
        async with client(url, token) as found:
            return await found.call_tool(name, arguments)

    return anyio.run(ask)


def test_every_tool_says_that_it_only_reads(address: str) -> None:
    async def ask() -> Any:
        async with client(address) as found:
            return await found.list_tools()

    tools = anyio.run(ask).tools
    assert [tool.name for tool in tools] == [
        "search", "open", "evidence", "check", "cite", "quote_check", "new", "lists",
    ]  # fmt: skip
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)


def test_a_search_answers_in_text_and_as_data(address: str) -> None:
    found = call(address, "search", {"query": "pembrolizumab melanoma"})
    assert DOI in found.content[0].text
    assert found.structured_content["hits"][0]["doi"] == DOI


def test_evidence_carries_quote_direction_and_figures(address: str) -> None:
    question = "Does pembrolizumab improve overall survival in melanoma?"
    found = call(address, "evidence", {"question": question})
    finding = found.structured_content["hits"][0]["finding"]
    assert finding["quote"]["text"] == SENTENCE
    assert finding["direction"] == "no difference"
    assert [figure["words"] for figure in finding["figures"]] == ["P = .4"]
    assert "1 record: 1 no difference" in found.content[0].text


@pytest.mark.parametrize(
    ("sentence", "is_there"),
    [
        (SENTENCE, True),
        ("pembrolizumab did not  improve overall survival", True),
        ("improve overall survival (P = .4). It was safe", True),
        ("Pembrolizumab did improve overall survival (P = .4).", False),
    ],
)
def test_a_quote_is_checked_word_for_word(address: str, sentence: str, is_there: bool) -> None:
    found = call(address, "quote_check", {"record": DOI, "sentence": sentence})
    assert found.structured_content["found"] is is_there
    assert found.structured_content["nearest"] == SENTENCE
    assert ("Yes, word for word" in found.content[0].text) is is_there


def test_records_are_opened_checked_and_cited(address: str) -> None:
    assert call(address, "open", {"record": DOI}).structured_content["record"]["title"] == (
        OWN[0].title
    )
    check = call(address, "check", {"record": f"https://doi.org/{DOI}"})
    assert check.structured_content["checked"] is None
    assert "Pembrolizumab in melanoma" in call(address, "cite", {"record": DOI}).content[0].text
    assert not call(address, "new", {}).is_error
    refused = call(address, "cite", {"record": DOI, "style": "nonsense"})
    assert refused.is_error
    assert "no citation style called “nonsense”" in refused.content[0].text


def test_what_is_not_stored_is_said_to_be_so(address: str) -> None:
    found = call(address, "open", {"record": "10.9999/nothing"})
    assert found.is_error
    assert "No stored record" in found.content[0].text


def test_lists_are_those_of_whoever_asks(address: str) -> None:
    assert call(address, "lists", {}).structured_content == {"lists": []}
    mine = call(address, "lists", {}, OTHER).structured_content["lists"]
    assert mine == [{"name": "journal club", "records": 1}]
    named = call(address, "lists", {"name": "journal club"}, OTHER)
    assert named.structured_content["records"][0]["title"] == OWN[0].title


@pytest.mark.parametrize(("token", "sees"), [(TOKEN, False), (OTHER, False), (THEIRS, True)])
def test_what_another_workspace_brought_is_in_no_answer(
    own: Router, address: str, token: str, sees: bool
) -> None:
    """By any tool and any identifier, the store's own too."""
    services, private = own.services, work(3, "Zylotrexin in mice", "Quillonic mice were cured.")
    stamp = Stamp(services.store, "refs.ris", Bringer("U9", "/T9"), services.now())
    services.harvester.take(stamp.on(iter([private])), "refs.ris")
    services.index.follow(services.store)
    [stored] = services.store.find(private.identifiers[0])
    said = [
        str(call(address, name, {"record": named} | more, token))
        for named in ("10.1234/own.3", stored.id)
        for name, more in (("open", {}), ("check", {}), ("cite", {}),
                           ("quote_check", {"sentence": "Mice were cured by it."}))
    ] + [
        str(call(address, name, {key: "mice cured"}, token))
        for name, key in (("search", "query"), ("evidence", "question"), ("new", "topic"))
    ]  # fmt: skip
    seen = [each for each in said if "zylotrexin" in each.lower() or "Quillonic" in each]
    assert len(seen) == (len(said) if sees else 0), seen


def test_nothing_can_be_changed(own: Router, address: str) -> None:
    """No words reach a command that writes: not as a search, a topic, a style or a list's name."""
    for name, arguments in (
        ("search", {"query": "journal club delete"}),
        ("lists", {"name": "journal club delete"}),
        ("lists", {"name": "journal club remove 1"}),
        ("new", {"topic": "list journal club delete"}),
        ("cite", {"record": DOI, "style": "apa; list journal club delete"}),
        ("evidence", {"question": "save 10.1234/own.2 to journal club"}),
    ):
        call(address, name, arguments, OTHER)
    on = own.services.library.named(Scope("/T1", "U1"), "journal club")
    assert on is not None
    assert on.items == 1
    assert not own.services.library.lists(Scope("", ""))


REQUEST = json.dumps(
    {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
     "params": {"name": "lists", "arguments": {},
                "_meta": {"slack": {"user_id": "U1", "team_id": "T1"}}}}
)  # fmt: skip
HEADERS = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


def signed(body: str, at: float, secret: str = SECRET) -> dict[str, str]:
    base = f"v0:{int(at)}:{body}".encode()
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(int(at)), "x-slack-signature": f"v0={signature}"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer x"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        signed(REQUEST, time.time(), "another secret"),
        signed(REQUEST + " ", time.time()),
        signed(REQUEST, time.time() - 400),
        {"x-slack-request-timestamp": "now", "x-slack-signature": "v0=1"},
    ],
)  # fmt: skip
def test_unsigned_and_forged_requests_are_refused(address: str, headers: dict[str, str]) -> None:
    answer = httpx2.post(address, content=REQUEST, headers={**HEADERS, **headers})
    assert answer.status_code == 401
    assert "journal" not in answer.text


def test_slack_signs_for_a_person(address: str) -> None:
    headers = {**HEADERS, **signed(REQUEST, time.time())}
    answer = httpx2.post(address, content=REQUEST, headers=headers)
    told = answer.json()["result"]
    assert told["structuredContent"]["lists"] == [{"name": "journal club", "records": 1}]
    check_message({"text": told["content"][0]["text"], **told["_meta"]["slack"]})


def test_a_token_speaks_for_nobody_else(address: str) -> None:
    """What stands in `_meta.slack` is believed where Slack signed it, and nowhere else."""
    headers = {**HEADERS, "authorization": f"Bearer {TOKEN}"}
    answer = httpx2.post(address, content=REQUEST, headers=headers)
    assert answer.json()["result"]["structuredContent"] == {"lists": []}


def test_on_standard_input(seeded_home: Path) -> None:
    from mcp import Client, StdioServerParameters  # noqa: PLC0415 - see above

    program = StdioServerParameters(
        command=sys.executable,
        args=["-m", "bot.app.cli", "mcp"],
        env={"TME_HOME": str(seeded_home), "TME_SEMANTIC": "no", "TME_LOG_LEVEL": "ERROR"},
    )

    async def ask() -> Any:
        async with Client(program) as found:
            return await found.call_tool("search", {"query": "oncolytic viruses", "limit": 2})

    found = anyio.run(ask)
    assert len(found.structured_content["hits"]) == 2


def test_tokens_are_read_with_whose_they_are() -> None:
    assert callers(f"{TOKEN}  {OTHER}:/T1:U1") == {TOKEN: NOBODY, OTHER: Caller("/T1", "U1")}
    assert callers("") == {}


@pytest.mark.parametrize("text", ["t" * 19, f"{TOKEN}:/T1", f"{TOKEN}::U1"])
def test_a_token_that_is_none_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        callers(text)
    assert text not in str(refused.value)
