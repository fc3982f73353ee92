"""What is known of a work's standing, as a person reads it."""

from itertools import count

import pytest

from bot.harvest.integrity import Checked, Look, Outcome
from bot.records.dates import PartialDate
from bot.records.models import (
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Record,
    Relation,
    RelationKind,
    Scheme,
)
from handlers.views import standing
from handlers.views.message import Audience
from tests.block_check import check_message
from tests.handlers.views.samples import CHECKED, HOSTILE_TITLE, RECORDS, RETRACTED, SEED

DOI = Identifier(scheme=Scheme.DOI, value="10.1234/x")
LOOKED = (
    IntegrityNotice(kind=IntegrityKind.CHECKED, source="pubmed", checked=CHECKED),
    IntegrityNotice(kind=IntegrityKind.CHECKED, source="crossref", checked=CHECKED),
)


def checked(record: Record | None, *, stored: bool = True, **fields: object) -> Checked:
    integrity = record.integrity if record else ()
    return Checked(record, stored, **{"integrity": integrity, **fields})  # type: ignore[arg-type]


def text(*works: Checked) -> str:
    message = standing.message(works, Audience.PRIVATE)
    check_message(message.payload())
    return message.text


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("audience", list(Audience))
def test_every_record_can_be_shown(name: str, audience: Audience) -> None:
    looks = (
        Look("crossref", Outcome.FAILED, reason=HOSTILE_TITLE * 5),
        Look("pubmed", Outcome.UNKNOWN),
        Look("europe_pmc", Outcome.FRESH, CHECKED),
    )
    works = [checked(RECORDS[name], looks=looks)] * 9
    message = standing.message(works, audience)
    check_message(message.payload())
    assert "<!" not in message.text


def test_a_notice_has_its_date_its_own_doi_and_who_says_so() -> None:
    lines = text(checked(RETRACTED)).splitlines()
    retracted = "⚠ Retracted · Mar 2024 · notice https://doi.org/10.1234/notice.1 · says"
    assert lines[2:4] == [
        f"{retracted} Retraction Watch (checked 3 Dec 2025)",
        "⚠ Corrected · 2023 · says Crossref",
    ]
    blocks = standing.message([checked(RETRACTED)], Audience.PRIVATE).payload()["blocks"]
    assert "notice <https://doi.org/10.1234/notice.1|10.1234/notice.1>" in blocks[0]["text"]["text"]


def test_none_known_says_when_and_by_whom() -> None:
    said = text(checked(SEED, integrity=LOOKED))
    assert (
        "No retraction, withdrawal, correction or concern known"
        " (checked 3 Dec 2025, by PubMed, Crossref)"
    ) in said


def test_a_check_that_was_not_made_is_named() -> None:
    said = text(checked(SEED, integrity=(), unasked="no source is set up"))
    assert "Retraction: not checked yet" in said
    assert "No source was queried: no source is set up" in said


def test_what_became_of_each_question_is_said() -> None:
    looks = (
        Look("pubmed", Outcome.ANSWERED, CHECKED),
        Look("crossref", Outcome.FAILED, reason="it is down."),
        Look("europe_pmc", Outcome.UNKNOWN),
        Look("Retraction Watch", Outcome.ANSWERED, CHECKED, listed=True),
    )
    assert text(checked(SEED, looks=looks)).splitlines()[-1] == (
        "Checked at: PubMed 3 Dec 2025 · Crossref did not answer: it is down. · "
        "Europe PMC does not have it · Retraction Watch (list of 3 Dec 2025)"
    )


def test_a_work_that_is_not_held_is_named_by_its_identifier() -> None:
    said = text(checked(None, stored=False, asked=DOI)).splitlines()
    assert said[0].startswith("DOI https://doi.org/10.1234/x")
    assert said[-1] == "Not in this store."
    message = standing.message([checked(SEED, stored=False)], Audience.PRIVATE)
    assert all(block["type"] != "actions" for block in message.payload()["blocks"])


def test_a_notice_is_not_called_retracted() -> None:
    about = Relation(kind=RelationKind.RETRACTION_OF, identifier=DOI)
    notice = SEED.model_copy(update={"integrity": (), "relations": (about,)})
    said = text(checked(notice, integrity=LOOKED))
    assert "⚠" not in said
    assert "This is itself a retraction notice of 10.1234/x, not the article." in said
    titled = notice.model_copy(update={"relations": (), "title": "Erratum: A title of it"})
    assert "This is itself a correction, not the article." in text(checked(titled))


def test_a_preprint_says_where_it_was_published() -> None:
    published = Relation(kind=RelationKind.PREPRINT_OF, identifier=DOI)
    preprint = SEED.model_copy(update={"type": "Preprint", "relations": (published,)})
    assert "A preprint; published as 10.1234/x" in text(checked(preprint))


def test_many_notices_are_counted() -> None:
    number = count(1)
    notices = tuple(
        IntegrityNotice(
            kind=IntegrityKind.CORRECTION, date=PartialDate(2000 + next(number)), note="x" * 900
        )
        for _ in range(20)
    )
    works = [checked(SEED, integrity=notices)] * 8
    assert "and 17 more notices" in text(*works)
