"""Libraries that take long to load and that most commands never use, loaded when they are used.

Where this is not worth a name of its own, a function imports what it needs itself.
"""

import gc
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


class _Lazy(ModuleType):
    def __getattr__(self, name: str) -> Any:
        # Only for what is not set yet: the next time it is found without this.
        if sys.modules.get(self.__name__) is self:  # it stands in for what is needed after all
            del sys.modules[self.__name__]
        value = getattr(import_module(self.__name__), name)
        setattr(self, name, value)
        return value


class _Package(ModuleType):
    """A package whose modules can be imported while it is not run yet itself."""

    def __getattr__(self, name: str) -> Any:
        # What is a module of it is imported as such, and has no need of the package's own names.
        module = f"{self.__name__}.{name}"
        is_own = not name.startswith("__") and module not in sys.modules and not find_spec(module)
        if not is_own or (spec := self.__dict__.pop("_spec", None)) is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        with without(*self.__dict__.pop("_without"), later=self.__dict__.pop("_later")):
            spec.loader.exec_module(self)
        return getattr(self, name)


@contextmanager
def without(*names: str, later: Sequence[str] = ()) -> Iterator[None]:
    """Import a library as if some others were not installed, or (`later`) loaded when it uses them.

    Only at start, before other threads run. Those that are loaded already stay.
    """
    stand_ins = dict[str, Any](dict.fromkeys(names)) | {name: _Lazy(name) for name in later}
    missing = {name: stand_in for name, stand_in in stand_ins.items() if name not in sys.modules}
    sys.modules.update(missing)
    for name in missing.keys() & set(later):
        package, _, own_name = name.rpartition(".")
        if package:  # where `import package.name` leaves it
            setattr(import_module(package), own_name, missing[name])
    try:
        yield
    finally:
        for name, stand_in in missing.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def package(name: str, *without: str, later: Sequence[str] = ()) -> None:
    """Let a package be run when something that it defines itself is used, not before.

    `without` and `later`: see the function `without`. Only at start. One that is loaded already
    stays, and one that is not installed stays so.
    """
    if name in sys.modules or (spec := find_spec(name)) is None or spec.loader is None:
        return
    stand_in = module_from_spec(spec)
    stand_in.__class__ = _Package
    stand_in.__dict__.update(_spec=spec, _without=without, _later=later)
    sys.modules[name] = stand_in


def exports(package: str, **modules: str) -> Callable[[str], Any]:
    """A package's `__getattr__`, for names of its modules: each is loaded when it is used.

    `modules` has the names of each, separated by spaces. For the type checker, import them under
    `TYPE_CHECKING`.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

    def get(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{places[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return get


@contextmanager
def uncollected() -> Iterator[None]:
    """Load something large without the garbage collector, which walks over it again and again.

    What was loaded stays out of its way until `gc.unfreeze`.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def lazy(name: str) -> ModuleType:
    """A module that stands for this one and imports it when something of it is used.

    For the type checker, import the module itself under `TYPE_CHECKING`. Safe from any thread.
    """
    return _Lazy(name)


class Late:
    """Stands for an object, which is made when something of it is used."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.__dict__.update(_make=make, _lock=threading.RLock())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._object(), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._object(), name, value)

    def _object(self) -> object:
        own = self.__dict__
        with own["_lock"]:
            if "_made" not in own:
                own["_made"] = own["_make"]()
        return own["_made"]


def late(name: str) -> Callable[..., Any]:
    """A class by its full name, imported and called when something of what it makes is used.

    For what is made of much and seldom used; not where its identity or type is looked at.
    """
    module, _, own_name = name.rpartition(".")

    def make(*args: object, **kwargs: object) -> Late:
        return Late(lambda: getattr(import_module(module), own_name)(*args, **kwargs))

    return make
