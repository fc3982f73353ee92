"""Under an answer the question goes on: what narrows, widens, replaces, sorts, counts, or acts."""

import pytest

from bot.records.answers import Answer
from bot.search.query.writing import written
from bot.store import Conversation
from handlers.router import Request, Router, Surface


def talk(router: Router, *turns: str, surface: Surface = Surface.THREAD) -> list[Answer]:
    """The answers to questions asked one under the other."""
    shown: Conversation | None = None
    answers = []
    for turn in turns:
        answers.append(router.answer(Request(turn, surface, shown=shown)).answer)
        shown = router.conversation(answers[-1], shown) or shown
    return answers


@pytest.mark.parametrize(
    ("follow_up", "action", "question"),
    [
        ("only reviews", "narrow", "macrophages melanoma evidence:review"),
        ("reviews only please", "narrow", "macrophages melanoma evidence:review"),
        ("can you show me just the reviews?", "narrow", "macrophages melanoma evidence:review"),
        ("which of these are reviews?", "narrow", "macrophages melanoma evidence:review"),
        ("since 2018", "narrow", "macrophages melanoma since:2018"),
        ("but before 2018", "narrow", "macrophages melanoma until:2017"),
        ("which ones are from 2018?", "narrow", "macrophages melanoma year:2018"),
        ("not in mice", "narrow", "macrophages melanoma -about:mice"),
        ("without reviews", "narrow", "macrophages melanoma -about:reviews"),
        ("newest first", "refine", "macrophages melanoma sort:new"),
        ("sort by date", "refine", "macrophages melanoma sort:new"),
        ("what about fibroblasts instead?", "refine", "melanoma fibroblasts"),
        ("neutrophils instead", "refine", "melanoma neutrophils"),
        ("replace melanoma with glioma", "refine", "macrophages glioma"),
        ("and in glioma?", "refine", "macrophages glioma"),
        ("just in glioma", "refine", "macrophages glioma"),
        ("also in glioma", "widen", "macrophages melanoma OR glioma"),
        ("with hypoxia", "narrow", "macrophages melanoma hypoxia"),
        ("open access only", "narrow", "macrophages melanoma is:open"),
        ("how many of them are trials?", "count", "macrophages melanoma evidence:clinical-trial"),
        ("how many?", "count", "macrophages melanoma"),
        ("no mice please", "narrow", "macrophages melanoma -about:mice"),
        ("exclude mice and rats", "narrow", "macrophages melanoma -about:mice -about:rats"),
        ("are there any in glioma?", "refine", "macrophages glioma"),
        ("by Ribas", "narrow", "macrophages melanoma author:Ribas"),
        ("just the trials in glioma", "refine", "macrophages glioma evidence:clinical-trial"),
        ("which is the most recent?", "refine", "macrophages melanoma sort:new"),
        ("newest", "refine", "macrophages melanoma sort:new"),
        ("which of these report toxicity?", "narrow", "macrophages melanoma toxicity"),
        ("drop reviews", "narrow", "macrophages melanoma -about:reviews"),
        ("remove melanoma", "widen", "macrophages"),
        ("without melanoma", "narrow", "macrophages -about:melanoma"),
        ("anything newer?", "refine", "macrophages melanoma sort:new"),
        ("can you narrow this to first-line", "narrow", "macrophages melanoma first line"),
        ("of those with ORCID", "narrow", "macrophages melanoma has:orcid"),
        ("only the ones with an abstract", "narrow", "macrophages melanoma has:abstract"),
        ("how many of them have an ORCID iD?", "count", "macrophages melanoma has:orcid"),
        ("can you narrow it to reviews?", "narrow", "macrophages melanoma evidence:review"),
        ("can you help me narrow it to reviews?", "narrow", "macrophages melanoma evidence:review"),
        ("of those, in glioma?", "refine", "macrophages glioma"),
        ("drop that, I want neutrophils instead", "refine", "melanoma neutrophils"),
    ],
)
def test_a_follow_up_changes_the_question_before_it(
    router: Router, follow_up: str, action: str, question: str
) -> None:
    shown = Conversation("macrophages in melanoma", 0, ("a",), 1)
    read = router.read(Request(follow_up, Surface.THREAD), shown).query
    assert (read.action, read.text) == (action, question)


