"""The README's tables, generated from the code so that they cannot drift."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import attrgetter

import click
from pydantic import AliasChoices

from bot.app.cli import main
from bot.formats import WRITERS, Parsed, Writer, by_name
from bot.records.dates import PartialDate
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Known,
    Record,
    Relation,
    RelationKind,
    Scheme,
    Section,
    Shelf,
)
from bot.records.names import NOT_ALL_NAMED
from bot.search.query.filters import EXAMPLES
from bot.settings import Settings
from bot.sources import harvested
from handlers.command import Command
from handlers.commands import COMMANDS


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    rendered = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in lines)
    return "".join(f"| {row} |\n" for row in rendered)


def commands_table(commands: Iterable[Command] = COMMANDS) -> str:
    """What can be typed in Slack, an example of each."""
    rows = ((f"`/tme {c.example}`", c.summary) for c in commands if c.words)
    return _table(("for example", "what it does"), rows)


def fields_table() -> str:
    """The filters of the query language, an example each."""
    return _table(("filter", "example"), ((f"`{name}:`", f"`{e}`") for name, e in EXAMPLES.items()))


def settings_table() -> str:
    """The environment variables, and what each is for."""
    rows = []
    for field in Settings.model_fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            name = str(field.validation_alias.choices[0])
            rows.append((f"`{name}`", field.description or ""))
    return _table(("variable", "meaning"), rows)


def cli_table() -> str:
    """The subcommands of `tme`."""
    ctx = click.Context(main)
    rows = (
        (f"`tme {name}`", command.get_short_help_str(limit=200))
        for name in main.list_commands(ctx)
        if (command := main.get_command(ctx, name)) is not None
    )
    return _table(("command", "what it does"), rows)


def formats_table() -> str:
    """What each format carries, found by writing one record in it and reading it again."""
    again = {known.name: _again(known) for known in WRITERS}
    rows = (
        (what, *("yes" if part(read) == part(_FULL) else "–" for read in again.values()))
        for what, part in _PARTS.items()
    )
    return _table(("of a record", *(f"`{name}`" for name in again)), rows)


def _again(known: Writer) -> Record:
    text = known.dumps([_FULL])
    [read] = Parsed.of(by_name(known.name).loads(text.encode(), "", datetime.now(UTC))).records
    return read


def _people(*attributes: str) -> Callable[[Record], object]:
    """These attributes of all people."""
    return lambda record: [[getattr(p, a) for a in attributes] for p in record.contributors]


def _numbers(*schemes: Scheme) -> Callable[[Record], object]:
    """The identifiers of these kinds."""
    return lambda record: [[i.value for i in record.identifiers if i.scheme is s] for s in schemes]


_PARTS: dict[str, Callable[[Record], object]] = {
    "title, abstract, publisher, language, keywords": attrgetter(
        "title", "abstract", "publisher", "language", "keywords"
    ),
    "kind of work and of study": attrgetter("type", "subtype"),
    "journal, its abbreviation and both ISSNs, volume, issue, pages, article number": attrgetter(
        "journal", "volume", "issue", "pages", "article_number"
    ),
    "date of publication": attrgetter("published"),
    "dates of acceptance and of deposit": attrgetter("accepted", "deposited"),
    "people and groups in order, editors, “and others”": lambda record: (
        _people("family", "given", "name", "roles")(record), record.warnings
    ),
    "ORCID iDs": _people("orcid"),
    "affiliations": _people("affiliation"),
    "DOI, PMID, PMCID": _numbers(Scheme.DOI, Scheme.PMID, Scheme.PMCID),
    "the id of your own library": _numbers(Scheme.LOCAL),
    "trial numbers": _numbers(Scheme.NCT),
    "addresses in archives (ARK, ORA)": _numbers(Scheme.ARK, Scheme.ORA),
    "where the text is": attrgetter("access.url"),
    "licence": attrgetter("access.licence"),
    "who can read it": attrgetter("access.status"),
    "labels of the abstract's sections": attrgetter("sections"),
    "retraction notices, by date and number": lambda record: [
        (n.kind, n.date, n.notice) for n in record.integrity
    ],
    "peer review and publication status": attrgetter("peer_reviewed", "publication_status"),
    "relations to other works": attrgetter("relations"),
    "reading lists, notes and read marks": attrgetter("shelf"),
}  # fmt: skip
_FULL = Record(
    type="Journal article",
    subtype="Review",
    title="A title",
    abstract="Background: One sentence. An own label: Another.",
    sections=(
        Section(label="Background", text="One sentence."),
        Section(label="An own label", text="Another."),
    ),
    contributors=(
        Contribution(family="Li", given="Bo", orcid="0000-0002-1825-0097", affiliation="Oxford"),
        Contribution(name="The TME Group"),
        Contribution(family="Müller", given="Anna", roles=("Editor",)),
    ),
    warnings=(NOT_ALL_NAMED,),
    journal=Journal(
        title="Nature Medicine", abbreviation="Nat Med", issn="1078-8956", eissn="1546-170X"),
    volume="1", issue="2", pages="3-9", article_number="e1", publisher="A publisher",
    published=PartialDate(2025, 11, 9),
    accepted=PartialDate(2025, 10),
    deposited=PartialDate(2025, 12),
    language="en",
    keywords=("hypoxia", "CAF"),
    identifiers=(
        Identifier(scheme=Scheme.DOI, value="10.1000/one"),
        Identifier(scheme=Scheme.PMID, value="28187290"),
        Identifier(scheme=Scheme.PMCID, value="PMC5391692"),
        Identifier(scheme=Scheme.LOCAL, value="li2025"),
        Identifier(scheme=Scheme.NCT, value="NCT02263508"),
        Identifier(scheme=Scheme.ARK, value="ark:/99999/fk4test"),
        Identifier(scheme=Scheme.ORA, value="6ed0b5bd-c459-4081-970f-c8a8f218c2c3"),
    ),
    access=Access(status=AccessStatus.OPEN, url="https://example.org/text", licence="CC BY 4.0"),
    integrity=(
        IntegrityNotice(
            kind=IntegrityKind.RETRACTION, date=PartialDate(2026, 1, 2), notice="10.1000/two"
        ),
    ),
    peer_reviewed=Known.YES,
    publication_status="Published",
    relations=(
        Relation(
            kind=RelationKind.COMMENT_ON,
            identifier=Identifier(scheme=Scheme.DOI, value="10.1000/three"),
        ),
    ),
    shelf=Shelf(lists=("Journal club",), note="For Tuesday", read=True),
)  # fmt: skip


def sources_table() -> str:
    """Where records can be harvested from, and what a query of each is."""
    rows = ((f"`{s.name}`", s.summary, s.query_means, ", ".join(s.options)) for s in harvested())
    return _table(("source", "what it has", "its query", "options"), rows)
