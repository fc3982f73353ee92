"""No question is a dead end, and none is answered with a record that nobody meant."""

import pytest

from bot.store import Conversation
from handlers.router import Place, Request, Router, Surface
from tests.block_check import check_message

SEED = "10.1002/ctd2.70098"
SHARMA = "10.1016/j.cell.2017.01.017"


def said(router: Router, text: str, shown: Conversation | None = None) -> str:
    """The answer as plain text; it can be posted."""
    message = router.answer(Request(text, Surface.SLASH, shown=shown)).message
    check_message(message.payload())
    return message.text


def listed(router: Router, text: str = "macrophage") -> Conversation:
    """What a thread remembers after a list."""
    answer = router.answer(Request(text, Surface.SLASH)).answer
    return Conversation(text, 0, tuple(hit.record.id for hit in answer.hits), answer.ranked)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("10.9999/none", "Try: add 10.9999/none"),
        ("cite 10.9999/none", "Try: add 10.9999/none"),
        ("PMC5391692", "Try: add PMC5391692"),
        ("arXiv:2101.00001", "Try: add arXiv 2101.00001"),
        ("NCT02263508", "Trial https://clinicaltrials.gov/study/NCT02263508 is not in"),
        ("0028-0836", 'journal:"cancer cell"'),
        ("0000-0002-1825-0097", "author:sharma"),
        ("pubs id 999", "DOI or title"),
    ],
)
def test_what_is_not_held_can_be_fetched_or_found_otherwise(
    router: Router, text: str, way: str
) -> None:
    assert way in said(router, text)


@pytest.mark.parametrize(
    "text", ["https://orcid.org/0000-0002-1825-0098", "1234-5678", "PMID: 99999999999"]
)
def test_a_mistyped_identifier_is_no_question_about_every_record(router: Router, text: str) -> None:
    reply = router.answer(Request(text, Surface.SLASH))
    assert (reply.answer.total, reply.answer.hits) == (0, ())
    assert "looks mistyped" in reply.message.text
    assert "paste the title" in reply.message.text


def test_a_publishers_address_is_not_searched_for_its_letters(router: Router) -> None:
    address = "https://www.cell.com/cell/fulltext/S0092-8674(17)30065-X"
    for text in (address, f"<{address}|cell.com>"):
        reply = router.answer(Request(text, Surface.SLASH))
        assert reply.answer.hits == ()
        assert "Paste the DOI or the title." in reply.message.text


@pytest.mark.parametrize("text", ["show 2", "show #2", "show the second one", "open 2", "cite 2"])
def test_a_number_is_a_place_in_the_list(router: Router, text: str) -> None:
    shown = listed(router)
    answer = router.answer(Request(text, Surface.THREAD, shown=shown)).answer
    assert [hit.record.id for hit in answer.hits] == [shown.record_ids[1]]


@pytest.mark.parametrize("text", ["show 2", "show it", "open it", "cite 2", "abstract 2", "show"])
def test_a_place_without_a_list_is_asked_back(router: Router, text: str) -> None:
    """Not the record in whose text a 2 stands."""
    reply = router.answer(Request(text, Surface.SLASH))
    assert reply.answer.hits == ()
    assert "Say which record" in reply.message.text
    assert f"Try: {text.split(maxsplit=1)[0].replace('open', 'show')} {SEED}" in reply.message.text


@pytest.mark.parametrize("text", ["show 9", "cite the ninth one", "similar to the tenth one"])
def test_a_place_beyond_the_list_is_said_to_be(router: Router, text: str) -> None:
    assert "The list shown last has 5 records." in said(router, text, listed(router))


@pytest.mark.parametrize("text", ["cite the macrophage", "similar hypoxia", "abstract CAR-T"])
def test_of_many_records_none_is_picked(router: Router, text: str) -> None:
    """A citation of whichever came first would be taken for the one that was meant."""
    reply = router.answer(Request(text, Surface.SLASH))
    assert "Which one?" in reply.message.text
    assert reply.answer.total > 1


