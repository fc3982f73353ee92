"""The card of a record, compact and full."""

import pytest

from bot.records.answers import Answer, Hit
from bot.records.dates import PartialDate
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Relation,
    RelationKind,
    Scheme,
)
from handlers.views import buttons, integrity, records, results, wording
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


def card(hit: Hit, number: int = 1) -> list[str]:
    """The card of a list as plain text, its lines."""
    message = Message(tuple(records.card(hit, number)))
    check_message(message.payload())
    return message.text.splitlines()


def choices(message: Message) -> list[list[tuple[str, str]]]:
    """What each ⋯ of a message offers: labels, and the action that each is a press of."""
    blocks = message.payload()["blocks"]
    elements = [e for b in blocks for e in (b.get("accessory"), *b.get("elements", ())) if e]
    menus = [e["options"] for e in elements if e["type"] == "overflow"]
    return [[(o["text"]["text"], buttons.chosen(o["value"])[0]) for o in menu] for menu in menus]


def test_the_seed_card_is_as_drawn() -> None:
    """Title, address, what is known, the quote and the reasons; nothing of what is not known."""
    assert card(hit(SEED)) == [
        (
            "1. Reprogramming the tumour microenvironment: Emerging strategies to overcome "
            "immunotherapy resistance"
        ),
        "https://doi.org/10.1002/ctd2.70098",
        "Clinical and Translational Discovery 5(6), e70098 · 9 Nov 2025 · Review · peer reviewed",
        (
            "These emerging approaches include modulating tumour metabolism, normalising the "
            "tumour vasculature and employing engineered cell therapies. (abstract, Main body)"
        ),
        "Matches: vascular normalisation (abstract) · review (type)",
    ]


def test_the_seed_card_in_slack() -> None:
    """The DOI link is the title, the matched words are bold, the buttons are those that work."""
    message = results.results(answer(SEED), Audience.PUBLIC)
    text = written(message)
    assert "1. *<https://doi.org/10.1002/ctd2.70098|Reprogramming the tumour micro" in text
    assert "normalising the *tumour vasculature* and employing" in text
    assert "(abstract, Main body)" in text
    assert checked(message) == {"abstract": "Abstract", "cite": "Cite", "save": "Save"}
    assert choices(message) == [
        [
            ("More like this", buttons.SIMILAR),
            ("Open record", buttons.OPEN),
            ("Wrong tag", buttons.WRONG_TAG),
            ("Report an error", buttons.REPORT),
        ]
    ]


def test_authors_stand_first_and_the_last_is_named() -> None:
    """Three are named; of more, the first two and the last; of an open list, that it goes on."""
    people = (
        Contribution(family="Sharma", given="Padmanee"),
        Contribution(name="Hu-Lieskovan S"),
        Contribution(family="Wargo", given="J.A."),
        Contribution(family="Ribas", given="A"),
    )
    editor = Contribution(name="Editor E", roles=("Editor",))

    def named(count: int, **more: object) -> str | None:
        update = {"contributors": (*people[:count], editor), **more}
        return wording.byline(BARE.model_copy(update=update))

    assert named(0) is None
    assert named(1) == "Sharma P"
    assert named(3) == "Sharma P, Hu-Lieskovan S, Wargo JA"
    assert named(4) == "Sharma P, Hu-Lieskovan S, … Ribas A"
    assert named(4, warnings=("authors_not_all_named",)) == "Sharma P, Hu-Lieskovan S et al."


def test_a_copy_at_pubmed_central_is_free_and_linked() -> None:
    """A PMCID is a free copy, whatever else is known of access."""
    pmcid = Identifier(scheme=Scheme.PMCID, value="PMC5391692")
    copied = SEED.model_copy(update={"identifiers": (*SEED.identifiers, pmcid)})
    assert (
        "· free at PMC (https://pmc.ncbi.nlm.nih.gov/articles/PMC5391692)" in card(hit(copied))[2]
    )
    assert "access" not in wording.unknown(copied)
    assert "access" in wording.unknown(SEED)


def test_a_retraction_comes_before_the_title() -> None:
    """The banner is the first line of the card, in blocks and in the fallback."""
    assert card(hit(RETRACTED))[0] == (
        "⚠ RETRACTED — Mar 2024 · 10.1234/notice.1 · says Retraction Watch; also: corrected"
    )
    text = written(results.results(answer(RETRACTED), Audience.PUBLIC))
    assert text.index("RETRACTED") < text.index("Reprogramming")
    opened = records.full(answer(RETRACTED), Audience.DIRECT).text
    assert "Retraction: retracted (checked 3 Dec 2025)." in opened