@pytest.mark.parametrize(
    ("turns", "question"),
    [
        (("since 2018", "since 2020"), "macrophages since:2020"),
        (("since 2018", "before 2021"), "macrophages since:2018 until:2020"),
        (("since 2018", "in 2019"), "macrophages year:2019"),
        (("only reviews", "trials only"), "macrophages evidence:clinical-trial"),
        (("only reviews", "any type"), "macrophages"),
        (("only reviews", "since 2018", "drop the review filter"), "macrophages since:2018"),
        (("only reviews", "since 2018", "any year"), "macrophages evidence:review"),
        (("not in mice", "only reviews", "remove all filters"), "macrophages"),
        (("newest first", "by relevance"), "macrophages"),
        (("not melanoma", "in melanoma"), "macrophages melanoma"),
    ],
)  # fmt: skip
def test_follow_ups_add_up(router: Router, turns: tuple[str, ...], question: str) -> None:
    query = "macrophages"
    for turn in turns:
        shown = Conversation(query, 0, ("a",), 1)
        query = router.read(Request(turn, Surface.THREAD), shown).query.text
    assert query == question


@pytest.mark.parametrize(
    "text",
    [
        "macrophages OR fibroblasts in melanoma", '"cold tumours" -mice type:review since:2019',
        "deep learning of histology, not in mice", "author:sharma year:2017",
        "macrophag* -about:mice",
        "papers on CAFs from 2015 to 2020, newest first", "is:open resistance last 3 years",
        "not by Sharma cancer:melanoma language:en has:abstract", "journal:\"cancer cell\" hypoxia",
    ],
)  # fmt: skip
def test_a_query_reads_the_same_when_it_is_written_out(router: Router, text: str) -> None:
    refiner, interpret = router.refiner, router.services.search.interpret
    once = interpret(refiner.text(interpret(text)))
    again = interpret(refiner.text(once))
    first = interpret(text)
    assert once == again
    assert once.filters == first.filters
    assert [(p.words, p.any != ()) for p in once.parts] == [
        (p.words, p.any != ()) for p in first.parts
    ]
    assert [(p.words, p.about) for p in once.excluded] == [
        (p.words, p.about) for p in first.excluded
    ]


def test_a_tumour_is_where_and_not_instead(router: Router) -> None:
    shown = Conversation("MDSC", 0, ("a",), 1)
    read = router.read(Request("what about in glioma?", Surface.THREAD), shown).query
    assert read.text == "MDSC glioma"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("newer than 2018", "since:2019"), ("more recent than 2018", "since:2019"),
        ("after 2018", "since:2019"), ("older than 2018", "until:2017"),
        ("prior to 2018", "until:2017"),
    ],
)  # fmt: skip
def test_times_are_compared_in_words(router: Router, text: str, limit: str) -> None:
    shown = Conversation("MDSC", 0, ("a",), 1)
    assert router.read(Request(text, Surface.THREAD), shown).query.text == f"MDSC {limit}"


def test_the_works_of_one_person_are_a_list_even_where_it_is_one(router: Router) -> None:
    person = 'author:"Sharma Padmanee"'
    theirs, narrowed = talk(router, "hypoxia", person, "since 2010")[1:]
    assert theirs.understood.action == "author_lookup"
    assert theirs.hits
    assert narrowed.query == f"{person} since:2010"


def test_words_of_two_questions_do_not_become_one_name(router: Router) -> None:
    services = router.services
    one, other = services.search.interpret("cold"), services.search.interpret("tumour")
    both = one.parts + other.parts
    joined = written(type(one)("", parts=both), services.search.interpret, str)
    assert [p.typed for p in services.search.interpret(joined).parts] == [p.typed for p in both]
    # Words that only set the order are not made ones that have to match.
    latest = type(one)("", parts=both, generic=("effective",))
    assert written(latest, services.search.interpret, str) == joined


