"""Searching the seeds: the right records first, each with its reason, and no dead ends."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.index import Card, Found, IndexQuery, Words
from bot.search.ranking import Ranked, rank
from bot.search.search import AT_ONCE, Search
from handlers.router import Request, Surface
from handlers.services import Services
from tests.own_records import router_over, work

SEED = "10.1002/ctd2.70098"


def ask(services: Services, text: str, **more: int) -> object:
    search = services.search
    return search.run(search.interpret(text), **more)


def test_the_readmes_question_gets_the_right_records(services: Services) -> None:
    """`CAF aquired resistence`: the review that has both first, then fibroblasts and resistance."""
    answer = ask(services, "CAF aquired resistence")
    assert answer.hits[0].record.doi == SEED
    assert answer.hits[0].strict
    assert answer.total == 1
    assert len(answer.hits) == 5
    for hit in answer.hits[1:3]:
        title = hit.record.title.lower()
        assert "fibroblast" in title or "caf" in title
        assert "resistan" in title
    assert [(c.typed, c.used) for c in answer.understood.corrected] == [
        ("aquired", "acquired"), ("resistence", "resistance"),
    ]  # fmt: skip
    assert answer.understood.concepts == ("cancer-associated-fibroblasts", "acquired-resistance")


def test_every_hit_says_why(services: Services) -> None:
    for text in ("macrophage glioma", "MDSC resistance", "sharma 2017", "oncolitic virus"):
        answer = ask(services, text)
        assert answer.hits, text
        assert all(hit.why for hit in answer.hits), text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tumor associated macrophages", "tumour‑associated macrophages"),
        ("PD-1 blockade", "PD1 blockade"),
        ("vascular normalization", "vascular normalisation"),
        ("macrophage", "macrophages"),
        ("Keytruda", "pembrolizumab"),
        ("Keytruda", "MK-3475"),
        ("CD73 OR NT5E", "CD73"),
    ],
)
def test_spellings_and_names_of_one_thing_find_the_same(
    services: Services, one: str, other: str
) -> None:
    first, second = ask(services, one, limit=100), ask(services, other, limit=100)
    strict = [{hit.record.id for hit in a.hits if hit.strict} for a in (first, second)]
    assert strict[0] == strict[1]
    assert first.total == second.total > 0


def test_the_quoted_sentence_stands_in_the_abstract(services: Services) -> None:
    hit = ask(services, "vascular normalisation").hits[0]
    (seed,) = [h for h in ask(services, "myeloid derived", limit=100).hits if h.record.doi == SEED]
    assert hit.record.title
    assert seed.quotes[0].section == "Main body"
    start, end = seed.quotes[0].marks[0]
    assert seed.quotes[0].text[start:end].lower().startswith("myeloid")


def test_a_list_is_paged_without_gap_or_repeat(services: Services) -> None:
    whole = [hit.record.id for hit in ask(services, "macrophage", limit=15).hits]
    pages = [
        hit.record.id for o in (0, 5, 10) for hit in ask(services, "macrophage", offset=o).hits
    ]
    assert pages == whole


def test_excluded_words_and_types_are_left_out(services: Services) -> None:
    for hit in ask(services, "macrophage -review", limit=100).hits:
        assert "review" not in {tag.concept for tag in hit.record.concepts}
    for hit in ask(services, "macrophage -liver", limit=100).hits:
        assert "liver" not in hit.record.title.lower()


def test_filters_hold_for_every_hit(services: Services) -> None:
    for hit in ask(services, "macrophage year:2022..2023", limit=100).hits:
        assert hit.record.year in {2022, 2023}
    for hit in ask(services, "macrophage type:review", limit=100).hits:
        tagged = {tag.concept for tag in hit.record.concepts}
        assert tagged & {"review", "systematic-review"}
    newest = [h.record.published for h in ask(services, "treg sort:new", limit=10).hits]
    assert newest == sorted(newest, reverse=True)


def test_what_is_not_known_is_neither_open_nor_closed(services: Services) -> None:
    opened = ask(services, "mdsc open access only")
    assert all(hit.record.is_free for hit in opened.hits)
    reviewed = ask(services, "hypoxia peer reviewed only")
    assert not reviewed.total
    assert all("peer reviewed (not known)" in hit.missing for hit in reviewed.hits)
    assert reviewed.hits
    assert "it is not known" in reviewed.understood.notes[-1]


def test_nothing_found_is_never_a_dead_end(services: Services) -> None:
    answer = ask(services, "asdfghjkl")
    assert (answer.understood.action, answer.hits) == ("no_results", ())
    narrowed = ask(services, "macrophage year:1990")
    assert "match without the filters" in narrowed.understood.notes[-1]
    assert "macrophage" in narrowed.suggestions


def test_the_arithmetic_adds_up(services: Services) -> None:
    for hit in ask(services, "macrophage glioma", explain=True).hits:
        assert hit.score == pytest.approx(sum(hit.arithmetic.values()), abs=1e-3)


def test_quotes_switch_synonyms_off(services: Services) -> None:
    spelt = ask(services, '"TAMs"', limit=100)
    meant = ask(services, "TAMs", limit=100)
    assert spelt.total < meant.total


def candidate(name: str, score: float, *, strict: bool = True, **more: object) -> Ranked:
    return Ranked(name, Card(name, **more), strict, relevance=score)


def test_the_rule_of_the_list() -> None:
    """Strict first for few words, then relevance, near-ties newest first, retracted last."""
    ranked = rank(
        [
            candidate("retracted", 9.0, retracted=True),
            candidate("partial", 5.0, strict=False),
            candidate("older", 1.000, day=20100101),
            candidate("newer", 0.999, day=20250101),
            candidate("best", 2.0),
        ],
        strict_first=True,
    )
    assert [r.record_id for r in ranked] == ["best", "newer", "older", "partial", "retracted"]


def test_on_long_questions_relevance_alone_decides() -> None:
    ranked = rank([candidate("a", 1.0), candidate("b", 5.0, strict=False)], strict_first=False)
    assert [r.record_id for r in ranked] == ["b", "a"]


BROKEN_LINES = """Reprogramming the tumour microenvironment:
Emerging strategies to overcome immunotherapy
resistance"""
BROKEN_WORD = """Recommendations for myeloid-derived suppressor cell nomen-
clature and characterization standards"""
MISSPELT = (
    "reprograming the tumor micro-environment: emerging strategies to overcome imunotherapy"
    " resistance"
)
CITATION = (
    "Sharma P, Hu-Lieskovan S, Wargo JA, Ribas A. Primary, adaptive, and acquired resistance to"
    " cancer immunotherapy. Cell. 2017;168(4):707-723."
)


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        (BROKEN_LINES, SEED),
        (BROKEN_WORD, "10.1038/ncomms12150"),
        (MISSPELT, SEED),
        (CITATION, "10.1016/j.cell.2017.01.017"),
    ],
)
def test_a_pasted_title_or_citation_opens_its_record(
    services: Services, text: str, doi: str
) -> None:
    record = services.search.by_title(services.search.interpret(text))
    assert record is not None
    assert record.doi == doi


def test_words_alone_are_not_taken_for_a_title(services: Services) -> None:
    asked = services.search.interpret("acquired resistance to immunotherapy in lung cancer")
    assert services.search.by_title(asked) is None


def test_a_title_and_the_list_are_looked_for_in_one_search(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, searched, looked = services.index, services.index.search, []
    monkeypatch.setattr(index, "search", lambda *given: looked.append(given) or searched(*given))
    asked = services.search.interpret("which macrophages resist immunotherapy in lung cancer")
    assert services.search.by_title(asked) is None
    assert services.search.run(asked).hits
    assert len(looked) == 1
    other = services.search.interpret("which fibroblasts resist immunotherapy in lung cancer")
    assert services.search.run(other).hits
    assert len(looked) == 2


def test_first_seen_is_when_the_store_saw_it(services: Services) -> None:
    assert services.store.newest(1)[0].first_seen == datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def test_a_name_that_only_adds_to_another_is_not_asked_for(services: Services) -> None:
    """`clinical trial` finds what `randomised clinical trial` finds, and is looked for once."""
    query = services.search.interpret("trial melanoma")
    asked = [
        a.words for a in services.search.plan(query).groups[0].alternatives if isinstance(a, Words)
    ]
    assert ("trial",) in asked
    assert all("trial" not in words for words in asked if words != ("trial",))


class Counting:
    """An index that tells how many were searching it at the same time."""

    def __init__(self, index: object) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._now = self.most = 0
        self._several = threading.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)

    def search(self, query: IndexQuery, *more: object) -> Found:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            if self._now > 1:
                self._several.set()
        # The first goes on when another has begun; were there none, not for ever.
        self._several.wait(timeout=10)
        with self._lock:
            self._now -= 1
        return self._index.search(query, *more)


def test_only_so_many_searches_go_on_at_once_and_all_are_answered(services: Services) -> None:
    index = Counting(services.index)
    search = Search(services.store, index, services.vocabulary, services.now)
    # The second finds nothing of its time and is answered without it: a search within a search.
    asked = ("macrophage glioma", "CAF resistance in 1950") * 8
    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(lambda text: search.run(search.interpret(text)), asked))
    assert all(answer.hits for answer in answers)
    assert 1 < index.most <= AT_ONCE


def test_a_drug_is_not_found_by_another_words_stem(services: Services) -> None:
    """Names are looked for by their stems: "axi" for axitinib found every axis."""
    wanted = services.search.plan(services.search.interpret("axitinib"))
    names = [a.words for group in wanted.groups for a in group.alternatives if isinstance(a, Words)]
    assert ("axitinib",) in names
    stem = services.index.stem
    assert [name for name in names if [stem(word) for word in name] == [stem("axis")]] == []


def test_a_gene_or_drug_is_found_by_its_very_name(services: Services) -> None:
    """By stems an abbreviation is another word's beginning: `axi` is no axis."""
    search = services.search
    asked = search.plan(search.interpret("pembrolizumab"))
    names = [each for each in asked.groups[0].alternatives[1:] if isinstance(each, Words)]
    assert {each.words for each in names} >= {("keytruda",), ("mk3475",)}
    assert all(each.exact for each in names)


