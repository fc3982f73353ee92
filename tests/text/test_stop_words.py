"""One list of words that say little: its kinds are told apart, and a question is read by them."""

from bot.text.folding import fold
from bot.text.stop_words import FOREIGN, GENERIC, LIGHT, REQUEST, STOP
from handlers.services import Services


def test_the_kinds_do_not_overlap_and_are_folded() -> None:
    assert LIGHT < STOP
    assert len(STOP | REQUEST | GENERIC) == len(STOP) + len(REQUEST) + len(GENERIC)
    for kind in (STOP, REQUEST, GENERIC, *FOREIGN.values()):
        assert all(fold(word) == word for word in kind)


def test_a_generic_word_never_decides_what_matches(services: Services) -> None:
    """Nor does it count among the words that were looked for."""
    ask = services.search
    bare = ask.run(ask.interpret("oncolytic viruses melanoma"))
    said = ask.run(ask.interpret("oncolytic viruses improve outcomes of patients with melanoma"))
    assert said.total == bare.total > 0
    assert said.understood.terms == bare.understood.terms


def test_generic_words_add_to_the_order_in_a_sentence_only(services: Services) -> None:
    ask = services.search
    few = ask.interpret("do oncolytic viruses improve survival with checkpoint inhibitors?")
    assert few.generic == ("improve", "survival")
    assert ask.plan(few).adding == ()
    many = ask.interpret(
        "hypoxia and acidosis of glioma cells improve survival of macrophages, fibroblasts,"
        " neutrophils, platelets and pericytes"
    )
    assert ask.plan(many).adding == many.generic == ("improve", "survival")


def test_generic_words_alone_are_searched(services: Services) -> None:
    assert [p.typed for p in services.search.interpret("outcomes").parts] == ["outcomes"]


def test_what_is_asked_of_papers_is_not_looked_for(services: Services) -> None:
    query = services.search.interpret("which studies show whether macrophages cause resistance?")
    assert [p.typed for p in query.parts] == ["macrophages", "resistance"]
    assert query.generic == ("cause",)