def test_the_one_record_with_every_word_is_meant(router: Router) -> None:
    answer = router.answer(Request("cite the Oxford TME review", Surface.SLASH)).answer
    assert [hit.record.doi for hit in answer.hits] == [SEED]


@pytest.mark.parametrize("text", ["open access macrophage", "open-label trial", "open 24 hours"])
def test_open_is_also_a_word(router: Router, text: str) -> None:
    assert router.answer(Request(text, Surface.SLASH)).answer.understood.action != "lookup"


def test_papers_are_no_word_to_look_for(router: Router) -> None:
    plain = router.answer(Request("papers on CAF", Surface.SLASH)).answer
    asked = router.answer(Request("show me papers on CAF", Surface.SLASH)).answer
    assert (asked.understood.action, asked.total) == ("search", plain.total)


@pytest.mark.parametrize("text", ["show papers by Sharma", "give me all papers by Sharma"])
def test_papers_by_somebody_are_theirs(router: Router, text: str) -> None:
    answer = router.answer(Request(text, Surface.SLASH)).answer
    assert answer.understood.filters == {"author": "Sharma"}
    assert answer.hits


def test_help_with_one_command_is_that_command(router: Router) -> None:
    text = said(router, "help cite")
    assert text.startswith("cite DOI or title [in STYLE] — ")
    assert "E.g. `cite " in text
    assert "export WORDS" not in text
    assert "export WORDS" in said(router, "help commands")
    assert "export WORDS" not in said(router, "help")


def test_help_is_ten_lines_with_examples_that_find_something(router: Router) -> None:
    lines = [line for line in said(router, "help").splitlines() if line]
    assert len(lines) == 11
    assert lines[-1] == "All commands: help commands"
    tries = [line.removeprefix("Try: ") for line in lines if line.startswith("Try: ")]
    assert len(tries) == 5
    for query in tries:
        reply = router.answer(Request(query, Surface.SLASH))
        assert reply.error is None
        assert reply.answer.hits or reply.answer.understood.action in ("define", "map"), query
    assert said(router, "help with nonsense") == said(router, "help")


def test_every_command_has_its_own_help(router: Router) -> None:
    for command in router.commands:
        if command.words and command.words[0].islower():
            word = command.words.split()[0].strip(",")
            assert said(router, f"help {word}").startswith(command.words)


@pytest.mark.parametrize(
    "text",
    [
        f"cite in chicago {SHARMA}",
        f"cite chicago {SHARMA}",
        f"cite using chicago: {SHARMA}",
        f"cite {SHARMA} in chicago please",
        f"cite {SHARMA} in the style of chicago",
        f"CITE {SHARMA.upper()} IN CHICAGO",
    ],
)
def test_a_style_is_understood_wherever_it_stands(router: Router, text: str) -> None:
    cited = said(router, text)
    assert cited.lower().startswith("chicago\nsharma, padmanee")
    assert "@article" not in cited


def test_a_format_may_come_first(router: Router) -> None:
    assert said(router, f"cite as ris {SHARMA}").startswith("TY  - JOUR")


def test_a_misspelt_style_gets_the_nearest(router: Router) -> None:
    assert "`in chicago`" in said(router, f"cite {SHARMA} in chigaco")


@pytest.mark.parametrize(
    "text",
    [f"cite {SHARMA} as docx", "export oncolytic viruses as PDF", "export CAF as a word file"],
)
def test_a_format_that_is_not_written_is_said_to_be(router: Router, text: str) -> None:
    """Not a file of whatever has the word pdf in it."""
    reply = router.answer(Request(text, Surface.SLASH))
    assert reply.file is None
    assert "I write no" in reply.message.text
    assert "`as ris`" in reply.message.text


def test_what_could_not_be_cited_is_named(router: Router) -> None:
    assert "Not in our records: 10.9999/none" in said(router, f"cite {SHARMA} 10.9999/none in apa")