def test_a_number_alone_is_asked_what_it_is(services: Services) -> None:
    answer = ask(services, "2342049")
    assert answer.suggestions == ("pmid:2342049",)


def test_a_right_word_is_never_read_as_another(services: Services) -> None:
    """A word that is right and in no record is told to be in none, whatever is near it."""
    for text in ("mouth sores", "ecology", "gemcitabine", "pembrolizumab hear"):
        assert ask(services, text).understood.corrected == (), text
    answer = ask(services, "gemcitabine macrophages")
    absent, *why = answer.understood.notes
    assert absent == "Not in this store: gemcitabine."
    stored = services.store.status()
    lacking = stored.records - stored.with_abstract
    assert any(f"{lacking} of {stored.records} records have no abstract" in each for each in why)
    assert answer.total == 0
    assert ask(services, "gemcitabine").total == 0


def test_a_short_word_is_asked_about_and_not_changed(services: Services) -> None:
    answer = ask(services, "tmor macrophages")
    assert answer.understood.corrected == ()
    assert any("Did you mean “tumor”?" in note for note in answer.understood.notes)


def test_works_about_what_plain_words_leave_out_are_not_listed(services: Services) -> None:
    """Those that name it in the title go, by any of its names; `-word` leaves out every mention."""
    answer = ask(services, "oncolytic virus except pancreatic", limit=100)
    assert answer.total
    assert not any("pancrea" in hit.record.title.lower() for hit in answer.hits)
    assert answer.understood.not_ == ("pancreatic",)
    assert any("Works about pancreatic are left out" in note for note in answer.understood.notes)
    both = ask(services, "macrophages not CSF1R inhibitors", limit=100)
    assert not any("csf1r" in hit.record.title.lower() for hit in both.hits)


