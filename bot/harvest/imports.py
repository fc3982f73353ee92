"""Service: what people brought in files: listed, shared with everybody, and undone whole."""

from bot.errors import UsageError
from bot.harvest.merger import Merger
from bot.store import StateStore
from bot.store.imports import Import, Undoing


class NoImport(UsageError):
    """There is no such import here, or it was undone."""

    code = "no_import"
    hint = "`tme imports` lists them."
    exit_code = 1


class Imports:
    """Lists what was brought, shares it, and takes it out again. Safe from any thread."""

    def __init__(self, store: StateStore, merger: Merger) -> None:
        self._store, self._merger = store, merger

    def listed(self, workspace: str | None = None) -> list[Import]:
        """The imports of a workspace, or of all, newest first, undone ones included."""
        return self._store.imports.all(workspace)

    def undoing(self, number: int) -> tuple[Import, Undoing]:
        """An import, and what `undo` would take out. Raises NoImport as that does."""
        return self._known(number, None), self._store.imports.undoing(number)

    def undo(self, number: int, by: str, workspace: str | None = None) -> int:
        """Take out everything that an import brought; from how many records.

        None as `workspace` is the operator. Raises NoImport where there is none of this number.
        """
        self._known(number, workspace)
        return self._store.imports.undo(number, self._merger.chosen, by)

    def share(self, number: int, by: str) -> int:
        """Let everybody see what an import brought; of how many records. Raises NoImport."""
        found = self._known(number, None)
        if found.workspace is None:
            raise NoImport(f"Everybody sees import {number} already.")
        count = self._store.imports.share(number, self._merger.chosen, by)
        for record in self._store.get_many(list(self._store.imports.records(number))):
            self._merger.settle(record)
        return count

    def _known(self, number: int, workspace: str | None) -> Import:
        found = self._store.imports.get(number)
        if found is None or workspace not in {None, found.workspace}:
            raise NoImport(f"There is no import {number} here.")
        if found.undone_at is not None:
            raise NoImport(f"Import {number} was undone already.")
        return found
