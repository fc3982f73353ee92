"""Abstract, citation, help, home, status, errors and definitions."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from bot.errors import QueryTooLong, StoreBusy, StoreReadOnly, TmeError
from bot.formats.citations import Citation
from bot.index import IndexStatus
from bot.records.answers import Answer
from bot.records.models import Access, AccessStatus, Provenance
from bot.search.definitions import Definitions, Fact, Term
from bot.store import StoreStatus
from bot.vocabulary import Source, Vocabulary
from handlers.health.checks import Check
from handlers.views import abstract, citation, definition, errors, help, home, status  # noqa: A004
from handlers.views.message import Audience
from tests.block_check import check_message, check_view
from tests.handlers.views.samples import (
    BARE,
    HOSTILE_TITLE,
    HOSTILE_UNDERSTOOD,
    LONG,
    PUBMED_ONLY,
    RECORDS,
    RETRACTED,
    SEED,
)

COMMANDS = (
    help.HelpEntry("WORDS", "Search; typos are forgiven", "macrophage csf1r"),
    help.HelpEntry("help", "This. Run `tme --help` in a terminal", "help"),
    help.HelpEntry("<!channel> *x*", HOSTILE_TITLE, HOSTILE_TITLE),
)


@pytest.mark.parametrize("name", RECORDS)
def test_every_abstract_can_be_opened(name: str) -> None:
    """In a window and in the conversation, whatever its length and content."""
    check_view(abstract.modal(RECORDS[name]))
    for audience in Audience:
        message = abstract.message(RECORDS[name], audience)
        check_message(message.payload())
        assert "<!" not in message.text


def test_an_abstract_is_shown_by_its_sections() -> None:
    """Each label is bold above its text; the source stands below."""
    blocks = abstract.modal(SEED).to_dict()["blocks"]
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert texts[1] == "*Background*\nResistance is common."
    assert texts[3] == "*Conclusion*\nA shift."
    assert blocks[-1]["elements"][0]["text"].startswith("Source: ORA · harvested 3 Dec 2025")
    assert "Background\nResistance is common." in abstract.message(SEED, Audience.TERMINAL).text


def test_no_abstract_is_said_with_the_way_to_it() -> None:
    """The address of the record is given; without one, nothing is promised."""
    text = abstract.modal(PUBMED_ONLY).to_dict()["blocks"][1]["text"]["text"]
    assert text.startswith(
        "No abstract in this store. It may be at <https://pubmed.ncbi.nlm.nih.gov/39910037"
    )
    text = abstract.modal(BARE).to_dict()["blocks"][1]["text"]["text"]
    assert text == "No abstract in this store."


def test_an_endless_abstract_is_cut_and_says_so() -> None:
    """60,000 characters do not fit into a message."""
    assert "Cut here" in abstract.message(LONG, Audience.PUBLIC).text
    assert "Cut here" not in abstract.message(SEED, Audience.PUBLIC).text


def test_an_abstract_names_its_source_and_the_licence_of_the_work() -> None:
    """The source of the abstract, not of the record's other fields; no licence where none is."""
    record = SEED.model_copy(
        update={
            "access": Access(status=AccessStatus.OPEN, licence="CC BY 4.0 <b>"),
            "provenance": (
                Provenance(source="crossref", fields=("title",)),
                Provenance(
                    source="europe_pmc", at=datetime(2026, 1, 15, tzinfo=UTC), fields=("abstract",)
                ),
            ),
        }
    )
    text = abstract.message(record, Audience.PUBLIC).text
    assert "Europe PMC" in text
    assert "Crossref" not in text
    assert "Licence: CC BY 4.0" in text
    unlicensed = SEED.model_copy(update={"access": Access()})
    assert "Licence" not in abstract.message(unlicensed, Audience.PUBLIC).text