def test_a_partial_match_says_what_is_missing(tmp_path: Path) -> None:
    records = [work(1, "CXCR2 in glioma"), work(2, "Zebrafish glioma"), work(3, "Mice")]
    with router_over(tmp_path, records) as router:
        answer = router.answer(Request("find CXCR2 zebrafish", Surface.TERMINAL)).answer
        found = {hit.record.title: (hit.strict, hit.missing) for hit in answer.hits}
        text = router.answer(Request("find CXCR2 zebrafish", Surface.TERMINAL)).message.text
    assert answer.total == 0
    assert found == {
        "CXCR2 in glioma": (False, ("zebrafish",)),
        "Zebrafish glioma": (False, ("CXCR2",)),
    }
    assert "missing: zebrafish" in text


def test_the_one_rare_word_is_enough_to_be_listed(tmp_path: Path) -> None:
    """Two common words are not, beside it; without it they are better than nothing."""
    common = [work(n, f"Molecule targeted number {n}") for n in range(9)]
    with router_over(tmp_path, [*common, work(20, "Zanzibar fever")]) as router:
        asked = router.answer(Request("find molecule targeted zanzibar", Surface.TERMINAL)).answer
        assert asked.hits[0].record.title == "Zanzibar fever"
        assert asked.hits[0].missing == ("molecule", "targeted")
        pair = router.answer(Request("find molecule zanzibar", Surface.TERMINAL)).answer
        assert [hit.record.title for hit in pair.hits] == ["Zanzibar fever"]
        gone = router.answer(Request("find molecule targeted year:1990", Surface.TERMINAL)).answer
        assert gone.hits == ()


def test_quotes_that_find_nothing_are_taken_off_and_said_so(tmp_path: Path) -> None:
    records = [work(1, "Resistance that is adaptive"), work(2, "Acquired drug resistance")]
    with router_over(tmp_path, records) as router:
        answer = router.answer(Request('"adaptive resistance"', Surface.TERMINAL)).answer
        kept = router.answer(Request('"drug resistance"', Surface.TERMINAL)).answer
        limited = router.answer(Request('"drug resistance" year:1990', Surface.TERMINAL)).answer
    assert answer.hits[0].record.title == "Resistance that is adaptive"
    assert (answer.total, {hit.strict for hit in answer.hits}) == (0, {False})
    assert answer.hits[0].missing == ("“adaptive resistance”",)
    assert answer.understood.phrases == ("adaptive resistance",)
    assert answer.understood.notes[-1] == (
        "No record has “adaptive resistance” word for word; these have some of the words."
    )
    assert [hit.record.title for hit in kept.hits] == ["Acquired drug resistance"]
    assert limited.hits == ()


def test_a_question_is_read_anew_when_records_come(tmp_path: Path) -> None:
    """What was read once is kept only as long as the index says the same."""
    with router_over(tmp_path, [work(1, "Patient organoids of the pancreas")]) as router:
        services = router.services
        first, again = (services.search.interpret("organoyds") for _ in range(2))
        assert first is again
        assert [each.used for each in first.corrected] == ["organoids"]
        services.harvester.take([work(2, "Organoyds")], "test")
        services.index.follow(services.store)
        assert services.search.interpret("organoyds").corrected == ()
