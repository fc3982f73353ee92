"""What records report on a question: a verbatim sentence each, counted, with what is missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records.answers import Finding
from bot.records.models import IntegrityKind, IntegrityNotice
from bot.search.findings import Findings
from bot.text.markup import plain
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work

RETRACTION = IntegrityNotice(kind=IntegrityKind.RETRACTION)
OWN = (
    work(1, "Pembrolizumab in melanoma: a randomised trial",
         "Background: Pembrolizumab may improve survival in melanoma. Methods: A total of 120"
         " patients were enrolled. Results: Pembrolizumab improved overall survival (HR 0.61, 95%"
         " CI 0.45-0.82; P = .001). Conclusion: Pembrolizumab is an option.",
         subtype="Clinical trial"),
    work(2, "Pembrolizumab after surgery of melanoma: a randomised trial",
         "Results: Pembrolizumab did not improve overall survival (P = .4). Toxicity was higher.",
         subtype="Clinical trial"),
    work(3, "Pembrolizumab in melanoma with brain metastases",
         "Conclusion: Pembrolizumab was associated with shorter overall survival in melanoma.",
         integrity=(RETRACTION,)),
    work(4, "Macrophage biology", "Results: CSF1R inhibition depletes macrophages."),
    work(5, "Pembrolizumab improves survival in <i>BRAF</i>-mutant melanoma"),
    work(7, "Axitinib in thymoma",
         "Axitinib has been shown to improve survival in thymoma. We describe it. Mice were bought."
         " They were fed. They were weighed."),
    work(6, "Tumor burden in melanoma under pembrolizumab",
         "Results: High tumor burden (TB) was frequent. TB was associated with poor survival."),
)  # fmt: skip
QUESTION = "Does pembrolizumab improve overall survival in melanoma?"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("own"), OWN) as router:
        yield router


def ask(router: Router, question: str) -> Findings:
    services = router.services
    return services.findings.on(services.search.interpret(question), limit=20)


def finding(found: Findings, number: int) -> Finding:
    hit = next(h for h in found.answer.hits if h.record.doi == f"10.1234/own.{number}")
    assert hit.finding is not None
    return hit.finding


def test_the_sentence_with_the_result_is_quoted_word_for_word(own: Router) -> None:
    told = finding(ask(own, QUESTION), 1)
    assert told.quote.text == (
        "Pembrolizumab improved overall survival (HR 0.61, 95% CI 0.45-0.82; P = .001)."
    )
    assert (told.quote.section, told.place, told.sentences) == ("Results", 3, 4)
    assert (told.direction, told.stated) == ("improved", "improved overall survival")
    assert [figure.measure for figure in told.figures] == ["HR", "p"]
    assert told.sample is not None
    assert told.sample.value == "120"
    assert told.kind == "clinical-trial"


def test_every_quote_stands_in_the_stored_text(own: Router) -> None:
    for hit in ask(own, QUESTION).answer.hits:
        assert hit.finding is not None
        assert hit.finding.quote.text in f"{hit.record.title}\n{hit.record.abstract}"


def test_a_quote_is_given_as_it_is_stored_with_its_line_breaks_and_markup(tmp_path: Path) -> None:
    abstract = (
        "Mice were used. In <i>BRAF</i><sup>-</sup> melanoma\n pembrolizumab  improved survival."
        " So it is."
    )
    with router_over(tmp_path, (work(1, "Pembrolizumab", abstract),)) as router:
        told = finding(ask(router, "Does pembrolizumab improve survival in melanoma?"), 1)
        text = answered(router, "ask does pembrolizumab improve survival in melanoma?")
    assert (
        told.quote.text == "In <i>BRAF</i><sup>-</sup> melanoma\n pembrolizumab  improved survival."
    )
    assert [told.quote.text[start:end] for start, end in told.quote.marks] == [
        "melanoma", "pembrolizumab",
    ]  # fmt: skip
    assert "In BRAF⁻ melanoma pembrolizumab improved survival. (abstract, sentence 2 of 3)" in text


@pytest.mark.parametrize(
    "title",
    [
        "Pembrolizumab improved survival with CD8&lt;sup&gt;+&lt;/sup&gt; T cells in melanoma",
        "Pembrolizumab improved survival with CD8&amp;lt;sup&amp;gt;+&amp;lt;/sup&amp;gt; melanoma",
        "Pembrolizumab improved survival &amp; TGF-&beta; in melanoma with p &#60; .05",
    ],
)
def test_a_title_with_escaped_markup_is_quoted_as_it_is_stored(tmp_path: Path, title: str) -> None:
    """Every quote is a part of the stored text; what is shown of it is plain."""
    with router_over(tmp_path, (work(1, title, None),)) as router:
        quote = finding(ask(router, "Does pembrolizumab improve survival in melanoma?"), 1).quote
        text = answered(router, "ask does pembrolizumab improve survival in melanoma?")
    assert quote.text == title
    assert {"Pembrolizumab", "melanoma"} <= {title[start:end] for start, end in quote.marks}
    assert f"{plain(title)} (title)" in text


def test_figures_of_another_comparison_stand_beside_no_quote(tmp_path: Path) -> None:
    abstract = (
        "Patients were treated. Axitinib alone prolonged survival in thymoma (HR 0.73; P = .008)."
        " Adding axitinib to interferon did not improve survival in thymoma."
    )
    with router_over(tmp_path, (work(1, "Axitinib in thymoma", abstract),)) as router:
        told = finding(ask(router, "Does adding axitinib to interferon improve survival?"), 1)
    assert told.direction == "no difference"
    assert told.figures == ()


def test_rows_are_counted_and_a_retracted_record_is_last(own: Router) -> None:
    found = ask(own, QUESTION)
    assert found.directions["improved"] >= 1
    assert found.directions["no difference"] == 1
    assert (
        found.full
        == sum(found.directions.values())
        == len([hit for hit in found.answer.hits if hit.strict])
    )
    assert found.kinds["clinical-trial"] == 2
    assert found.missing == ()
    assert [hit.record.is_retracted for hit in found.answer.hits if hit.strict][-1:] == [True]


def test_the_negative_trial_leads_among_equals(own: Router) -> None:
    found = ask(own, "randomised trial of pembrolizumab in melanoma")
    places = [hit.record.doi for hit in found.answer.hits]
    assert places.index("10.1234/own.2") < places.index("10.1234/own.1")


def test_what_no_record_has_together_is_named(own: Router) -> None:
    found = ask(own, "Does CSF1R inhibition improve survival in melanoma?")
    assert found.full == 0
    assert found.missing == (("CSF1R inhibition", "melanoma"),)
    assert not any(hit.strict for hit in found.answer.hits)


def test_words_that_ask_about_an_effect_are_not_missed(own: Router) -> None:
    found = ask(own, "Does adding CSF1R inhibition prolong overall survival in melanoma?")
    assert found.missing == (("CSF1R inhibition", "melanoma"),)


def test_an_abbreviation_of_the_record_s_own_counts_as_what_it_stands_for(own: Router) -> None:
    told = finding(ask(own, "Is tumor burden associated with survival in melanoma?"), 6)
    assert told.quote.text == "TB was associated with poor survival."
    assert told.direction == "worse"


def test_a_record_without_an_abstract_is_quoted_by_its_title(own: Router) -> None:
    told = finding(ask(own, QUESTION), 5)
    assert told.quote.text == OWN[4].title
    assert (told.quote.section, told.place) == ("title", 0)


def test_a_title_that_asks_is_no_answer(tmp_path: Path) -> None:
    title = "Does axitinib prolong survival in thymoma?"
    abstract = "Results: Neither dose of axitinib affected survival in these patients."
    records = (work(1, title, abstract), work(2, "Does axitinib improve survival in thymoma?"))
    with router_over(tmp_path, records) as router:
        found = ask(router, title)
        told, asks = finding(found, 1), finding(found, 2)
    assert (told.quote.section, told.direction) == ("Results", "no difference")
    assert (asks.quote.section, asks.direction) == ("title", "unclear")


def test_a_plan_and_a_background_are_not_what_is_quoted(own: Router) -> None:
    assert "may improve" not in finding(ask(own, QUESTION), 1).quote.text


def test_what_was_known_before_is_marked_where_nothing_else_speaks(own: Router) -> None:
    found = ask(own, "Does axitinib improve survival in thymoma?")
    assert finding(found, 7).is_background
    assert not finding(ask(own, QUESTION), 1).is_background
    text = answered(own, "ask does axitinib improve survival in thymoma?")
    assert "background: no result of this record" in text


def test_pages_follow_each_other(own: Router) -> None:
    services = own.services
    query = services.search.interpret(QUESTION)
    whole = [hit.record.id for hit in services.findings.on(query, 20).answer.hits]
    pages = [
        hit.record.id
        for offset in range(0, len(whole), 2)
        for hit in services.findings.on(query, 2, offset).answer.hits
    ]
    assert pages == whole


def answered(router: Router, text: str, surface: Surface = Surface.SLASH) -> str:
    return router.answer(Request(text, surface)).message.text


@pytest.mark.parametrize("words", ["ask", "evidence", "evidence table for", "please ask"])
def test_the_first_line_counts(own: Router, words: str) -> None:
    reply = own.answer(Request(f"{words} {QUESTION}", Surface.SLASH))
    assert reply.answer.understood.action == "ask"
    second = reply.message.text.split("\n")[1]
    assert second.startswith(f"{ask(own, QUESTION).full} records: ")
    assert "1 no difference" in second
    assert second.endswith("; 2 trials")


def test_nothing_that_says_it_is_an_answer(own: Router) -> None:
    text = answered(own, "ask does CSF1R inhibition improve survival in melanoma?")
    assert "Nothing stored says this." in text
    assert "No stored record speaks of CSF1R inhibition and melanoma together." in text
    assert "missing: CSF1R inhibition" in text


def test_ask_alone_says_how_to_ask(own: Router) -> None:
    assert "Ask what the records report" in answered(own, "ask")


def test_a_question_in_words_offers_its_table(own: Router) -> None:
    reply = own.answer(Request(QUESTION, Surface.SLASH))
    assert reply.answer.understood.offers[0] == ("Evidence table", f"ask {QUESTION}")
    topic = own.answer(Request("pembrolizumab melanoma", Surface.SLASH))
    assert not any(label == "Evidence table" for label, _ in topic.answer.understood.offers)


def test_a_topic_still_has_its_evidence_by_kind(own: Router) -> None:
    reply = own.answer(Request("evidence pembrolizumab", Surface.SLASH))
    assert reply.answer.understood.action == "evidence"


def test_the_table_is_a_file(own: Router) -> None:
    reply = own.answer(Request(f"ask {QUESTION} as csv", Surface.DIRECT))
    assert reply.file is not None
    rows = reply.file().content.decode().split("\r\n")
    assert rows[0].startswith("doi,pmid,title,year,kind,direction,stated,quote")
    assert any("did not improve overall survival (P = .4)." in row for row in rows)


def test_a_terminal_is_told_what_writes_the_table_and_not_the_records(own: Router) -> None:
    text = answered(own, f"ask {QUESTION} as csv", Surface.TERMINAL)
    assert f"tme evidence --csv '{QUESTION}' > tme-evidence-" in text


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path) -> None:
    evil = work(1, "Pembrolizumab", "Results: =HYPERLINK(1) pembrolizumab improved survival.")
    with router_over(tmp_path, (evil,)) as router:
        reply = router.answer(Request("ask does pembrolizumab work as csv", Surface.DIRECT))
    assert reply.file is not None
    assert ",'=HYPERLINK" in reply.file().content.decode().replace('"', "")
