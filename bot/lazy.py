"""Libraries that take long to load and that most commands never use, loaded when they are used.

Where this is not worth a name of its own, a function imports what it needs itself.
"""

from importlib import import_module
from types import ModuleType
from typing import Any


class _Lazy(ModuleType):
    def __getattr__(self, name: str) -> Any:
        # Only for what is not set yet: the next time it is found without this.
        value = getattr(import_module(self.__name__), name)
        setattr(self, name, value)
        return value


def lazy(name: str) -> ModuleType:
    """A module that stands for this one and imports it when something of it is used.

    For the type checker, import the module itself under `TYPE_CHECKING`. Safe from any thread.
    """
    return _Lazy(name)