def test_a_term_in_quotes_is_defined(router: Router) -> None:
    assert said(router, 'define "tumour mutational burden"').startswith(
        "tumour mutational burden ("
    )


def test_an_unknown_side_of_a_comparison_is_named(router: Router) -> None:
    text = said(router, "difference between MDSC and frobnicase")
    assert text.startswith("“frobnicase” is not in the vocabulary")
    assert "myeloid-derived suppressor cells (TME component)" in text


def test_the_facets_of_a_map_are_named_where_none_fits(router: Router) -> None:
    assert "component, strategy, resistance, evidence" in said(router, "map year by frobnicase")


def test_three_that_nobody_combined_are_not_both(router: Router) -> None:
    text = said(router, "combine CAR-T, oncolytic viruses, entinostat")
    assert "All of them: none in our records" in text


def test_a_list_stays_while_its_records_are_opened(router: Router) -> None:
    """After the second one comes the first, and "it" is whichever was opened last."""
    place = Place("T-open", "C1", "1.0", "U1")

    def ids(text: str) -> list[str]:
        answer = router.answer(Request(text, Surface.THREAD, place)).answer
        return [hit.record.id for hit in answer.hits]

    listed = ids("macrophage")
    assert ids("cite the second one") == listed[1:2]
    assert ids("cite the first one") == listed[:1]
    assert ids("show 3") == listed[2:3]
    assert ids("cite it") == listed[2:3]
    assert ids("cite these") == listed
    after = ids("next")
    assert set(after).isdisjoint(listed)
    assert ids("show 7") == after[1:2]  # as it is numbered there
    assert ids(SEED) == [router.services.lookup.one(SEED).id]  # type: ignore[union-attr]
    assert ids("cite it") == ids(SEED)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("status please", "status"),
        ("please help", "help"),
        (f"could you cite {SHARMA}, thanks!", "cite"),
        (f"Please, show the abstract of {SEED}", "abstract"),
        ("what's new on CAR-T?", "search"),
        ("please", "search"),
        (f"is {SEED} peer reviewed?", "lookup"),
    ],
)
def test_the_polite_are_answered_too(router: Router, text: str, action: str) -> None:
    reply = router.answer(Request(text, Surface.SLASH))
    assert reply.answer.understood.action in (action, "no_results")
    assert "thanks" not in reply.message.text


@pytest.mark.parametrize(
    "text", ["latest on MDSC", "what is new on MDSC?", "newest papers on MDSC"]
)
def test_the_newest_on_a_topic_is_the_topic_newest_first(router: Router, text: str) -> None:
    answer = router.answer(Request(text, Surface.SLASH)).answer
    assert answer.understood.sort == "date_desc"
    assert answer.total == router.answer(Request("new MDSC", Surface.SLASH)).answer.total > 0


def test_bibtex_for_a_record_is_its_entry_alone(router: Router) -> None:
    assert said(router, f"bibtex for {SHARMA}").startswith("@article{")


@pytest.mark.parametrize(
    ("text", "rows", "columns"),
    [
        ("map CAR-T by strategy", "TME component", "Reprogramming strategy"),
        ("map CAR-T by component", "Reprogramming strategy", "TME component"),
        ("map CAR-T by evidence", "TME component", "Evidence"),
    ],
)
def test_a_map_by_one_facet_takes_the_usual_other(
    router: Router, text: str, rows: str, columns: str
) -> None:
    """Not records that have the word "strategy" in them."""
    found = router.services.landscape.map(router.read(Request(text, Surface.SLASH), None).query)
    assert (found.topic, found.rows.name) == ("CAR-T", rows)
    assert found.columns.name.startswith(columns)


def test_a_terminal_is_told_the_command_that_writes_the_file(router: Router) -> None:
    text = "export oncolytic viruses as csv"
    message = router.answer(Request(text, Surface.TERMINAL)).message
    assert "`tme export 'oncolytic viruses' --format csv --out tme-" in message.text