@pytest.mark.parametrize(
    "text",
    [
        "macrophages",
        "what is hypoxia?",
        "resistance to anti-PD-1 in mice",
        "organoids",
        "what is an organoid?",
        "clinical trials",
    ],
)
def test_a_new_question_stays_one(router: Router, text: str) -> None:
    """Outside a thread bare words are never joined to what was asked before."""
    shown = Conversation("fibroblasts", 0, ("a",), 1)
    for surface in (Surface.SLASH, Surface.DIRECT, Surface.TERMINAL):
        assert "fibroblasts" not in router.read(Request(text, surface), shown).query.text


def test_a_question_in_a_thread_stays_one(router: Router) -> None:
    """What it names may be a kind of study as well: in a thread "clinical trials" narrows."""
    shown = Conversation("fibroblasts", 0, ("a",), 1)
    read = router.read(Request("what is an organoid?", Surface.THREAD), shown).query
    assert "fibroblasts" not in read.text
    assert router.read(Request("clinical trials", Surface.THREAD), shown).query.action == "narrow"


def test_a_button_stands_for_itself(router: Router) -> None:
    shown = Conversation("fibroblasts", 0, ("a",), 1)
    read = router.read(Request("since:2018", Surface.DIRECT, follows=False), shown).query
    assert read.text == "since:2018"


def test_a_follow_up_alone_is_offered(router: Router) -> None:
    answer = talk(router, "resistance", "only reviews")[-1]
    label, question = answer.understood.offers[-1]
    assert "only reviews" in label
    assert router.read(Request(question, Surface.SLASH), None).query.action == "search"


def test_each_filter_in_force_can_be_taken_off(router: Router) -> None:
    answer = talk(router, "resistance", "only reviews", "since 2015", "not in mice")[-1]
    without = dict(answer.understood.without)
    assert without["Any year"] == "resistance -about:mice evidence:review"
    assert without["Without review"] == "resistance -about:mice since:2015"
    assert without["With mice"] == "resistance evidence:review since:2015"


@pytest.mark.parametrize("said", ["evidence table", "show me the evidence table for these"])
def test_the_evidence_table_of_a_thread_is_of_its_list(router: Router, said: str) -> None:
    listed, table = talk(router, "macrophages in melanoma", said)
    assert table.understood.action == "ask"
    assert table.total == listed.total > 0


def test_newest_without_a_list_is_what_came_in_last(router: Router) -> None:
    assert router.read(Request("newest", Surface.SLASH), None).query.action == "new"


def test_what_is_no_search_leaves_the_list_in_place(router: Router) -> None:
    listed = talk(router, "resistance")[0]
    between = ("define MDSC", "help", "thanks", "cite 1, 2", "export these", "save these", "status")
    for turn in between:
        cited = talk(router, "resistance", turn, "cite the third one")[-1]
        assert [hit.record.id for hit in cited.hits] == [listed.hits[2].record.id], turn


def test_it_is_the_record_opened_last(router: Router) -> None:
    opened, checked, third = talk(
        router, "resistance", "open 10.1002/ctd2.70098", "is it retracted?", "cite the third"
    )[1:]
    assert checked.hits[0].record.id == opened.hits[0].record.id
    assert third.hits[0].record.id == talk(router, "resistance")[0].hits[2].record.id


def test_these_are_the_records_shown(router: Router) -> None:
    listed, cited, exported, whole = talk(
        router, "resistance", "cite these", "export these", "export all"
    )
    assert [h.record.id for h in cited.hits] == [h.record.id for h in listed.hits]
    assert exported.total == len(listed.hits) < whole.total == listed.ranked or listed.total


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("the first two", (0, 1)), ("1-3", (0, 1, 2)), ("the last two", (3, 4)),
        ("1, 3 and 5", (0, 2, 4)),
        ("top 3", (0, 1, 2)), ("the last one", (4,)), ("#2", (1,)), ("2–4", (1, 2, 3)),
    ],
)  # fmt: skip
def test_places_of_the_list_mean_the_same_everywhere(
    router: Router, said: str, places: tuple[int, ...]
) -> None:
    listed, cited, exported, saved = talk(
        router, "resistance", f"cite {said}", f"export {said}", f"save {said}"
    )
    assert [h.record.id for h in cited.hits] == [listed.hits[n].record.id for n in places]
    assert exported.total == saved.total == len(places)


