"""Libraries that take long to load and that most commands never use, loaded when they are used.

Where this is not worth a name of its own, a function imports what it needs itself.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class _Lazy(ModuleType):
    def __getattr__(self, name: str) -> Any:
        # Only for what is not set yet: the next time it is found without this.
        value = getattr(import_module(self.__name__), name)
        setattr(self, name, value)
        return value


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Import a library as if these others were not installed, which it would load and not need.

    Only at start, before other threads run. Those that are loaded already stay.
    """
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None: is not there
    try:
        yield
    finally:
        for name in missing:
            sys.modules.pop(name, None)


@contextmanager
def uncollected() -> Iterator[None]:
    """Load something large without the garbage collector, which walks over it again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def lazy(name: str) -> ModuleType:
    """A module that stands for this one and imports it when something of it is used.

    For the type checker, import the module itself under `TYPE_CHECKING`. Safe from any thread.
    """
    return _Lazy(name)