def test_a_citation_can_be_copied() -> None:
    """Each style by name, BibTeX in a code block, the same in the fallback."""
    cited = Citation(
        formatted={"APA": "A & B (2025). *x*."}, entries={"BibTeX": "@article{a,\n  t = {`<x>`}\n}"}
    )
    blocks = citation.modal(SEED, cited).to_dict()["blocks"]
    assert blocks[0]["text"]["text"] == "*APA*\nA &amp; B (2025). \u2217x\u2217."
    assert blocks[1]["text"]["text"] == "*BibTeX*"
    assert blocks[2]["elements"][0]["elements"][0]["text"] == "@article{a,\n  t = {`<x>`}\n}"
    message = citation.message([SEED], cited, Audience.TERMINAL)
    assert (
        message.text == "APA\nA & B (2025). \u2217x\u2217.\n\nBibTeX\n@article{a,\n  t = {`<x>`}\n}"
    )


@pytest.mark.parametrize("name", RECORDS)
def test_every_citation_can_be_shown(name: str) -> None:
    """However long the list of authors and hostile the text."""
    for text in ("x", HOSTILE_TITLE * 20, "& " * 9000, "`" * 9000, "\n" * 9000, "x" * 90_000):
        cited = Citation(formatted=dict.fromkeys(("A", "B", "C"), text), entries={"BibTeX": text})
        check_view(citation.modal(RECORDS[name], cited))
        check_message(citation.message([RECORDS[name]], cited, Audience.PUBLIC).payload())


def test_a_retracted_work_is_cited_with_a_warning() -> None:
    """The warning is the first thing seen."""
    cited = Citation(formatted={"APA": "x"}, entries={"BibTeX": "@misc{x}"})
    first = citation.modal(RETRACTED, cited).to_dict()["blocks"][0]["text"]["text"]
    assert first.startswith("*⚠ RETRACTED")
    assert "Say so where you cite it." in first


@pytest.mark.parametrize("audience", Audience)
def test_help_is_made_for_where_it_is_asked(audience: Audience) -> None:
    """Five examples at most, where answers go, and the way to everything else."""
    message = help.help_message(["macrophage csf1r", HOSTILE_TITLE, "c", "d", "e", "f"], audience)
    check_message(message.payload())
    assert "Try: macrophage csf1r" in message.text
    assert "Try: e\n" in message.text
    assert "Try: f" not in message.text
    others = {help.help_message((), each).text for each in Audience}
    assert len(others) == len(Audience)


@pytest.mark.parametrize("audience", Audience)
def test_all_commands_are_listed_with_an_example(audience: Audience) -> None:
    message = help.all_commands(COMMANDS)
    check_message(message.payload())
    assert "WORDS — Search; typos are forgiven. E.g. `macrophage csf1r`" in message.text
    check_message(help.one_command(COMMANDS[2], audience).payload())


def test_the_home_page_offers_examples() -> None:
    """What it is, where it answers, and examples to press."""
    view = home.home(home.Desk(examples=["macrophage csf1r", HOSTILE_TITLE]))
    check_view(view)
    queries = [
        e["value"] for b in view.to_dict()["blocks"] for e in b.get("elements", []) if "value" in e
    ]
    assert queries[0] == '{"q":"macrophage csf1r"}'
    assert '{"q":"help"}' in queries
    check_view(home.home(home.Desk()))


def test_status_says_what_is_held_in_plain_words() -> None:
    """Counts, freshness, sources and checks; what only an operator can act on in a terminal."""
    at = datetime(2025, 12, 3, tzinfo=UTC)
    store = StoreStatus(
        "/data/tme.db", 1, 1301, 9, 250, 1300, (("ora", 1, at), ("x", 1300, None)), at
    )
    index = IndexStatus("/data/index", 1300, 7, writable=False)
    checks = [
        Check("Harvests", "ok", "archive: fine", part="archive"),
        Check("Harvests", "bad", "<!channel>", part="other"),
        Check("Backup", "bad", "last made 9 days ago", "Make one.", for_operator=True),
    ]
    message = status.status(store, index, checks)
    check_message(message.payload())
    said = [
        "Records: 1,301 (250 with an abstract, 1,300 with a DOI)",
        "Newest: first seen 3 Dec 2025",
        "Sources: ORA 1 record, last 3 Dec 2025 · x 1,300 records, date of harvest unknown",
        "Harvests: archive: fine · < !channel>",
    ]
    assert message.text.splitlines() == said
    assert status.status(store, index, checks, Audience.TERMINAL).text.splitlines() == [
        *said,
        "Backup: last made 9 days ago",
        "Database: /data/tme.db (schema 1)",
        "Index folder: /data/index",
    ]


