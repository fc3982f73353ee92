"""Questions are read as they are meant, on every surface, whatever was pasted."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.models import Scheme
from bot.search.query import Query, parse, unmark
from bot.search.query.forms import Forms
from bot.search.query.mending import KnownWords
from bot.search.query.reader import Reader
from bot.store import Conversation
from bot.text.spelling import Speller
from bot.vocabulary import Vocabulary
from handlers.commands import COMMANDS
from handlers.router import Request, Router, Surface

TODAY = date(2026, 1, 15)
USED = {"macrophages": 30, "resistance": 40, "acquired": 8, "glioma": 6, "pancreatic": 9,
        "nomenclature": 1, "checkpoint": 50, "solid": 5}  # fmt: skip


@cache
def reader() -> Reader:
    """Made when the first test needs it: every process of a run collects this file."""
    vocabulary = Vocabulary.load(Path(__file__).parents[2] / "seeds" / "taxonomy.yaml")
    learnt = vocabulary.vocabulary_words()
    people = {"sharma": 9, "ribas": 4, "connor": 2}
    known = KnownWords(
        vocabulary=vocabulary,
        speller=Speller(USED, learnt),
        is_text_word=USED.__contains__,
        uses=lambda word: people.get(word, 0) + USED.get(word, 0) + learnt.get(word, 0),
        stem=lambda word: word.rstrip("s"),
    )
    return Reader(
        lambda text: parse(text, known, TODAY),
        known.uses,
        Forms(form for command in COMMANDS for form in command.forms),
        [command.name for command in COMMANDS if command.takes_subject],
    )


# What only a whole router can tell: these are asked of it below.
BY_THE_ROUTER = ("smalltalk", "help", "define", "compare", "lookup")


def read(text: str) -> Query:
    """A question as it is read where whatever it names is there."""
    return reader().read(text, lambda query: query.action not in BY_THE_ROUTER)


def concepts(query: Query) -> set[str]:
    return {c for p in query.parts if p.recognised for c in p.recognised.concepts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TAM", {"tumour-associated-macrophages"}),
        ("tumor associated macrophages", {"tumour-associated-macrophages"}),
        ("tumour‑associated macrophages", {"tumour-associated-macrophages"}),
        ("tumour\u00adassociated macrophages", {"tumour-associated-macrophages"}),
        ("*TAM* _macrophages_ ~resistance~",
         {"tumour-associated-macrophages", "immunotherapy-resistance"}),
        ("CAF aquired resistence", {"cancer-associated-fibroblasts", "acquired-resistance"}),
        ("oncolitic virus", {"oncolytic-virotherapy"}),
        ("<!here> <@U999> mdsc", {"myeloid-derived-suppressor-cells"}),
        ("((TAM", {"tumour-associated-macrophages"}),
        ("TAM\x00MDSC", {"tumour-associated-macrophages", "myeloid-derived-suppressor-cells"}),
        ("what are people doing about CAFs?",
         {"cancer-associated-fibroblasts", "stroma-targeting"}),
    ],
)  # fmt: skip
def test_concepts_are_recognised_however_they_are_typed(text: str, expected: set[str]) -> None:
    query = read(text)
    assert query.action in ("search", "disambiguate")
    assert concepts(query) == expected


def test_a_correction_is_told() -> None:
    corrected = read("CAF aquired resistence").corrected
    assert [(c.typed, c.used) for c in corrected] == [
        ("aquired", "acquired"), ("resistence", "resistance"),
    ]  # fmt: skip


def test_quotes_switch_correction_and_synonyms_off() -> None:
    query = read('"aquired macrofages"')
    assert query.corrected == ()
    (part,) = query.parts
    assert part.phrase
    assert part.words == ("aquired", "macrofages")


def test_how_an_abbreviation_was_read_is_told_with_the_other_senses() -> None:
    (sense,) = read("CAF").senses
    assert (sense.typed, sense.taken) == ("CAF", "cancer-associated fibroblasts")
    assert "caffeine" in [label for label, _ in sense.alternatives]


def test_a_cue_flips_the_sense() -> None:
    query = read("oestrogen TAM")
    assert concepts(query) == set()
    assert [s.taken for s in query.senses if s.typed == "TAM"] == ["tamoxifen"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("PD", "several things"), ("MSDC", "MDSC"), ("10.1002/", "beginning of a DOI")],
)
def test_a_fragment_is_asked_back(text: str, says: str) -> None:
    query = read(text)
    assert query.action == "clarify"
    assert says in query.problems[0].message


def test_words_phrases_negation_and_alternatives() -> None:
    query = read('glioma "adaptive resistance" -review NOT melanoma pembrolizumab OR nivolumab')
    assert [p.typed for p in query.parts] == [
        "glioma", "adaptive resistance", "pembrolizumab OR nivolumab",
    ]  # fmt: skip
    assert [p.typed for p in query.excluded] == ["review", "melanoma"]
    assert [p.typed for p in query.parts[2].any] == ["pembrolizumab", "nivolumab"]


def test_a_hyphen_inside_a_word_is_no_negation() -> None:
    query = read("anti-PD-1 glioma")
    assert query.excluded == ()


@pytest.mark.parametrize(
    ("text", "action", "scheme"),
    [
        ("DOI: 10.1002/CTD2.70098", "lookup", Scheme.DOI),
        ("<https://doi.org/10.1002/ctd2.70098|doi.org/…>", "lookup", Scheme.DOI),
        ("10.1002/ctd2.\n70098", "lookup", Scheme.DOI),
        ("PMID 28187290", "lookup", Scheme.PMID),
        ("orcid:0000000210502771", "author_lookup", Scheme.ORCID),
        ("2768-0622", "journal_lookup", Scheme.ISSN),
        ("has this been retracted? https://doi.org/10.1002/ctd2.70098", "integrity", Scheme.DOI),
        ("cite 10.1002/ctd2.70098 in bibtex", "cite", Scheme.DOI),
    ],
)
def test_a_pasted_identifier_names_its_record(text: str, action: str, scheme: Scheme) -> None:
    query = read(text)
    assert query.action == action
    assert [m.identifier.scheme for m in query.identifiers] == [scheme]


def test_a_wrong_check_digit_is_told_and_not_searched() -> None:
    query = read("0000-0002-1050-2772")
    assert query.action == "error_hint"
    assert "check digit" in query.problems[0].message


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("help", "help"), ("?", "help"), ("", "help"), ("(((((", "help"), ("🦠🔫", "smalltalk"),
        ("next", "page"), ("define MDSC", "define"), ("what is a TAM?", "define"),
        ("difference between PMN-MDSC and M-MDSC", "define"),
        ("summarise the Oxford TME review", "abstract"), ("export these to RIS", "export"),
        ("cite the second one in bibtex", "cite"), ("stop alerts", "unsubscribe"),
        ("is the Oxford one open access?", "access"), ("sources", "sources"),
        ("report wrong tag on it", "report"), ("should my patient get Keytruda?", "refuse"),
        ("who is the best immunologist?", "refuse"), ("tell me a joke", "out_of_scope"),
        ("author:Müller", "author_lookup"), ('journal:"cancer cell"', "journal_lookup"),
        ("year:20255", "error_hint"), ("strategy:magic", "error_hint"),
        ("a* b* c* d* e*", "error_hint"), ("status", "status"), ("new", "new"),
        ("subscribe CAF in melanoma weekly", "subscribe"), ("save the first one", "save"),
        ("papers by Sharma", "author_lookup"), ("more by this author", "author_more"),
        ("more papers by them", "author_more"), ("what does “hypoxia” mean here?", "define"),
        ("hypoxia meaning", "define"),
        ("similar to the first one", "similar"),
    ],
)  # fmt: skip
def test_what_is_wanted_is_recognised(router: Router, text: str, action: str) -> None:
    listed = Conversation("macrophage", 0, tuple(r.id for r in router.services.store.newest(5)), 5)
    assert router.read(Request(text, Surface.THREAD), listed).query.action == action


@pytest.mark.parametrize(
    "text",
    ["open access CAF", "follow-up of CAR-T", "report of adverse events", "watch and wait glioma",
     "is CAR-T active against solid tumours", "find help for CAF", "stats of tregs",
     "what strategies overcome resistance", "is:retracted", "is:open",
     "what is the role of hypoxia in resistance?"],
)  # fmt: skip
def test_plain_words_that_look_like_commands_are_searched(router: Router, text: str) -> None:
    assert router.read(Request(text, Surface.SLASH), None).query.action == "search"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("l'immunothérapie", ["immunothérapie"]),
        ("L’hypoxie", ["hypoxie"]),
        ("qu'une mutation", ["une", "mutation"]),
        ("d'IL-10", ["IL-10"]),
        ("O'Connor", ["O", "Connor"]),
        ("D'Angelo", ["D", "Angelo"]),
        ("5'UTR", ["5", "UTR"]),
    ],
)
def test_an_article_before_a_vowel_is_no_initial(text: str, terms: list[str]) -> None:
    """French cuts its articles short; the letter that is left names no author."""
    assert [part.typed for part in read(f"find {text}").parts] == terms


def test_find_always_searches() -> None:
    query = read("find help")
    assert query.action == "search"
    assert [p.typed for p in query.parts] == ["help"]


def test_a_name_and_a_year_are_an_author_and_a_year() -> None:
    query = read("O’Connor 2024")
    assert query.filters.as_json() == {"author": "O'Connor", "year": 2024}


def test_a_topic_and_a_year_stay_a_topic() -> None:
    query = read("Glioma 2024")
    assert query.filters.as_json() == {"year": 2024}
    assert [p.typed for p in query.parts] == ["Glioma"]


def test_the_rest_is_searched_beside_a_bad_filter() -> None:
    query = read("glioma year:20255")
    assert query.action == "error_hint"
    assert [p.typed for p in query.parts] == ["glioma"]


def test_an_unknown_field_is_words() -> None:
    assert [p.typed for p in read("foo:glioma").parts] == ["foo", "glioma"]


@pytest.mark.parametrize(
    ("text", "asked", "filters"),
    [
        ("find me papers on glioma", ["glioma"], {}),
        ("articles about glioma since 2022", ["glioma"],
         {"year_from": 2022, "since": "2022-01-01"}),
        ("open access papers on macrophages", ["macrophages"], {"open_access": True}),
        ("how many papers on glioma are there?", ["glioma"], {}),
        ("glioma since yesterday", ["glioma"], {"year_from": 2026, "since": "2026-01-14"}),
        ("glioma this week", ["glioma"], {"year_from": 2026, "since": "2026-01-12"}),
        ("glioma this month", ["glioma"], {"year_from": 2026, "since": "2026-01-01"}),
        ("find papers by Sharma", [], {"author": "Sharma"}),
        ("papers in glioma", ["glioma"], {}),
    ],
)  # fmt: skip
def test_how_papers_are_asked_for_is_not_looked_for(
    text: str, asked: list[str], filters: dict[str, object]
) -> None:
    query = read(text)
    assert ([part.typed for part in query.parts], query.filters.as_json()) == (asked, filters)


@pytest.mark.parametrize(
    ("text", "excluded"),
    [("glioma not reviews", ["reviews"]), ("articles about glioma, but no reviews.", ["reviews"]),
     ("glioma excluding preprints", ["preprints"]), ("not reviews of glioma", ["reviews"])],
)  # fmt: skip
def test_a_kind_of_record_is_left_out_in_plain_words(text: str, excluded: list[str]) -> None:
    query = read(text)
    assert [part.typed for part in query.excluded] == excluded
    assert [part.typed for part in query.parts][-1:] == ["glioma"]


@pytest.mark.parametrize("text", ["author:", "glioma doi:", "since:"])
def test_a_filter_without_a_value_says_what_to_type(text: str) -> None:
    (problem,) = read(text).problems
    assert "needs a value, for example " in problem.message


@pytest.mark.parametrize("text", ["OR", "OR OR", "AND OR"])
def test_joining_nothing_says_how_to_join(text: str) -> None:
    query = read(text)
    assert query.action == "error_hint"
    assert "stand between words" in query.problems[0].message


@pytest.mark.parametrize(
    ("text", "command"),
    [("evidnce oncolytic viruses", "evidence oncolytic viruses"), ("defin CAF", "define CAF"),
     ("macrophages resistance", None), ("solid glioma", None)],
)  # fmt: skip
def test_a_mistyped_command_is_named(text: str, command: str | None) -> None:
    assert read(text).notes == ((f"For the command, type: {command}",) if command else ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("macro-\nphages", ["macrophages"]),
        ("mela-\r\n  noma", ["melanoma"]),  # no word of the store, but neither are its halves
        ("checkpoint-\nsolid", ["checkpoint", "solid"]),
        ("solid-glioma", ["solid", "glioma"]),  # typed so
    ],
)
def test_a_word_broken_at_a_line_end_is_one_word(text: str, words: list[str]) -> None:
    assert [part.typed for part in read(text).parts] == words


def test_a_broken_title_has_both_readings() -> None:
    query = read("cell nomen-\nclature and standards")
    assert query.readings == ("cell nomen-clature and standards", "cell nomenclature and standards")


def test_slack_escapes_are_read_as_the_characters() -> None:
    assert unmark("p &lt; 0.05 &amp; more") == "p < 0.05 & more"


@given(st.text(max_size=300))
def test_nothing_anyone_types_breaks_the_parser(text: str) -> None:
    query = read(text)
    assert query.action
    assert all("\n" not in problem.message for problem in query.problems)


OPERATORS = st.lists(
    st.sampled_from(['"', "(", ")", "-", "OR", "AND", "NOT", "author:", "year:", "*", ":", "TAM",
                     "10.1/", "<@U1>", "'; DROP TABLE records;--", "+", "^", "~", "[", "\\"]),
    max_size=40,
)  # fmt: skip


@given(OPERATORS.map(" ".join))
def test_no_arrangement_of_operators_breaks_the_parser(text: str) -> None:
    assert read(text).action


@pytest.mark.parametrize(
    ("text", "typed", "words"),
    [
        ("MHC class I expression", "MHC class I", ("mhc", "i")),
        ("MHC-II expression", "MHC-II", ("mhc", "ii")),
        ("vitamin A", "vitamin A", ("vitamin", "a")),
        ("IGF-I", "IGF-I", ("igf", "i")),
        ("NF kappa B signalling", "NF kappa B", ("nf", "kappa", "b")),
    ],
)
def test_a_number_or_letter_that_is_part_of_a_name_stays_with_it(
    text: str, typed: str, words: tuple[str, ...]
) -> None:
    part = next(part for part in read(text).parts if part.typed == typed)
    assert part.words == words


def test_a_little_word_behind_such_a_head_stays_one() -> None:
    assert [part.typed for part in read("group a patients").parts] == ["group"]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("what does WAS do in T cells", ["WAS"]),
        ("KIT and REST in glioma", ["KIT", "REST"]),
        ("IT delivery of oncolytic virus", ["IT"]),
        ("what was done in T cells", []),
        ("the rest of the kit", []),
        ("WHAT DOES WAS DO IN T CELLS", []),  # in capitals throughout
        ("FIND macrophages", []),  # how papers are asked for
    ],
)
def test_little_words_in_capitals_are_symbols(text: str, symbols: list[str]) -> None:
    assert [part.typed for part in read(text).parts if part.symbol] == symbols


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("immune check point inhibitors", "checkpoint-inhibition"),
        ("micro environment of glioma", "tumour-microenvironment"),
        ("onco lytic virus", "oncolytic-virotherapy"),
        ("neo antigen load", "neoantigen-load"),
    ],
)
def test_words_written_apart_are_joined_where_the_whole_is_a_term(text: str, concept: str) -> None:
    query = read(text)
    assert concept in {c for p in query.parts if p.recognised for c in p.recognised.concepts}
    assert not query.corrected


def test_words_that_are_two_stay_two() -> None:
    assert [part.typed for part in read("lung tissue").parts] == ["lung", "tissue"]
    assert read("CAR T cells").parts[0].words == ("car", "t", "cells")


def test_an_optional_plural_is_one_word() -> None:
    assert [part.words for part in read("find histone chaperone(s) glioma").parts] == [
        ("histone",), ("chaperones",), ("glioma",),
    ]  # fmt: skip