def test_a_record_without_a_doi_links_to_what_it_has() -> None:
    """The PubMed page is linked and the missing DOI is named; markup of the title is gone."""
    lines = card(hit(PUBMED_ONLY), 3)
    assert lines[0] == "3. A trial of CD8⁺ T cells in vivo, p < 0.05 and x > 3"
    assert lines[1].startswith("https://pubmed.ncbi.nlm.nih.gov/39910037")
    assert lines[2] == (
        "Chen R, The TME Study Group · Cancer Cell 12, 100–110 · Feb 2024 · Clinical trial · "
        "not peer reviewed · no DOI · open access"
    )
    message = results.results(answer(PUBMED_ONLY), Audience.PUBLIC)
    assert checked(message) == {"cite": "Cite", "save": "Save", "similar": "More like this"}
    assert "|A trial of CD8⁺ T cells in vivo, p &lt; 0.05 and x &gt; 3>*" in written(message)


def test_what_is_not_known_is_said_once_and_on_the_opened_record() -> None:
    """A card makes nothing up and lists nothing that is missing."""
    bare = Hit(record=BARE, score=0, strict=True)
    assert card(bare) == ["1. Only a title", "no DOI"]
    opened = records.full(Answer(query="x", hits=(bare,)), Audience.DIRECT).text
    assert "No abstract." in opened
    assert (
        "Not known: authors, journal, date, type, peer review, access, licence."
        " Retraction: not checked yet."
    ) in opened
    assert "1. *Only a title*" in written(results.results(answer(BARE), Audience.PUBLIC))


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        ({"published": PartialDate(2025, 11, 9)}, "9 Nov 2025"),
        ({"published": PartialDate(2025, 11)}, "Nov 2025"),
        ({"published": PartialDate(2025)}, "2025"),
        ({"accepted": PartialDate(2025, 10, 26)}, "accepted 26 Oct 2025"),
        ({"deposited": PartialDate(2025)}, "deposited 2025"),
        ({}, None),
    ],
)
def test_a_date_is_as_precise_as_known(dates: dict[str, PartialDate], wanted: str | None) -> None:
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
        assert ("cite" in checked(message)) is (audience is not Audience.TERMINAL)
        assert "<!" not in message.text
        assert "<@" not in message.text


def test_the_full_card_of_the_seed() -> None:
    """Every field of the page is there, under its name, with what is missing said."""
    message = records.full(answer(SEED), Audience.DIRECT)
    said = message.text.splitlines()
    for line in (
        "Clinical and Translational Discovery 5(6), e70098 · 9 Nov 2025 · Review · peer reviewed",
        "Type: Journal article",
        (
            "Authors: Author with ORCID 0000-0002-1050-2771"
            " (https://orcid.org/0000-0002-1050-2771) (name not in record), "
            "Author (name not in record, University of Oxford). Their names are on the page of its"
            " DOI (https://doi.org/10.1002/ctd2.70098)"
        ),
        ("Not known: authors, access, licence. Retraction: none known (checked 3 Dec 2025)."),
        "Publisher: Wiley",
        "Accepted: 26 Oct 2025",
        "Deposited: 10 Nov 2025",
        "ISSN: 2768-0622 (given for print and online)",
        "Identifiers: DOI https://doi.org/10.1002/ctd2.70098 · Pubs id 2342049",
        "Tagged by the bot: vascular normalisation",
        "Source: ORA · harvested 3 Dec 2025 · External metadata, not edited by ORA.",
        ("DOI taken from the Publisher copy · The record's own DOI field is empty"),
    ):
        assert line in said
    assert not any(line.startswith(("Language", "Keywords")) for line in said)
    text = written(message)
    assert "<https://orcid.org/0000-0002-1050-2771|Author with ORCID 0000-0002-1050-2771>" in text
    assert checked(message) == {"abstract": "Abstract", "cite": "Cite", "save": "Save"}
    beside = [b["accessory"] for b in message.payload()["blocks"] if "accessory" in b]
    assert [each["value"] for each in beside] == ['{"q":"check 10.1002/ctd2.70098"}']
    assert choices(message) == [
        [
            ("More like this", buttons.SIMILAR),
            ("More by this author", buttons.MORE_AUTHOR),
            ("More from this journal", buttons.MORE_JOURNAL),
            ("Wrong tag", buttons.WRONG_TAG),
            ("Report an error", buttons.REPORT),
        ]
    ]


def test_the_buttons_of_a_full_card_ask_what_they_say() -> None:
    """An ORCID is preferred to a name; a name and a journal are asked for in quotes."""
    values = carried(records.full(answer(SEED), Audience.DIRECT))
    assert values["more_author"] == '{"q":"0000-0002-1050-2771"}'
    assert values["more_journal"] == '{"q":"journal:\\"Clinical and Translational Discovery\\""}'
    values = carried(records.full(answer(PUBMED_ONLY), Audience.DIRECT))
    assert values["more_author"] == '{"q":"author:\\"Chen R\\""}'
    assert values["link:1"] == "https://example.org/paper.pdf"


def carried(message: Message) -> dict[str, str]:
    """What each control of the last rows carries, by its action."""
    rows = [b["elements"] for b in message.payload()["blocks"] if b["type"] == "actions"]
    elements = [e for row in rows for e in row]
    chosen = [buttons.chosen(o["value"]) for e in elements for o in e.get("options", ())]
    return dict(chosen) | {e["action_id"]: e.get("value") or e.get("url", "") for e in elements}


def test_a_button_for_what_is_not_there_is_not_there() -> None:
    """No author, journal, DOI or abstract: only the citation and its like are left."""
    message = records.full(answer(BARE), Audience.DIRECT)
    assert checked(message) == {"cite": "Cite", "save": "Save", "similar": "More like this"}
    assert [[label for label, _ in menu] for menu in choices(message)] == [
        ["Wrong tag", "Report an error"]
    ]


def test_a_notice_is_linked_on_the_full_card() -> None:
    """A notice that names its own DOI can be read."""
    message = records.full(answer(RETRACTED), Audience.PUBLIC)
    assert "<https://doi.org/10.1234/notice.1|Notice: retracted>" in written(message)
    assert "Notice: retracted\nhttps://doi.org/10.1234/notice.1" in message.text


def test_an_open_copy_is_linked_with_its_licence_and_a_closed_or_odd_one_is_not() -> None:
    open_copy = Access(status=AccessStatus.OPEN, url="https://example.org/a.pdf", licence="CC BY")
    shown = records.full(answer(SEED.model_copy(update={"access": open_copy})), Audience.DIRECT)
    checked(shown)
    assert "· open access\n" in shown.text
    copy = "Full text: free to read at example.org (https://example.org/a.pdf)"
    assert f"{copy}\nLicence: CC BY" in shown.text
    assert "<https://example.org/a.pdf|free to read at example.org>" in written(shown)
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
    assert "Tagged by the bot: Vascular normalisation (VN)" in message.text


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
        (
            "DOI https://doi.org/10.9999/not.here is not in this store."
            " It may exist: the link goes to its own page."
        ),
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
    assert integrity.banner(record) == banner
    assert integrity.retraction(record) == "not checked yet"


def test_the_preprint_of_an_article_is_named_and_the_other_way_round() -> None:
    number = Identifier(scheme=Scheme.DOI, value="10.1101/2023.05.06.539712")
    for kind, name in (
        (RelationKind.HAS_PREPRINT, "Preprint"),
        (RelationKind.PREPRINT_OF, "Published as"),
    ):
        related = SEED.model_copy(update={"relations": (Relation(kind=kind, identifier=number),)})
        message = records.full(answer(related), Audience.DIRECT)
        assert f"{name}: DOI https://doi.org/{number.value}" in message.text
        assert f"<https://doi.org/{number.value}|{number.value}>" in written(message)


@pytest.mark.parametrize(
    ("volume", "issue", "shown"),
    [("41", "1", "41(1)"), ("41", None, "41"), (None, "1", "issue 1"), (None, None, "")],
)
def test_an_issue_stands_behind_its_volume(
    volume: str | None, issue: str | None, shown: str
) -> None:
    """Without a volume it is named, so that "(1)" does not stand alone."""
    record = BARE.model_copy(
        update={"journal": Journal(title="Cell"), "volume": volume, "issue": issue, "pages": "3"}
    )
    assert wording.place(record) == f"Cell {shown}".strip() + ", 3"
