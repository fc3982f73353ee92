"""What people type in a chat: short forms, courtesies, initials, pointing and taking back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records.answers import Answer
from bot.records.models import Contribution
from bot.search.query import Query
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work
from tests.search.test_dialogue import talk

DOSE = "Patients had a dose of 200 mg every three weeks. Responses were durable."
RECORDS = (
    work(1, "Tumour-associated macrophages in liver cancer", "Macrophages drive resistance."),
    work(2, "Evolution of hepatocellular carcinoma under immune selection"),
    work(3, "A roadmap for hepatocellular carcinoma"),
    work(4, "Nivolumab in older adults with melanoma", DOSE,
         contributors=(Contribution(family="Wong", given="JSL"),)),
    work(5, "TIM-3 on T cells of melanoma", "T cells with TIM-3 are exhausted."),
    work(6, "LAG-3 on T cells in glioblastoma"),
    work(7, "A2A adenosine receptor antagonists against tumours"),
    work(8, "Matrix stiffness of breast cancer", "The paper describes a stiff matrix."),
    work(9, "Mast cells in malignancy", "A tumor attracts mast cells."),
    work(10, "Camrelizumab after toripalimab: a meta-analysis of PD-1 inhibitors in glioma"),
    work(11, "Neutrophils and their extracellular traps in sepsis and cancer"),
)  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("hurry"), RECORDS) as router:
        yield router


def ask(router: Router, text: str) -> Answer:
    return router.answer(Request(text, Surface.SLASH)).answer


def read(router: Router, text: str) -> Query:
    return router.read(Request(text, Surface.SLASH), None).query


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("any1 got papers on matrix stiffness in breast?", "Matrix stiffness"),
        ("plz show stuff abt matrix stiffness breast", "Matrix stiffness"),
        ("looking 4 mast cell papers", "Mast cells"),
        ("is there smth on mast cells", "Mast cells"),
        ("wanted: papers on mast cells", "Mast cells"),
        ("waht is known about mast cells", "Mast cells"),
        ("mast cells in cancer", "Mast cells"),
        ("older pts melanoma", "Nivolumab"),
        ("A2AR blockers", "A2A adenosine"),
        ("matrix stiffness n breast", "Matrix stiffness"),
        ("whats the deal w/ mast cells", "Mast cells"),
        ("any news abt mast cells?", "Mast cells"),
        ("nivolumab Dr. Wong", "Nivolumab in older"),
        ("nivolumab in old people", "Nivolumab in older"),
        ("A2A receptor as a promising therapeutic target", "A2A adenosine"),
        ("do we have more than one paper on mast cells?", "Mast cells"),
        ("I'm after mast cells", "Mast cells"),
        ("glioma, meta", "Camrelizumab"),
        ("melanoma tcells", "TIM-3 on"),
    ],
)
def test_how_it_is_asked_is_nothing_to_look_for(own: Router, text: str, first: str) -> None:
    answer = ask(own, text)
    assert answer.total
    assert answer.hits[0].record.title.startswith(first)
    assert not answer.understood.corrected


@pytest.mark.parametrize(
    "text", ["number of meta-analyses about glioma", "count of meta-analyses on glioma"]
)
def test_a_number_of_meta_analyses_is_counted(own: Router, text: str) -> None:
    assert ask(own, text).total == 1


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("melanoma since last year", "2025-01-01"), ("melanoma since last month", "2025-12-01"),
        ("melanoma since 2 years", "2024-01-15"), ("melanoma from the last 2 years", "2024-01-15"),
    ],
)  # fmt: skip
def test_since_last_year_is_a_time(own: Router, text: str, first: str) -> None:
    query = read(own, text)
    assert [part.typed for part in query.parts] == ["melanoma"]
    assert query.filters.first
    assert query.filters.first.isoformat() == first


@pytest.mark.parametrize("text", ["J.S.L. Wong melanoma", "Wong JSL", "J. S. L. Wong"])
def test_initials_belong_to_a_name(own: Router, text: str) -> None:
    assert read(own, text).filters.authors == ("Wong JSL",)
    assert [hit.record.title[:9] for hit in ask(own, text).hits] == ["Nivolumab"]


def test_initials_of_bacteria_are_no_people(own: Router) -> None:
    assert not read(own, "E. coli in glioma").filters.authors
    assert ask(own, "follow Wong JSL").understood.action == "subscribe"


def test_of_a_cited_list_of_authors_the_first_is_looked_for(own: Router) -> None:
    cited = "Wong JSL, Dummer R, Hamid O, et al. Nivolumab versus placebo in older adults. 2019"
    query = read(own, cited)
    assert query.action == "search"
    assert (query.filters.authors, query.filters.year) == (("Wong JSL",), 2019)


def test_a_meeting_is_no_author(own: Router) -> None:
    query = read(own, "best of ASCO 2024")
    assert (query.filters.authors, query.filters.year) == ((), 2024)
    assert read(own, "O'Connor 2024").filters.authors == ("O'Connor",)


def test_what_is_on_the_organ_and_the_cell_answers_before_what_has_the_tumour_alone(
    own: Router,
) -> None:
    titles = [hit.record.title for hit in ask(own, "macrophages in HCC").hits]
    assert titles[0].startswith("Tumour-associated macrophages")


def test_a_drug_elsewhere_stands_before_what_lacks_it(tmp_path: Path) -> None:
    records = [work(n, f"Nasopharyngeal carcinoma of region {n}") for n in range(6)]
    drug = work(9, "Liver injury by ivonescimab in lung cancer")
    with router_over(tmp_path, [*records, drug]) as router:
        hits = ask(router, "NPC ivonescimab").hits
    assert hits[0].record.title == drug.title


def test_of_one_name_no_common_word_is_near(own: Router) -> None:
    assert not ask(own, "retracted papers").hits


@pytest.mark.parametrize(
    "text",
    ["how are you today?", "u there?", "can you speak german?", "what languages do you speak"],
)
def test_small_talk_without_a_word_of_courtesy(own: Router, text: str) -> None:
    answer = ask(own, text)
    assert answer.understood.action == "smalltalk"
    assert not answer.hits


def test_sums_are_another_subject(own: Router) -> None:
    assert ask(own, "what is 2+2").understood.action == "out_of_scope"
    assert ask(own, "what is CD4+ T cell help").understood.action != "out_of_scope"


@pytest.mark.parametrize("text", ["tumeurs froides et chaudes", "cellules T épuisées"])
def test_words_of_another_language_are_not_mended_into_english(own: Router, text: str) -> None:
    assert not ask(own, text).understood.corrected


def test_nk_cells_in_german(own: Router) -> None:
    (part,) = read(own, "was ist mit NK Zellen").parts
    assert part.recognised
    assert part.recognised.concepts == ("natural-killer-cells",)


def test_what_the_records_shown_say_is_asked_of_them_alone(own: Router) -> None:
    listed, told, cited = talk(own, "melanoma", "what dose did they use?", "cite 1")
    assert {hit.record.title[:9] for hit in listed.hits} == {"Nivolumab", "TIM-3 on "[:9]}
    assert [hit.record.id for hit in told.hits] == [hit.record.id for hit in listed.hits]
    (saying,) = (hit for hit in told.hits if hit.why)
    assert "200 mg" in saying.quotes[0].text
    assert "1 of the 2 records shown here says “dose”" in told.understood.notes[0]
    assert cited.hits[0].record.id == listed.hits[0].record.id


def test_what_no_record_shown_says_is_said(own: Router) -> None:
    _, told, cited = talk(own, "hepatocellular carcinoma", "who funded it?", "cite 1")
    assert not told.hits
    (note,) = told.understood.notes
    assert note.startswith(
        "None of the 3 records shown here says “funded”; 2 have no abstract here"
    )
    assert cited.hits


def test_a_question_with_a_subject_of_its_own_is_searched(own: Router) -> None:
    _, told = talk(own, "melanoma", "do mast cells promote it?")
    assert told.hits[0].record.title == "Mast cells in malignancy"


def test_the_abstract_under_a_list_is_that_of_its_first(own: Router) -> None:
    listed, shown = talk(own, "macrophages liver", "show me the abstract")
    assert shown.understood.action == "abstract"
    assert shown.hits[0].record.id == listed.hits[0].record.id


def test_the_authors_are_those_of_the_record_read_last(own: Router) -> None:
    _, shown, named = talk(own, "melanoma", "the abstract please", "who are the authors?")
    assert shown.understood.action == "abstract"
    assert named.understood.action == "lookup"
    assert [hit.record.id for hit in named.hits] == [shown.hits[0].record.id]


@pytest.mark.parametrize("text", ["those two papers", "these 2", "these two"])
def test_so_many_from_the_first_on(own: Router, text: str) -> None:
    listed, shown = talk(own, "melanoma", text)
    assert [hit.record.id for hit in shown.hits] == [hit.record.id for hit in listed.hits[:2]]


def test_the_two_asked_last_are_compared(own: Router) -> None:
    *_, compared = talk(own, "TIM-3", "and LAG-3?", "compare the two")
    assert compared.understood.action == "compare"
    assert {hit.record.title[:5] for hit in compared.hits} == {"TIM-3", "LAG-3"}


@pytest.mark.parametrize(
    ("turn", "question"),
    [
        ("never mind, glioma", "macrophages glioma"), ("nvm, glioma instead", "macrophages glioma"),
        ("wait, only in glioma", "macrophages glioma"),
        ("sorry, i meant glioma", "macrophages glioma"), ("drop the year", "macrophages melanoma"),
    ],
)  # fmt: skip
def test_what_is_taken_back_gives_way(router: Router, turn: str, question: str) -> None:
    *_, last = talk(router, "macrophages melanoma", turn)
    assert last.query == question
    assert not last.understood.not_


def test_what_is_taken_back_for_another_subject_begins_anew(own: Router) -> None:
    *_, last = talk(own, "macrophages liver", "actually, scrap that, mast cells")
    assert last.understood.action == "search"
    assert not last.understood.terms
    assert last.hits[0].record.title == "Mast cells in malignancy"


def test_the_evidence_alone_is_asked_about_or_that_of_the_list(own: Router) -> None:
    assert "Say which strategy" in ask(own, "show me the evidence").understood.notes[0]
    *_, last = talk(own, "macrophages liver", "show me the evidence")
    assert last.understood.action == "evidence"
    assert last.hits[0].record.title.startswith("Tumour-associated")


@pytest.mark.parametrize("text", ["most cited papers on mast cells", "highly cited mast cells"])
def test_a_rank_by_citations_is_said_not_to_be_there(own: Router, text: str) -> None:
    answer = ask(own, text)
    assert answer.hits[0].record.title.startswith("Mast cells")
    assert any("Not ranked by citations" in note for note in answer.understood.notes)
    *_, last = talk(own, "mast cells", "sort by citations")
    assert last.understood.action == "refine"
    assert any("Not ranked by citations" in note for note in last.understood.notes)


def test_who_never_did_a_thing_leaves_nothing_out(own: Router) -> None:
    query = read(own, "mast cells in never smokers")
    assert not query.excluded
    assert "smokers" in [part.typed for part in query.parts]


@pytest.mark.parametrize(
    ("text", "action"),
    [("I'd like to follow mast cells", "subscribe"), ("we want to see mast cells", "search")],
)
def test_a_wish_is_as_good_as_a_command(own: Router, text: str, action: str) -> None:
    assert ask(own, text).understood.action == action


def test_under_an_opened_record_it_is_the_one_meant(own: Router) -> None:
    *_, opened, like = talk(own, "cells of melanoma", "abstract of the first one", "similar")
    assert opened.understood.action == "abstract"
    assert like.understood.action == "similar"
    assert opened.hits[0].record.title[:30] in " ".join(like.understood.notes)


def test_what_both_sides_are_asked_about_is_in_both(own: Router) -> None:
    for text in (
        "LAG-3 or TIM-3 in melanoma: which is better?",
        "LAG-3 or TIM-3 in melanoma - what works better",
    ):
        assert ask(own, text).understood.notes == (
            "LAG-3 in melanoma: 0 records. TIM-3 in melanoma: 1 record. Both: 0 records.",
        )
    (note,) = ask(own, "TIM-3 and T cells vs camrelizumab melanoma").understood.notes
    assert note.startswith("TIM-3 and T cells melanoma: 1 record.")


def test_the_question_before_decides_an_abbreviation(own: Router) -> None:
    """Alone, NETs may be traps or tumours; under neutrophils they are traps."""
    (alone,) = talk(own, "NETs")
    assert "neuroendocrine-neoplasms" in alone.understood.concepts
    *_, traps = talk(own, "neutrophils", "how about NETs?")
    assert "neutrophil-extracellular-traps" in traps.understood.concepts
    assert "neuroendocrine-neoplasms" not in traps.understood.concepts


def test_a_goodbye_is_small_talk(own: Router) -> None:
    assert ask(own, "see you tomorrow").understood.action == "smalltalk"


@pytest.mark.parametrize(
    ("text", "cancer"),
    [
        ("lung durvalumab", "lung-cancer"), ("durvalumab in lung", "lung-cancer"),
        ("breast macrophages", "breast-cancer"), ("lung cancer toxicity", "lung-cancer"),
        ("lung toxicity of durvalumab", None), ("ovarian function after nivolumab", None),
        ("normal breast macrophages", None), ("gastric mucosa macrophages", None),
    ],
)  # fmt: skip
def test_an_organ_is_its_cancer_unless_something_of_the_organ_is_meant(
    own: Router, text: str, cancer: str | None
) -> None:
    terms = [part.recognised for part in read(own, text).parts if part.recognised]
    named = {concept for term in terms for concept in term.concepts}
    assert {c for c in named if c.endswith("-cancer")} == ({cancer} if cancer else set())


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("negative impact of antibiotics", {"antibiotics"}),
        ("positive effect of antibiotics", {"antibiotics"}),
        ("HPV negative tumours in mice", {"HPV", "negative", "tumours", "mice"}),
    ],
)
def test_how_an_effect_is_judged_is_no_subject(own: Router, text: str, asked: set[str]) -> None:
    assert {part.typed for part in read(own, text).parts} == asked
