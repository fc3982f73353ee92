"""How many are to be listed, in the words of a question, and under a list."""

import pytest

from bot.search.query.asking import without_asking
from handlers.router import Request, Router, Surface


@pytest.mark.parametrize(
    ("text", "most", "rest"),
    [
        ("max 3 papers on STING agonists", 3, "STING agonists"),
        ("5 papers about glioma", 5, "glioma"),
        ("show me the best two papers on TLS", 2, "TLS"),
        ("three reviews on CAFs", 3, "reviews CAFs"),
        ("top 4 newest papers on TLS", 4, "newest TLS"),
        ("hypoxia in glioma, at most 2 papers", 2, "hypoxia in glioma"),
        ("hypoxia (max 12)", 12, "hypoxia"),
        ("just the top 3", 0, "just the top 3"),
        ("5 patients with melanoma", 0, "5 patients with melanoma"),
        ("phase 3 trials of IDO", 0, "phase 3 trials of IDO"),
        ("grade 3 toxicity up to week 12", 0, "grade 3 toxicity up to week 12"),
    ],
)
def test_a_number_of_papers_limits_the_list(text: str, most: int, rest: str) -> None:
    asking = without_asking(text)
    assert (asking.most, asking.text) == (most, rest)
    # What sets the limit was read: it is not among what is left out.
    assert not most or not any(str(most) in each for each in asking.ignored)


def test_the_list_has_no_more_and_counts_all(router: Router) -> None:
    whole = router.answer(Request("macrophages", Surface.TERMINAL)).answer
    few = router.answer(Request("max 2 papers on macrophages", Surface.TERMINAL)).answer
    assert whole.total == few.total > 2
    assert [h.record.id for h in few.hits] == [h.record.id for h in whole.hits[:2]]
    assert few.ranked == 2


@pytest.mark.parametrize("follow_up", ["just the top 2", "only the first 2", "max 2"])
def test_under_a_list_so_many_of_it_are_kept(router: Router, follow_up: str) -> None:
    first = router.answer(Request("macrophages", Surface.SLASH)).answer
    shown = router.conversation(first, None)
    few = router.answer(Request(follow_up, Surface.THREAD, shown=shown)).answer
    assert [h.record.id for h in few.hits] == [h.record.id for h in first.hits[:2]]
