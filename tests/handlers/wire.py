"""Slack's end of a Socket Mode connection, small enough to misbehave on purpose (RFC 6455)."""

import base64
import contextlib
import hashlib
import json
import queue
import socket
import struct
import threading
from typing import Any, Self

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class WebSocketServer:
    """Takes connections on a loopback port. `opened` counts them; `heard` holds what bots said.

    With `pongs` off it never answers a ping: open, and silent.
    """

    def __init__(self, *, pongs: bool = True) -> None:
        self._pongs = pongs
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self.opened = threading.Semaphore(0)
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}/socket"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listener, *self._connections):
            # Wakes the thread that waits on it; it may be closed already.
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join()

    def send(self, envelope: dict[str, Any]) -> None:
        """Send an envelope to the newest connection."""
        self._connections[-1].sendall(_frame(TEXT, json.dumps(envelope).encode()))

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            _shake_hands(connection)
            self._connections.append(connection)
            thread = threading.Thread(target=self._listen, args=(connection,))
            self._threads.append(thread)
            thread.start()
            self.opened.release()

    def _listen(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while head := _read(stream, 2):
                opcode, length = head[0] & 15, head[1] & 127
                if length >= 126:
                    length = int.from_bytes(_read(stream, 2 if length == 126 else 8))
                mask, masked = _read(stream, 4), _read(stream, length)
                data = bytes(byte ^ mask[n % 4] for n, byte in enumerate(masked))
                if opcode == PING and self._pongs:
                    # A bot that leaves at once need not hear it.
                    with contextlib.suppress(OSError):
                        connection.sendall(_frame(PONG, data))
                elif opcode == TEXT:
                    self.heard.put(json.loads(data))


def _read(stream: Any, length: int) -> bytes:
    try:
        data: bytes = stream.read(length)
    except OSError:
        return b""
    return data if len(data) == length else b""


def _frame(opcode: int, data: bytes) -> bytes:
    if len(data) < 126:
        return bytes([0x80 | opcode, len(data)]) + data
    if len(data) < 1 << 16:
        return bytes([0x80 | opcode, 126]) + struct.pack("!H", len(data)) + data
    return bytes([0x80 | opcode, 127]) + struct.pack("!Q", len(data)) + data


def _shake_hands(connection: socket.socket) -> None:
    request = connection.recv(4096).decode()
    lines = [line for line in request.splitlines() if line.startswith("Sec-WebSocket-Key")]
    magic = f"{lines[0].split(': ')[1]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(magic.encode()).digest()).decode()  # noqa: S324
    connection.sendall(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )
