"""The card of a record, compact and full."""

import pytest

from bot.records.models import (
    Access,
    AccessStatus,
    Answer,
    Hit,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    PartialDate,
    Relation,
    RelationKind,
    Scheme,
)
from handlers.views import records, results, wording
from handlers.views.message import Audience, Message
from tests.block_check import check_message
from tests.handlers.views.samples import (
    BARE,
    CROWD,
    HOSTILE_UNDERSTOOD,
    PUBMED_ONLY,
    RECORDS,
    RETRACTED,
    SEED,
    answer,
    hit,
    hostile_hit,
)


def checked(message: Message) -> dict[str, str]:
    """The message after the Block Kit check: its button labels, by action id."""
    payload = message.payload()
    check_message(payload)
    rows = [block["elements"] for block in payload["blocks"] if block["type"] == "actions"]
    shown = [e for row in rows for e in row if e["type"] == "button"]
    return {e["action_id"]: e["text"]["text"] for e in shown}


def written(message: Message) -> str:
    """All mrkdwn of a message."""
    blocks = message.payload()["blocks"]
    texts = [b["text"]["text"] for b in blocks if b["type"] == "section"]
    return "\n".join(
        [*texts, *(b["elements"][0]["text"] for b in blocks if b["type"] == "context")]
    )


def test_the_seed_card_is_as_drawn() -> None:
    """The compact card's fallback is the drawing of the product, line by line."""
    assert records.compact_text(hit(SEED), 1).splitlines() == [
        (
            "1. Reprogramming the tumour microenvironment: Emerging strategies to overcome "
            "immunotherapy resistance"
        ),
        "https://doi.org/10.1002/ctd2.70098",
        "Review · Clinical and Translational Discovery 5(6), e70098 · 9 Nov 2025",
        "✓ Peer reviewed · ? Access unknown · No retraction known (checked 3 Dec 2025)",
        (
            "These emerging approaches include modulating tumour metabolism, normalising the "
            "tumour vasculature and employing engineered cell therapies. (abstract, Main body)"
        ),
        "Why: vascular normalisation (abstract) · review (subtype)",
    ]


def test_the_seed_card_in_slack() -> None:
    """The DOI link is the title, the matched words are bold, the buttons are those that work."""
    message = results.results(answer(SEED), Audience.PUBLIC)
    text = written(message)
    assert "1. *<https://doi.org/10.1002/ctd2.70098|Reprogramming the tumour micro" in text
    assert "normalising the *tumour vasculature* and employing" in text
    assert "(abstract, Main body)" in text
    assert checked(message) == {
        "abstract": "Abstract",
        "cite": "Cite",
        "save": "Save",
        "ask": "More like this",
    }


def test_a_retraction_comes_before_the_title() -> None:
    """The banner is the first line of the card, in blocks and in the fallback."""
    said = records.compact_text(hit(RETRACTED), 1).splitlines()
    assert said[0] == (
        "⚠ RETRACTED — Mar 2024 · 10.1234/notice.1 · says Retraction Watch; also: corrected"
    )
    assert "✗ Retracted (checked 3 Dec 2025)" in said[4]
    text = written(results.results(answer(RETRACTED), Audience.PUBLIC))
    assert text.index("RETRACTED") < text.index("Reprogramming")


def test_a_record_without_a_doi_links_to_what_it_has() -> None:
    """The PubMed page is linked and the missing DOI is said; markup of the title is gone."""
    said = records.compact_text(hit(PUBMED_ONLY), 3).splitlines()
    assert said[0] == "3. A trial of CD8⁺ T cells in vivo, p < 0.05 and x > 3"
    assert said[1].startswith("https://pubmed.ncbi.nlm.nih.gov/39910037")
    assert said[2] == "Clinical trial · Cancer Cell 12, 100-110 · Feb 2024 · no DOI held"
    assert said[3] == ("✗ Not peer reviewed · 🔓 Open access · ? Retraction status not checked")
    assert said[4] == "No abstract held"
    message = results.results(answer(PUBMED_ONLY), Audience.PUBLIC)
    assert checked(message) == {"cite": "Cite", "save": "Save", "ask": "More like this"}
    assert "|A trial of CD8⁺ T cells in vivo, p &lt; 0.05 and x &gt; 3>*" in written(message)


def test_what_is_unknown_is_said_to_be_unknown() -> None:
    """A title alone gives a card that makes nothing up."""
    said = records.compact_text(Hit(record=BARE, score=0, strict=True), 1).splitlines()
    assert said == [
        "1. Only a title",
        "Type unknown · journal unknown · date unknown · no DOI held",
        "? Peer review unknown · ? Access unknown · ? Retraction status not checked",
        "No abstract held",
    ]
    assert "1. *Only a title*" in written(results.results(answer(BARE), Audience.PUBLIC))


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        ({"published": PartialDate(2025, 11, 9)}, "9 Nov 2025"),
        ({"published": PartialDate(2025, 11)}, "Nov 2025"),
        ({"published": PartialDate(2025)}, "2025"),
        ({"accepted": PartialDate(2025, 10, 26)}, "accepted 26 Oct 2025"),
        ({"deposited": PartialDate(2025)}, "deposited 2025"),
        ({}, "date unknown"),
    ],
)
def test_a_date_is_as_precise_as_known(dates: dict[str, PartialDate], wanted: str) -> None:
    """The kind of a date is named when it is not the publication date."""
    assert wording.dated(BARE.model_copy(update=dates)) == wanted


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("name", RECORDS)
def test_every_record_has_a_full_card(name: str, audience: Audience) -> None:
    """No record breaks the card, whatever it holds or lacks."""
    record = RECORDS[name]
    for found in (hit(record), hostile_hit(record), Hit(record=record, score=0, strict=True)):
        given = Answer(query="x", hits=(found,), understood=HOSTILE_UNDERSTOOD)
        message = records.full(given, audience)
        assert bool(checked(message)) is (audience is not Audience.TERMINAL)
        assert "<!" not in message.text
        assert "<@" not in message.text


def test_the_full_card_of_the_seed() -> None:
    """Every field of the page is there, under its name, with what is missing said."""
    message = records.full(answer(SEED), Audience.DIRECT)
    said = message.text.splitlines()
    for line in (
        "Review · Journal article · Clinical and Translational Discovery 5(6), e70098 · 9 Nov 2025",
        (
            "Authors: Author with ORCID 0000-0002-1050-2771 (name not in record), "
            "Author (name not in record, University of Oxford)"
        ),
        "Publisher: Wiley",
        "Accepted: 26 Oct 2025",
        "Deposited: 10 Nov 2025",
        "ISSN: 2768-0622 (given for print and online)",
        "Identifiers: DOI 10.1002/ctd2.70098 · Pubs id 2342049",
        "Tagged by bot: vascular normalisation",
        "Source: ORA · harvested 3 Dec 2025 · External metadata, not edited by ORA.",
        (
            "DOI taken from the Publisher copy · Names of authors are not in the record · "
            "The record's own DOI field is empty"
        ),
    ):
        assert line in said
    assert not any(line.startswith(("Language", "Keywords")) for line in said)
    text = written(message)
    assert "<https://orcid.org/0000-0002-1050-2771|Author with ORCID 0000-0002-1050-2771>" in text
    assert checked(message) == {
        "abstract": "Abstract",
        "cite": "Cite",
        "save": "Save",
        "ask": "More like this",
        "ask:1": "Check",
        "more_author": "More by this author",
        "more_journal": "More from this journal",
        "link": "Publisher copy",
    }


def test_the_buttons_of_a_full_card_ask_what_they_say() -> None:
    """An ORCID is preferred to a name; a name and a journal are asked for in quotes."""
    rows = records.full(answer(SEED), Audience.DIRECT).payload()["blocks"][-1]["elements"]
    values = {e["action_id"]: e.get("value") or e.get("url") for e in rows}
    assert values["more_author"] == '{"q":"0000-0002-1050-2771"}'
    assert values["more_journal"] == '{"q":"journal:\\"Clinical and Translational Discovery\\""}'
    assert values["link"] == "https://doi.org/10.1002/ctd2.70098"
    rows = records.full(answer(PUBMED_ONLY), Audience.DIRECT).payload()["blocks"][-1]["elements"]
    values = {e["action_id"]: e.get("value") or e.get("url") for e in rows}
    assert values["more_author"] == '{"q":"author:\\"Chen R\\""}'
    assert values["link:1"] == "https://example.org/paper.pdf"


def test_a_button_for_what_is_not_there_is_not_there() -> None:
    """No author, journal, DOI or abstract: only the citation and its like are left."""
    assert checked(records.full(answer(BARE), Audience.DIRECT)) == {
        "cite": "Cite",
        "save": "Save",
        "ask": "More like this",
    }


def test_a_notice_is_linked_on_the_full_card() -> None:
    """A notice that names its own DOI can be read."""
    message = records.full(answer(RETRACTED), Audience.PUBLIC)
    assert "<https://doi.org/10.1234/notice.1|Notice: retracted>" in written(message)
    assert "Notice: retracted: https://doi.org/10.1234/notice.1" in message.text


def test_an_open_copy_is_linked_with_its_licence_and_a_closed_or_odd_one_is_not() -> None:
    open_copy = Access(status=AccessStatus.OPEN, url="https://example.org/a.pdf", licence="CC BY")
    shown = records.full(answer(SEED.model_copy(update={"access": open_copy})), Audience.DIRECT)
    checked(shown)
    assert "🔓 Open access" in shown.text
    assert "Full text: https://example.org/a.pdf\nLicence: CC BY" in shown.text
    assert "<https://example.org/a.pdf|free to read here>" in written(shown)
    for other in (
        open_copy.model_copy(update={"status": AccessStatus.RESTRICTED}),
        open_copy.model_copy(update={"url": "javascript:alert(1)"}),
    ):
        shown = records.full(answer(SEED.model_copy(update={"access": other})), Audience.DIRECT)
        assert "Full text:" not in shown.text


def test_many_authors_are_counted() -> None:
    """The first ten, at most, then how many more there are."""
    line = next(
        line
        for line in records.full(answer(CROWD), Audience.PUBLIC).text.splitlines()
        if line.startswith("Authors")
    )
    shown = line.count("Person")
    assert 1 <= shown <= 10
    assert line.endswith(f"+{120 - shown} more")


def test_concepts_are_named_by_their_labels() -> None:
    """Labels come from the vocabulary; without one, the id is read as words."""
    labels = {"vascular-normalisation": "Vascular normalisation (VN)"}
    message = records.full(answer(SEED), Audience.PUBLIC, labels)
    assert "Tagged by bot: Vascular normalisation (VN)" in message.text


def test_a_full_card_needs_a_record() -> None:
    """An answer without hits is the caller's mistake."""
    with pytest.raises(ValueError, match="record"):
        records.full(Answer(query="x"), Audience.PUBLIC)


def test_an_identifier_not_held_is_said_and_linked() -> None:
    """Well-formed but not here: its own page is one click away."""
    doi = Identifier(scheme=Scheme.DOI, value="10.9999/not.here")
    given = Answer.model_validate(
        {"query": "10.9999/not.here", "understood": {"action": "not_found", "identifiers": (doi,)},
         "suggestions": ("tumour macrophages",)}
    )  # fmt: skip
    message = records.not_found(given, Audience.PRIVATE)
    assert checked(message) == {"ask:0": "tumour macrophages", "ask:1": "add 10.9999/not.here"}
    assert "DOI <https://doi.org/10.9999/not.here|10.9999/not.here> is not in this store." in (
        written(message)
    )
    assert message.text.splitlines() == [
        "DOI 10.9999/not.here is not in this store.",
        "It may exist: https://doi.org/10.9999/not.here",
        "Try: tumour macrophages",
        "Try: add 10.9999/not.here",
    ]


def test_nothing_in_what_was_not_found_pings() -> None:
    """Identifiers and notes of a hostile question are text."""
    given = Answer(query="<!channel>" * 99, understood=HOSTILE_UNDERSTOOD, suggestions=("<!here>",))
    checked(records.not_found(given, Audience.PUBLIC))
    checked(records.not_found(Answer(query="<!channel>"), Audience.PUBLIC))


def test_the_worst_notice_leads() -> None:
    """A concern outranks a correction, and all are named."""
    record = SEED.model_copy(
        update={
            "integrity": tuple(
                IntegrityNotice(kind=kind)
                for kind in (IntegrityKind.CORRECTION, IntegrityKind.CONCERN)
            )
        }
    )
    banner = "⚠ EXPRESSION OF CONCERN — date of the notice unknown; also: corrected"
    assert wording.banner(record) == banner
    assert wording.retraction(record) == "? Retraction status not checked"


def test_the_preprint_of_an_article_is_named_and_the_other_way_round() -> None:
    number = Identifier(scheme=Scheme.DOI, value="10.1101/2023.05.06.539712")
    for kind, name in (
        (RelationKind.HAS_PREPRINT, "Preprint"),
        (RelationKind.PREPRINT_OF, "Published as"),
    ):
        related = SEED.model_copy(update={"relations": (Relation(kind=kind, identifier=number),)})
        message = records.full(answer(related), Audience.DIRECT)
        assert f"{name}: DOI {number.value}" in message.text
        assert f"<https://doi.org/{number.value}|{number.value}>" in written(message)