def test_a_bare_export_asks_which(router: Router) -> None:
    answer = talk(router, "resistance", "export")[-1]
    assert "`export these`" in " ".join(answer.understood.notes)


def test_a_count_counts_what_was_listed(router: Router) -> None:
    listed, counted = talk(router, "resistance", "how many of these are trials?")
    assert 0 < counted.total < listed.total
    assert f"{counted.total:,} of {listed.total:,} records" in " ".join(counted.understood.notes)
    assert all(hit.strict for hit in counted.hits)


def test_another_page_is_one_of_the_changed_question(router: Router) -> None:
    narrowed, paged = talk(router, "resistance", "since 2015", "next")[1:]
    assert (paged.query, paged.offset) == (narrowed.query, 5)


def test_back_goes_to_the_list_before(router: Router) -> None:
    first, narrowed, _, same, before, ends = talk(
        router, "resistance", "only reviews", "open 2", "back", "go back", "undo"
    )
    assert same.query == narrowed.query
    assert before.query == first.query
    assert before.understood.action == "back"
    assert not ends.hits
    assert "none to go back to" in " ".join(ends.understood.notes)


def test_back_from_what_found_nothing_shows_the_list_again(router: Router) -> None:
    listed, nothing, back = talk(router, "resistance", "since 2400", "back")
    assert not nothing.hits
    assert back.query == listed.query


def test_after_another_page_back_is_the_page_before(router: Router) -> None:
    assert [a.offset for a in talk(router, "resistance", "next", "back")] == [0, 5, 0]


@pytest.mark.parametrize("said", ["2", "the 2nd", "#2", "the second", "2nd one"])
def test_a_bare_place_opens_the_record_there(router: Router, said: str) -> None:
    listed, opened = talk(router, "resistance", said)
    assert [h.record.id for h in opened.hits] == [listed.hits[1].record.id]
    assert router.answer(Request("2", Surface.SLASH)).answer.understood.action != "lookup"


def test_both_are_the_two_of_a_list_of_two_and_no_others(router: Router) -> None:
    two, cited, pointed = talk(
        router, "find hypoxia macrophages melanoma", "cite 1, 2", "cite both"
    )
    if len(two.hits) != 2:
        assert not pointed.hits
        assert "say which" in " ".join(pointed.understood.notes)
    assert len(cited.hits) <= 2


def test_how_many_is_one_line_and_no_list(router: Router) -> None:
    listed, counted = talk(router, "resistance", "how many?")
    assert counted.total == listed.total
    assert not counted.hits
    shown = Conversation("resistance evidence:review", 0, ("a",), 1)
    said = router.answer(Request("how many", Surface.THREAD, shown=shown)).message.text
    assert "In force: tagged review" in said
    assert "`only reviews`" not in said
    like, number = talk(router, "resistance", "similar to 2", "how many")[1:]
    assert f"has {like.ranked}" in " ".join(number.understood.notes)


def test_what_is_not_known_to_be_open_is_kept_apart(router: Router) -> None:
    """Unknown is never no: it is counted, and listed where nothing is known to be open."""
    listed, known = talk(router, "resistance", "open access only")
    offers = dict(known.understood.offers)
    unknown = router.answer(Request(offers["Where that is not known"], Surface.SLASH)).answer
    assert known.total + unknown.total == listed.total
    assert all(hit.record.is_free for hit in known.hits if hit.strict)
    assert not any(hit.record.is_free for hit in unknown.hits)
    reviewed = talk(router, "hypoxia", "peer reviewed only")[1]
    assert reviewed.hits
    assert not reviewed.total
    assert "peer reviewed (not known)" in reviewed.hits[0].missing
