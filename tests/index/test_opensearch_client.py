"""What is sent to OpenSearch arrives, or is one honest line; nothing says its password."""

import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.errors import IndexAway, SettingsError
from bot.index.opensearch import bulk as bulk_module
from bot.index.opensearch.bulk import Bulk
from bot.index.opensearch.client import Address, Client, Refused
from tests.processes import free_port

SECRET = "p@ss:w/rd"


def client(*ports: int, scheme: str = "http") -> Client:
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return Client(Address.read(f"opensearch+{scheme}://tme:p%40ss%3Aw%2Frd@{hosts}"))


def test_an_address_names_nodes_a_name_and_how_the_index_is_cut() -> None:
    read = Address.read("opensearch+https://u:p%40w@a,b:9201,[::1]:1/papers?shards=4&replicas=2")
    assert read.nodes == ("https://a:9200", "https://b:9201", "https://[::1]:1")
    assert (read.user, read.password, read.name) == ("u", "p@w", "papers")
    assert (read.shards, read.replicas) == (4, 2)
    assert read.location == "opensearch+https://a:9200,b:9201,[::1]:1/papers"
    assert Address.read("opensearch+http://localhost").location.endswith("localhost:9200/tme")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("opensearch+https:///tme", "no host"),
        ("opensearch+https://u:secret@a:x", "port"),
        ("opensearch+https://u:secret@a:0", "port"),
        ("opensearch+https://u:secret@a/Tme", "small letters"),
        ("opensearch+https://u:secret@a/t.me", "small letters"),
        ("opensearch+https://u:secret@a?shards=0", "whole numbers"),
        ("opensearch+https://u:secret@a?shards=1025", "whole numbers"),
        ("opensearch+https://u:secret@a?speed=9", "whole numbers"),
        ("opensearch+http://u:secret@a.example", "without https"),
        ("opensearch+http://u:secret@127.0.0.1,10.0.0.1", "without https"),
        ("opensearch+ftp://u:secret@a", "no address"),
    ],
)
def test_an_address_that_cannot_work_is_refused_without_its_password(url: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as caught:
        Address.read(url)
    assert "secret" not in caught.value.as_line


def test_another_node_answers_for_one_that_does_not(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_json({"here": True})
    opened = client(free_port(), httpserver.port)
    assert [opened.ask("GET", "x") for _ in range(3)] == [{"here": True}] * 3
    assert httpserver.log[0][0].authorization.password == SECRET
    opened.close()


def test_a_node_that_is_busy_with_itself_is_tried_again(httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/x").respond_with_data("", status=503)
    httpserver.expect_ordered_request("/x").respond_with_json({"here": True})
    opened = client(httpserver.port)
    assert opened.ask("GET", "x") == {"here": True}
    opened.close()


def test_where_no_node_answers_there_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    opened = client(free_port(), free_port())
    with pytest.raises(IndexAway, match="no node takes connections") as caught:
        opened.ask("GET", "x", patience=0.0)
    opened.close()
    assert "Try again in a moment" in caught.value.as_line
    assert SECRET not in caught.value.as_line + caplog.text
    assert "p%40ss" not in caught.value.as_line + caplog.text


def test_what_is_refused_says_so(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_json({"error": "Unauthorized"}, status=401)
    opened = client(httpserver.port)
    with pytest.raises(Refused, match="401") as caught:
        opened.ask("GET", "x")
    assert "TME_INDEX" in caught.value.as_line
    opened.close()


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[HTTPServer, Path]]:
    """A server with a certificate of an authority that this machine does not know, and that."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
        .add_extension(names, critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "own.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with HTTPServer(ssl_context=context) as server:
        server.expect_request("/x").respond_with_json({"here": True})
        yield server, file


def test_a_certificate_is_checked(
    tls: tuple[HTTPServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only one of an authority that is known here, or named by SSL_CERT_FILE, is good."""
    server, file = tls
    stranger = client(server.port, scheme="https")
    with pytest.raises(IndexAway, match="certificate is not trusted"):
        stranger.ask("GET", "x", patience=0.0)
    stranger.close()
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    known = client(server.port, scheme="https")
    assert known.ask("GET", "x") == {"here": True}
    known.close()


class Taking:
    """Takes documents as OpenSearch does; of some pieces it says that it has too much to do."""

    def __init__(self, server: HTTPServer) -> None:
        self.taken: list[str] = []
        self.pieces: list[int] = []
        self.troubles: list[int] = []
        self.statuses: dict[str, int] = {}
        self.waits: list[float] = []
        server.expect_request("/i/_bulk").respond_with_handler(self)
        self.client = client(server.port)
        self.bulk = Bulk(self.client, self.waits.append, most=1_000_000)

    def __call__(self, request: Request) -> Response:
        lines = request.get_data().decode().splitlines()
        ids = [json.loads(line)["index"]["_id"] for line in lines[::2]]
        self.pieces.append(len(ids))
        if self.troubles and (status := self.troubles.pop(0)):
            return Response(json.dumps({"error": {"type": "busy"}}), status)
        statuses = [self.statuses.pop(each, 201) for each in ids]
        self.taken += [each for each, status in zip(ids, statuses, strict=True) if status < 300]
        items = [
            {"index": {"_id": each, "status": status, "error": {"type": "e"}}}
            for each, status in zip(ids, statuses, strict=True)
        ]
        return Response(json.dumps({"errors": any(s >= 300 for s in statuses), "items": items}))


@pytest.fixture
def taking(httpserver: HTTPServer) -> Iterator[Taking]:
    made = Taking(httpserver)
    yield made
    made.client.close()


def documents(count: int, size: int = 10) -> list[tuple[str, int, dict[str, object]]]:
    return [(str(n), n, {"body": "x" * size}) for n in range(count)]


def test_documents_go_in_pieces_of_bounded_size(taking: Taking) -> None:
    taking.bulk.send("i", documents(5, 400_000))
    assert taking.pieces == [3, 2]
    assert taking.taken == [str(n) for n in range(5)]
    assert taking.waits == []


@pytest.mark.parametrize("status", [429, 413])
def test_what_is_too_much_at_once_goes_in_smaller_pieces_later(taking: Taking, status: int) -> None:
    taking.troubles = [status, status]
    taking.bulk.send("i", documents(4, 240_000))
    assert taking.taken == [str(n) for n in range(4)]
    assert taking.pieces[:3] == [4, 3, 2]
    assert taking.waits == sorted(taking.waits)
    assert len(taking.waits) == 2


def test_single_documents_that_were_too_much_go_again(taking: Taking) -> None:
    taking.statuses = {"1": 429, "3": 429}
    taking.bulk.send("i", documents(4))
    assert sorted(taking.taken) == ["0", "1", "2", "3"]
    assert taking.pieces == [4, 2]


def test_what_is_there_already_is_no_trouble_and_what_is_refused_is_logged(
    taking: Taking, caplog: pytest.LogCaptureFixture
) -> None:
    taking.statuses = {"1": 409, "2": 400}
    taking.bulk.send("i", documents(4))
    assert taking.taken == ["0", "3"]
    logged = [each.message for each in caplog.records if each.name.startswith("bot.")]
    assert logged == ["OpenSearch refuses record 2: e"]


def test_too_busy_for_long_is_away(taking: Taking) -> None:
    taking.troubles = [429] * 40
    with pytest.raises(IndexAway, match="too busy"):
        taking.bulk.send("i", documents(1))
    assert len(taking.pieces) == bulk_module.TRIES