def test_an_empty_store_has_a_status() -> None:
    """Nothing stored yet is said, not hidden."""
    empty = StoreStatus("x", 1, 0, 0, 0, 0, (), None)
    message = status.status(empty, IndexStatus("x", 0, 0, True), [])
    check_message(message.payload())
    assert "no record yet" in message.text


def test_errors_say_what_to_do() -> None:
    """What happened and what to do about it, on one line; what stands in backticks is code."""
    for error in (TmeError("<!channel> *x*"), StoreBusy("Busy."), QueryTooLong("x" * 9000)):
        message = errors.error(error)
        check_message(message.payload())
        assert "\n" not in message.text
    said = errors.error(TmeError("Failed.")).payload()["blocks"][0]["text"]["text"]
    assert said == "⚠ Failed. Try again; if it stays, run `tme doctor`."


def test_a_setting_is_named_in_the_terminal_alone() -> None:
    failure = StoreReadOnly("The store cannot be written.")
    assert "TME_HOME" in errors.error(failure, Audience.TERMINAL).text
    for audience in set(Audience) - {Audience.TERMINAL}:
        text = errors.error(failure, audience).text
        assert "TME_" not in text
        assert "Ask my operator" in text


def test_a_hint_is_its_notes_and_what_to_try() -> None:
    """Notes as lines, suggestions as buttons; never an empty answer."""
    given = Answer.model_validate(
        {
            "query": "PD",
            "understood": {"action": "clarify", "notes": ("PD can mean several things.",)},
            "suggestions": ("PD-1", "PD-L1"),
        }
    )
    message = errors.hint(given, Audience.PRIVATE)
    check_message(message.payload())
    assert message.text == "PD can mean several things.\nTry: PD-1\nTry: PD-L1"
    check_message(errors.hint(Answer(query=""), Audience.PRIVATE).payload())
    hostile = Answer(query="x", understood=HOSTILE_UNDERSTOOD, suggestions=(HOSTILE_TITLE,) * 9)
    check_message(errors.hint(hostile, Audience.PRIVATE).payload())


def test_a_definition_says_whether_it_was_checked() -> None:
    """Meaning, other names, neighbours, and the source or that there is none."""
    term = Term(
        label="regulatory T cells",
        kind="component",
        meaning=Fact("T cells that suppress."),
        lists=(
            ("Abbreviations", (Fact("Treg"),)),
            ("Also called", (Fact("Tr1", unverified=True), Fact("Treg cells"))),
            ("Includes", (Fact(HOSTILE_TITLE),) * 9),
            ("Note", (Fact("<!channel>", unverified=True),)),
        ),
        sources=(Source("example.org", "https://example.org/x"), Source(HOSTILE_TITLE)),
        records="treg",
        neighbours=((HOSTILE_TITLE, HOSTILE_TITLE),) * 9,
    )
    bare = Term("x", "y", Fact("Unchecked.", unverified=True))
    for shown in ((term,), (term, bare), (term,) * 4):
        for beside in (False, True):
            for audience in Audience:
                message = definition.message(shown, audience, beside=beside, found={"treg": 1})
                check_message(message.payload())
    text = definition.message((term, bare), Audience.TERMINAL, found={"treg": 1}).text
    assert text.startswith("regulatory T cells (component)\nT cells that suppress.\n")
    assert "Also called: Treg cells, Tr1 †" in text
    assert "Sources: example.org (https://example.org/x)" in text
    assert "x (y)\nUnchecked. †\n† not verified: the project has not checked it" in text
    assert "See records of regulatory T cells (1): treg" in text
    with pytest.raises(ValueError, match="term"):
        definition.message((), Audience.PUBLIC)


def test_every_concept_of_the_vocabulary_can_be_shown(seeds: Path) -> None:
    """One alone, and two side by side."""
    vocabulary = Vocabulary.load(seeds / "taxonomy.yaml")
    terms = [Definitions(vocabulary).concept(concept) for concept in vocabulary.concepts]
    for term, other in pairwise(terms):
        check_message(definition.message([term], Audience.PUBLIC).payload())
        check_message(definition.message([term, other], Audience.PUBLIC, beside=True).payload())
        check_message(definition.message([term, other] * 2, Audience.PUBLIC).payload())
