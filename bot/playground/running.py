"""Which acts the bot is still working on.

Bolt acknowledges first and goes on in its executor. An act is done when its dispatch has returned
and every listener that the dispatch started has finished: that is when the page stops saying that
the bot is looking, and what a test waits for.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from slack_bolt import App
from slack_bolt.lazy_listener.thread_runner import ThreadLazyListenerRunner

P = ParamSpec("P")
R = TypeVar("R")


class Running:
    """One act under way; `done` is called once, when the last part of it has finished."""

    def __init__(self, done: Callable[[], None]) -> None:
        self._done, self._parts = done, 1
        self._lock = threading.Lock()

    def watch(self, future: Future[R]) -> None:
        """The act is not done before this future is."""
        with self._lock:
            self._parts += 1
        future.add_done_callback(lambda _: self.finished())

    def finished(self) -> None:
        """One part has finished."""
        with self._lock:
            self._parts -= 1
            last = self._parts == 0
        if last:
            self._done()


class TrackedExecutor(Executor):
    """An executor that tells the act under way in the submitting thread of each new future."""

    def __init__(self, inner: Executor) -> None:
        self._inner = inner
        self._here = threading.local()

    @classmethod
    def install(cls, app: App) -> "TrackedExecutor":
        """Put a tracked executor around the one the app runs its listeners in."""
        runner = app.listener_runner
        tracked = cls(runner.listener_executor)
        runner.listener_executor = tracked
        if isinstance(runner.lazy_listener_runner, ThreadLazyListenerRunner):
            runner.lazy_listener_runner.executor = tracked
        return tracked

    @contextmanager
    def on_behalf_of(self, running: Running) -> Iterator[None]:
        """What this thread submits inside the block belongs to that act."""
        self._here.running = running
        try:
            yield
        finally:
            self._here.running = None

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """As `Executor.submit`."""
        future = self._inner.submit(fn, *args, **kwargs)
        running: Running | None = getattr(self._here, "running", None)
        if running is not None:
            running.watch(future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As `Executor.shutdown`."""
        self._inner.shutdown(wait, cancel_futures=cancel_futures)


class Gauge:
    """Counts the acts under way."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def start(self) -> None:
        """One more act is under way."""
        with self._changed:
            self._count += 1

    def stop(self) -> None:
        """One act is done."""
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def settled(self, seconds: float) -> bool:
        """Wait until no act is under way; False when some still are after `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0, seconds)
