"""Evidence by its kind, strongest first and failures included; and what combines two things."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records.models import IntegrityKind, IntegrityNotice
from bot.search.evidence import sides
from handlers.router import Request, Router, Surface
from tests.block_check import check_message
from tests.own_records import router_over, work

RETRACTION = IntegrityNotice(kind=IntegrityKind.RETRACTION)
OWN = (
    work(1, "Oncolytic virus T-VEC in melanoma: a phase 2 trial",
         "Results: Half of the patients responded.", subtype="Clinical trial"),
    work(2, "Oncolytic virus plus pembrolizumab in melanoma: a phase 3 trial",
         "Background: Checkpoint inhibition fails in many. Results: The combination did not improve"
         " progression-free survival.", subtype="Clinical trial"),
    work(3, "Oncolytic reovirus in glioma: a phase 1 trial", "Conclusion: It was safe.",
         subtype="Clinical trial", integrity=(RETRACTION,)),
    work(4, "Oncolytic virus in glioma: protocol of a phase 2 trial", subtype="Trial protocol"),
    work(5, "Oncolytic viruses in glioma: a systematic review", subtype="Systematic review"),
    work(6, "Oncolytic virus in mice", "Conclusion: In a mouse model, tumours shrank."),
    work(7, "Oncolytic viruses: a review", subtype="Review"),
    work(8, "Oncolytic viruses and pembrolizumab: a review", subtype="Review"),
    work(9, "Oncolytic viruses, an essay"),
    work(10, "Regulatory T cells in glioma"),
)  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("own"), OWN) as router:
        yield router


def evidence(router: Router, words: str) -> dict[str, tuple[int, list[str]]]:
    """The groups of an answer: name → count and the titles shown."""
    services = router.services
    found = services.evidence.evidence(router.read(Request(words, Surface.SLASH), None).query)
    return {g.name: (g.total, [hit.record.title for hit in g.hits]) for g in found.groups}


def test_the_strongest_kind_comes_first_and_is_counted(own: Router) -> None:
    groups = evidence(own, "evidence oncolytic viruses")
    assert [(name, total) for name, (total, _) in groups.items()] == [
        ("Trials", 4), ("Systematic reviews", 1), ("Preclinical studies", 1), ("Reviews", 2),
        ("Other records", 1),
    ]  # fmt: skip
    assert all(len(shown) <= 2 for _, shown in groups.values())


def test_a_failed_trial_leads_and_its_words_are_quoted(own: Router) -> None:
    _, shown = evidence(own, "evidence oncolytic viruses")["Trials"]
    assert shown == [OWN[1].title, OWN[0].title]
    text = own.answer(Request("evidence oncolytic viruses", Surface.SLASH)).message.text
    assert "Trials · 4 records (1 with a negative result, 1 without results yet)" in text
    own_words = "The combination did not improve progression-free survival."
    assert f"✗ A negative result, in its own words: {own_words} (abstract, Results)" in text
    assert text.count("positive") == text.count("none is called positive")


def test_a_retracted_trial_comes_after_all_others(own: Router) -> None:
    services = own.services
    query = own.read(Request("evidence oncolytic viruses", Surface.SLASH), None).query
    trials = services.evidence.evidence(query, shown=9).groups[0]
    assert [hit.record.title for hit in trials.hits][-2:] == [OWN[3].title, OWN[2].title]


def test_the_button_of_a_group_lists_what_it_counts(own: Router) -> None:
    services = own.services
    found = services.evidence.evidence(
        own.read(Request("evidence oncolytic viruses", Surface.SLASH), None).query
    )
    for group in found.groups:
        answer = own.answer(Request(group.question, Surface.DIRECT)).answer
        assert answer.total == group.total, group.question


def test_the_numbers_of_the_cards_are_those_of_the_list(own: Router) -> None:
    """So that "cite the third one" means the card with that number."""
    reply = own.answer(Request("evidence oncolytic viruses", Surface.DIRECT))
    for number, hit in enumerate(reply.answer.hits, 1):
        assert f"\n{number}. {hit.record.title}" in reply.message.text


@pytest.mark.parametrize("surface", list(Surface))
@pytest.mark.parametrize(
    "text",
    ["evidence oncolytic viruses", "evidence CAR-T", "evidence", "evidence xyzzy",
     "what is the evidence for vascular normalisation?", "combine", "combine CAR-T",
     "combine oncolytic viruses + pembrolizumab", "combine CXCR2 + pembrolizumab",
     "combine <!channel> + *x*", "combine a + b + c + d + e + f"],
)  # fmt: skip
def test_every_answer_can_be_posted(
    own: Router, router: Router, text: str, surface: Surface
) -> None:
    for each in (own, router):
        reply = each.answer(Request(text, surface))
        assert reply.error is None
        # What names nothing that can be combined is searched.
        assert reply.answer.understood.action in ("evidence", "combine", "search", "no_results")
        check_message(reply.message.payload())


def test_a_title_that_begins_like_the_command_opens_its_record(tmp_path: Path) -> None:
    title = "Evidence for a role of tumour-associated macrophages in acquired resistance"
    with router_over(tmp_path, [work(1, title), work(2, "Macrophages")]) as router:
        answer = router.answer(Request(title, Surface.SLASH)).answer
        assert answer.understood.action == "lookup"


def test_a_field_of_the_query_language_is_no_command(router: Router) -> None:
    answer = router.answer(Request("evidence:clinical-trial CAR-T", Surface.SLASH)).answer
    assert answer.understood.action == "search"


def test_a_combination_counts_each_side_and_both(own: Router) -> None:
    services = own.services
    query = own.read(
        Request("combine oncolytic viruses + pembrolizumab", Surface.SLASH), None
    ).query
    found = services.evidence.combine(query)
    assert found is not None
    assert [side.count for side in found.sides] == [9, 2]
    assert (found.answer.total, found.trials, found.stored) == (2, 1, 10)
    titles = {hit.record.title for hit in found.answer.hits}
    assert titles == {OWN[1].title, OWN[7].title}
    assert found.answer.understood.drugs == ("pembrolizumab",)


def test_none_in_our_records_is_not_no_such_trial(router: Router) -> None:
    text = router.answer(Request("combine CXCR2 + pembrolizumab", Surface.SLASH)).message.text
    assert "Both: none in our records" in text
    assert "may exist all the same" in text


def test_a_combination_can_be_paged(own: Router) -> None:
    asked = "combine oncolytic viruses + pembrolizumab"
    first = own.answer(Request(asked, Surface.DIRECT, limit=1)).answer
    second = own.answer(Request(asked, Surface.DIRECT, offset=1, limit=1)).answer
    assert first.hits[0].record.id != second.hits[0].record.id


@pytest.mark.parametrize(
    ("subject", "parts"),
    [
        ("CXCR2 + pembrolizumab", ("CXCR2", "pembrolizumab")),
        ("CD8+ T cells + anti-PD-1", ("CD8+ T cells", "anti-PD-1")),
        ("CAR-T and oncolytic viruses", ("CAR-T", "oncolytic viruses")),
        ("CAR-T with IDO, TGF-β", ("CAR-T", "IDO", "TGF-β")),
        ("CXCR2+pembrolizumab", ("CXCR2", "pembrolizumab")),
        ("CAR-T", ("CAR-T",)),
        ("", ()),
    ],
)
def test_the_sides_of_a_combination_are_told_apart(subject: str, parts: tuple[str, ...]) -> None:
    assert sides(subject) == parts


def test_a_negative_trial_is_not_lost_among_many(tmp_path: Path) -> None:
    """However far down the list it stands, it leads; and the count is of all of them."""
    many = [
        work(n, f"Oncolytic virus in glioma, cohort {n}: a phase 2 trial",
             "Results: Oncolytic virus: half of the patients responded. Nausea did not recur.",
             subtype="Clinical trial")
        for n in range(1, 151)
    ]  # fmt: skip
    failed = work(
        200, "A phase 3 trial", "Background: Gliomas are lethal and were treated with many agents."
        " Results: Oncolytic virus, given late, did not improve overall survival.",
        subtype="Clinical trial",
    )  # fmt: skip
    with router_over(tmp_path, (*many, failed)) as router:
        services = router.services
        found = services.evidence.evidence(
            router.read(Request("evidence oncolytic viruses", Surface.SLASH), None).query
        )
        (trials,) = found.groups
    assert (trials.total, trials.negative) == (151, 1)
    assert trials.hits[0].record.title == failed.title
    assert len(trials.hits) == 2


def test_a_kind_that_is_not_among_the_best_is_found_too(tmp_path: Path) -> None:
    """The best hundred are all of one kind; of another, retracted ones come last all the same."""
    reviews = [work(n, f"Oncolytic virus, oncolytic virus {n}: a review", subtype="Review")
               for n in range(1, 111)]  # fmt: skip
    late = "Background: tumours of many kinds were treated before. An oncolytic virus was given."
    mice = [
        work(200 + n, f"Mice, number {n}", f"{late} In a mouse model, tumours shrank.",
             integrity=(RETRACTION,) if n == 1 else ())
        for n in range(1, 4)
    ]  # fmt: skip
    with router_over(tmp_path, (*reviews, *mice)) as router:
        groups = evidence(router, "evidence oncolytic viruses")
    assert {name: total for name, (total, _) in groups.items()} == {
        "Preclinical studies": 3,
        "Reviews": 110,
    }
    assert sorted(groups["Preclinical studies"][1]) == ["Mice, number 2", "Mice, number 3"]
