"""What the bot can be asked to do, one file a command.

To add one: write its file, and put it in `COMMANDS`. The reader of questions, the help, the
README's table and the tests follow. Where a question fits several, the first here whose object
resolves is taken.
"""

from handlers.commands import (
    abstract,
    access,
    add,
    ask,
    check,
    check_text,
    cite,
    citing,
    combine,
    compare,
    corrections,
    define,
    evidence,
    export,
    find,
    help,  # noqa: A004
    in_text,
    links,
    lists,
    map,  # noqa: A004
    new,
    page,
    references,
    refuse,
    report,
    save,
    show,
    similar,
    smalltalk,
    status,
    subscribe,
)
from handlers.router import Command

COMMANDS: tuple[Command, ...] = (
    find.COMMAND,
    refuse.COMMAND,
    smalltalk.COMMAND,
    references.COMMAND,
    abstract.COMMAND,
    show.COMMAND,
    cite.COMMAND,
    export.COMMAND,
    access.COMMAND,
    check_text.COMMAND,
    in_text.COMMAND,
    check.COMMAND,
    define.COMMAND,
    ask.COMMAND,
    evidence.COMMAND,
    combine.COMMAND,
    compare.COMMAND,
    map.MAP,
    map.TREND,
    similar.COMMAND,
    citing.CITES,
    citing.REFERENCES,
    add.COMMAND,
    new.COMMAND,
    page.COMMAND,
    save.COMMAND,
    lists.COMMAND,
    corrections.COMMAND,
    report.COMMAND,
    subscribe.SUBSCRIBE,
    subscribe.UNSUBSCRIBE,
    links.COMMAND,
    status.COMMAND,
    help.COMMAND,
)
