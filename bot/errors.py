"""Every error the bot raises on purpose, each written for the person who reads it.

    TmeError                   the root: `code`, one line of `message`, one line of `hint`
    ├── UsageError             the question cannot be answered as it is
    │   ├── QueryTooLong
    │   └── UnknownRecord
    ├── UnreadableFile         a file is not what its format says, or no format reads it
    ├── StoreError             the database cannot do it
    │   ├── StoreBusy          another process holds it; trying again helps
    │   │   └── StoreAway      the database server cannot be reached
    │   ├── StoreReadOnly
    │   ├── StoreFull
    │   ├── StoreDamaged
    │   ├── StoreTooNew        written by a newer version of the bot
    │   ├── BackupExists       a backup is never written over a file
    │   └── TermsDamaged       an imported vocabulary is not one, or of another version
    ├── IndexUnavailable       the search index cannot be opened or rebuilt
    │   └── IndexAway          no node of OpenSearch answers: trying again helps
    ├── SemanticUnavailable    meaning-based ranking is switched on and cannot work
    ├── CitationUnavailable    the citation formatter did not answer
    ├── SourceError            a source did not answer as expected
    │   ├── SourceUnavailable  down, slow, or a web page instead of data: trying later helps
    │   │   └── CursorLost     it cannot go on from here: the harvest begins again
    │   └── SourceRefused      it refused the question, or its answer cannot be read
    ├── HarvestBusy            another process harvests the same place
    ├── SeedsMissing           the installation lacks its seeds
    └── SettingsError          an environment variable or option is missing or wrong

`message` says what happened, `hint` what to do about it. Neither carries a stack trace, a
secret, or text that was not written for the reader.
"""

import traceback


class TmeError(Exception):
    """The root of the tree. `exit_code` is what the command line returns (2: wrong usage)."""

    code = "error"
    hint = "Try again; if it stays, run `tme doctor`."
    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if hint is not None:
            self.hint = hint

    @property
    def sentence(self) -> str:
        """What happened, as a sentence."""
        return self.message if self.message.endswith((".", "!", "?")) else f"{self.message}."

    @property
    def as_line(self) -> str:
        """What happened and what to do about it, as sentences on one line."""
        return f"{self.sentence} {self.hint}"


class UsageError(TmeError):
    """The question cannot be answered as it is."""

    code = "usage"
    hint = "Type `help` for examples."
    exit_code = 2


class QueryTooLong(UsageError):
    """More text than a question can hold."""

    code = "query_too_long"


class UnknownRecord(UsageError):
    """No record with this id or identifier is stored."""

    code = "unknown_record"
    hint = "Search by title words, or import the record with `tme import FILE`."
    exit_code = 1


class UnreadableFile(TmeError):
    """A file is not what its format says, or no format reads it."""

    code = "unreadable_file"
    hint = "`tme import --help` lists the formats that are read."


class StoreError(TmeError):
    """The database cannot do it; nothing was changed."""

    code = "store"
    hint = "Nothing was lost. Run `tme doctor` for what is wrong with the data folder."


class StoreBusy(StoreError):
    """Another process holds the database."""

    code = "store_busy"
    hint = "Nothing was lost. Another process is writing; try again in a moment."


class StoreAway(StoreBusy):
    """The database server cannot be reached, or is just being replaced by its standby."""

    code = "store_away"
    hint = "Nothing was lost. Try again in a moment."


class StoreReadOnly(StoreError):
    """The database file or its folder cannot be written."""

    code = "store_read_only"
    hint = "Make the data folder writable for this user, or set TME_HOME to one that is."


class StoreFull(StoreError):
    """The disk is full."""

    code = "store_full"
    hint = "Nothing was lost. Free some disk space and try again."


class StoreDamaged(StoreError):
    """The database file is not a sound database of this bot; it was left untouched."""

    code = "store_damaged"
    hint = "Restore a backup, or move the file away: `tme` starts a new one."


class StoreTooNew(StoreError):
    """The database was written by a newer version of the bot; it was left untouched."""

    code = "store_too_new"
    hint = "Upgrade the bot, or set TME_HOME to another folder."


class BackupExists(StoreError):
    """A backup is never written over a file that is there."""

    code = "backup_exists"
    hint = "Give another file name, or delete that file first."


class TermsDamaged(StoreError):
    """An imported vocabulary cannot be read; search goes on without it."""

    code = "terms_damaged"
    hint = "Import it again with `tme vocabulary import FILE`."


class IndexUnavailable(TmeError):
    """The search index cannot be opened or rebuilt. The records are safe in the store."""

    code = "index_unavailable"
    hint = "The records are safe. The index rebuilds itself on the next start."


class IndexAway(IndexUnavailable):
    """The machines that keep the index cannot be reached, or have too much to do."""

    code = "index_away"
    hint = "The records are safe. Try again in a moment."


class SemanticUnavailable(TmeError):
    """Finding by meaning is switched on and cannot work; words alone go on."""

    code = "semantic_unavailable"
    hint = "Install the extra, `pip install 'tme-bot[semantic]'`, or set TME_SEMANTIC=no."


class CitationUnavailable(TmeError):
    """The citation formatter did not answer."""

    code = "citation_unavailable"
    hint = "The DOI link of the record opens the publisher's own citation."


class SourceError(TmeError):
    """A source did not answer as expected; what it gave before is kept."""

    code = "source"
    hint = "What was harvested before is kept."


class SourceUnavailable(SourceError):
    """The source is down, slow, or answers with a web page instead of data.

    `retry_after` is how many seconds it wants us to wait, where it gives them.
    """

    code = "source_unavailable"
    hint = "It is tried again later; what was harvested before is kept."

    def __init__(
        self, message: str, hint: str | None = None, *, retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class CursorLost(SourceUnavailable):
    """The source cannot go on from where a harvest stopped, so that it has to begin again."""

    code = "cursor_lost"
    hint = "The next harvest begins this query again; what was harvested before is kept."


class SourceRefused(SourceError):
    """The source refused the question, or its answer cannot be read: asking again does not help.

    `status` is the HTTP status where that was the refusal (404: it knows no such thing), and
    `content` what came with it: some sources explain themselves there.
    """

    code = "source_refused"
    hint = "Check its address and query in the sources file; what was harvested before is kept."

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        status: int | None = None,
        content: bytes = b"",
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.content = content


class HarvestBusy(TmeError):
    """Another process harvests the same place."""

    code = "harvest_busy"
    hint = "Nothing was lost. Wait until it is done; if it was killed, for two minutes."


class SeedsMissing(TmeError):
    """The installation lacks its seeds folder."""

    code = "seeds_missing"
    hint = "Install the bot again; its wheel carries the seeds."


class SettingsError(TmeError):
    """An environment variable or option is missing or wrong."""

    code = "settings"
    hint = "The README lists the settings, and what each is for."
    exit_code = 2


def frames(error: BaseException) -> str:
    """Where an error came from, line by line, for a log at DEBUG.

    Without any message of it or of what it came from: those may quote what a person wrote.
    """
    lines = traceback.format_tb(error.__traceback__)
    cause = error.__cause__ or error.__context__
    before = f"{frames(cause)}\nand then:\n" if cause is not None else ""
    return f"{before}{type(error).__name__}\n{''.join(lines)}".rstrip()
