"""A line between servers and their database that can be cut, without either being stopped."""

import select
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Proxy:
    """Passes bytes on to a port of this machine; where it is `cut`, nothing and nobody."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._is_cut, self._is_closed = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_closed.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def cut(self) -> None:
        """End every connection, also in the middle of a statement, and let none begin."""
        self._is_cut.set()

    def mend(self) -> None:
        """Let connections begin again."""
        self._is_cut.clear()

    def _accept(self) -> None:
        while not self._is_closed.is_set():
            if select.select([self._listener], [], [], 0.05)[0]:
                near, _ = self._listener.accept()
                thread = threading.Thread(target=self._pass, args=(near,))
                self._threads.append(thread)
                thread.start()

    def _pass(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self._to)) as far:
            ends = {near: far, far: near}
            while not (self._is_closed.is_set() or self._is_cut.is_set()):
                for end in select.select(list(ends), [], [], 0.05)[0]:
                    data = end.recv(65_536)
                    if not data:
                        return
                    ends[end].sendall(data)
