# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme help`: what can be asked, with an example of each."""

import re
from itertools import chain

from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.query.filters import EXAMPLES
from bot.text.folding import fold
from bot.text.stop_words import is_empty
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views.help import HelpEntry, all_commands, help_message, language, one_command

_ABOUT = re.compile(
    r"\s*help(?: me)?(?: (?:with|on|about|for|to))?[\s:`]+(?P<name>\w+(?:[-:]\w+)*)[\s?!.`]*$",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|commands?|everything)\b", re.IGNORECASE)

_HOW = re.compile(r"(?:please )?(?:how|can|is it possible)\b", re.IGNORECASE)
_POINTS = re.compile(r"\b(?:it|them|these|those|this|that)\b", re.IGNORECASE)
# What somebody does with the bot, and what with: a question of nothing else is about the bot.
_DOING = frozenset((
    "search", "find", "look", "filter", "exclude", "leave", "omit", "remove", "skip", "sort",
    "order", "limit", "narrow", "restrict", "use", "type", "write", "subscribe", "unsubscribe",
    "follow", "stop", "save", "cite", "export", "add", "report", "open", "read", "see", "get",
    "make", "share", "delete", "rename", "change", "set", "combine", "join", "ask", "paste",
))  # fmt: skip
_OF_THE_BOT = frozenset((
    "author", "authors", "name", "person", "journal", "journals", "year", "years", "date",
    "dates", "word", "words", "phrase", "phrases", "term", "terms", "exact", "exactly", "quote",
    "quotes", "list", "lists", "paper", "papers", "record", "records", "article", "articles",
    "result", "results", "alert", "alerts", "subscription", "subscriptions", "digest",
    "digests", "filter", "filters", "type", "types", "review", "reviews", "trial", "trials",
    "doi", "pmid", "id", "title", "titles", "abstract", "citation", "citations", "bibtex",
    "ris", "file", "channel", "bot", "command", "commands", "newest", "oldest", "first",
    "synonym", "synonyms", "wildcard", "several", "two", "more", "than", "one", "not",
    "without", "only", "out", "new", "by", "of", "certain", "specific", "particular", "reading",
    "tag", "tags", "language", "question", "search", "searches", "here", "thread",
))  # fmt: skip
# Words of a question, what they ask for, and how that is typed.
_LANGUAGE = (
    ({"author", "authors", "person", "name", "by"}, "papers by an author", EXAMPLES["author"]),
    ({"journal", "journals"}, "in a journal", EXAMPLES["journal"]),
    ({"year", "years", "date", "dates", "since", "new"}, "of some years", EXAMPLES["year"]),
    ({"exclude", "leave", "omit", "without", "not", "remove", "skip", "out"},
     "without a word", "macrophages -melanoma"),
    ({"phrase", "phrases", "exact", "exactly", "quote", "quotes"}, "an exact phrase", '"adaptive resistance"'),
    ({"or", "either", "two", "several", "synonym", "synonyms"}, "either of two", "nivolumab OR pembrolizumab"),
    ({"type", "types", "review", "reviews", "trial", "trials"}, "of one kind", EXAMPLES["type"]),
    ({"sort", "order", "newest", "first"}, "newest first", EXAMPLES["sort"]),
    ({"wildcard"}, "any word that begins so", "immunosuppress*"),
)  # fmt: skip


def entries(commands: tuple[Command, ...]) -> tuple[HelpEntry, ...]:
    """What the list of all commands shows, in the order of `COMMANDS`."""
    return tuple(HelpEntry(c.words, c.summary, c.example) for c in commands if c.words)


def run(context: Context) -> Reply:
    """Ten lines with examples of this store; one command; how a filter is typed; or all commands."""
    answer = Answer(query=context.query.text, understood=describe_query(context.query, "help"))
    if _HOW.match(context.query.text):
        return Reply(answer, language(_hints(context), context.audience))
    if command := _named(context):
        return Reply(answer, one_command(entries((command,))[0], context.audience))
    if _ALL.search(context.query.text):
        return Reply(answer, all_commands(entries(context.router.commands)))
    return Reply(answer, help_message(context.services.examples.questions(), context.audience))


def _named(context: Context) -> Command | None:
    """The command that `help cite` asks about, by its first word, else by another name; or None."""
    about = _ABOUT.match(context.query.text)
    wanted = about["name"].lower() if about else ""
    commands = [c for c in context.router.commands if wanted and c.words]
    first = (c for c in commands if wanted == c.words.split()[0].lower())
    other = (c for c in commands if wanted in (*c.actions, *c.aliases, c.name))
    return next(chain(first, other), None)


def _is_about_the_bot(context: Context) -> bool:
    """`help` alone, of a command, or a question of how something is typed.

    "Help T cells infiltrate tumours" is searched, and so is "how can we treat MSI-high tumours?".
    """
    subject = context.query.subject.lower()
    if not subject or _named(context) is not None or _ALL.fullmatch(subject):
        return True
    if _ABOUT.match(context.query.text):
        # "Help macrophages" may be searched; of what no record says, help is all there is.
        return not context.services.search.known_words().uses(fold(subject))
    if not _HOW.match(context.query.text) or (context.shown and _POINTS.search(subject)):
        return False
    words = re.findall(r"[\w'-]+", subject)
    commands = {name for c in context.router.commands for name in (c.name, *c.aliases)}
    return (
        (len(words) > 1 or bool(commands.intersection(words)))
        and words[0] in _DOING
        and all(word in _OF_THE_BOT or word in _DOING or is_empty(word) for word in words)
    )


def _hints(context: Context) -> list[tuple[str, str]]:
    """(what it does, how it is typed) of the language that fits the question, else of all of it."""
    words = set(re.findall(r"[\w'-]+", context.query.subject.lower()))
    fitting = [hint for hint in _LANGUAGE if words & hint[0]]
    commands = [
        (command.summary.split(";")[0], command.example)
        for command in context.router.commands
        if command.example and words & {command.name, *command.aliases}
    ]
    chosen = [(label, typed) for _, label, typed in fitting] + commands
    return chosen or [(label, typed) for _, label, typed in _LANGUAGE]


COMMAND = Command(
    run=run,
    words="help",
    summary="What can be asked, with examples; `help cite` explains one command",
    example="help",
    patterns=(
        r"[^\w]*",
        r"commands?|help me|(?:i need|get|show)(?: me)?(?: some)? help|manual|instructions",
        r"help(?: me)?(?: (?:with|on|about|for|to))?[\s:`]+(?P<subject>\w+(?:[-:]\w+)*)",
        r"what (?:can|could|do|does) (?:you|i|we|one|it|this(?: bot)?)(?: all)? (?:do|ask|say|type|offer)\b.{0,40}",
        r"(?:sorry,? )?i (?:do ?n[o'’]?t|did ?n[o'’]?t|can ?n?[o'’]?t|still do ?n[o'’]?t) (?:understand|get it|follow)(?: (?:this|it|that|you))?\W*",
        r"(?:(?:i am|i['’]?m) )?(?:lost|confused)\W*",
        r"how (?:do|does|can|should|could) (?:you|i|we|one|it|this(?: bot)?|the bot) (?:work|use (?:you|this|it|the bot))\??",
        r"(?:how (?:do|can|should|could) (?:i|we|one)|how to|can (?:i|we|you)|is it possible to) (?P<subject>.{3,80})",
    ),
    needs=_is_about_the_bot,
)
