"""ClinicalTrials.gov's JSON: registered studies.

Built from the published schema of its API, version 2 (the data structure of `Study`): no real
answer was to be had when this was written, so field names are the schema's and no real study has
been tried. A trial is a record of its own: papers that report it name its number.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.formats import Refusal
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Known,
    Record,
    Scheme,
    Section,
    unique,
)
from bot.sources.reading.payload import JsonPayload
from bot.sources.reading.record import Origin, abstract_of, hashed, record
from bot.sources.reading.values import (
    Item,
    identifier,
    iso_date,
    item,
    items,
    objects,
    source_id,
    text,
    texts,
)

NAME = "clinicaltrials"
TYPE = "Trial registration"
# The schema's values of `phases`, as PubMed names trials.
_PHASES = {"EARLY_PHASE1": "Early Phase I", "PHASE1": "Phase I", "PHASE2": "Phase II",
           "PHASE3": "Phase III", "PHASE4": "Phase IV"}  # fmt: skip
_STUDIES = {"INTERVENTIONAL": "Clinical Trial", "OBSERVATIONAL": "Observational Study",
            "EXPANDED_ACCESS": "Expanded access"}  # fmt: skip
_LONGEST_LIST = 20


def _studies(document: object) -> list[Any]:
    answer = item(document)
    if "studies" in answer:
        return items(answer["studies"]) or [Refusal(1, "an answer without studies")]
    return [answer]


def read(study: Item, source: str, at: datetime) -> Record:
    """The record of one study. Raises RefusedError."""
    protocol = item(study.get("protocolSection"))
    names = item(protocol.get("identificationModule"))
    status = item(protocol.get("statusModule"))
    design = item(protocol.get("designModule"))
    number = identifier(Scheme.NCT, names.get("nctId"))
    parts = tuple(_sections(protocol))
    fields = {
        "title": text(names.get("briefTitle")) or text(names.get("officialTitle")),
        "type": TYPE,
        "subtype": _subtype(design),
        "abstract": abstract_of(parts),
        "sections": parts,
        "contributors": _people(protocol),
        "publisher": "ClinicalTrials.gov",
        "published": iso_date(item(status.get("studyFirstPostDateStruct")).get("date")),
        "deposited": iso_date(status.get("studyFirstSubmitDate")),
        "keywords": _keywords(protocol),
        "identifiers": (number, source_id(NAME, number.value) if number else None),
        "publication_status": _spoken(status.get("overallStatus")),
        # A registry entry: anybody can read it, and no one reviews it as a paper is reviewed.
        "peer_reviewed": Known.NO,
        "access": Access(status=AccessStatus.OPEN),
    }
    return record(fields, Origin(source or NAME, at, hashed(study)))


def _spoken(value: object) -> str | None:
    """A value of the schema in words: `ACTIVE_NOT_RECRUITING` is "Active not recruiting"."""
    given = text(value)
    return given.replace("_", " ").capitalize() if given else None


def _phases(design: Item) -> str | None:
    """The phases in words, "Phase I/Phase II" where there are two; None where none applies."""
    return "/".join(_PHASES[p] for p in texts(design.get("phases")) if p in _PHASES) or None


def _subtype(design: Item) -> str | None:
    kind = text(design.get("studyType"))
    named = _STUDIES.get(kind or "", _spoken(kind))
    phase = _phases(design)
    return f"{named}, {phase}" if named and phase else named


def _people(protocol: Item) -> tuple[Contribution, ...]:
    """The officials of the study, then its sponsor and collaborators."""
    contacts = item(protocol.get("contactsLocationsModule"))
    sponsors = item(protocol.get("sponsorCollaboratorsModule"))
    officials = [
        Contribution(
            name=text(official.get("name")),
            affiliation=text(official.get("affiliation")),
            roles=tuple(filter(None, (_spoken(official.get("role")),))),
        )
        for official in objects(contacts.get("overallOfficials"))
    ]
    groups = [(sponsors.get("leadSponsor"), "Sponsor")]
    groups += [(other, "Collaborator") for other in objects(sponsors.get("collaborators"))]
    named = [
        Contribution(name=name, roles=(role,))
        for group, role in groups
        if (name := text(item(group).get("name")))
    ]
    return (*officials, *named)


def _keywords(protocol: Item) -> tuple[str, ...]:
    conditions = item(protocol.get("conditionsModule"))
    arms = item(protocol.get("armsInterventionsModule"))
    drugs = (text(given.get("name")) for given in objects(arms.get("interventions")))
    return unique(
        word
        for word in (
            *texts(conditions.get("conditions")),
            *drugs,
            *texts(conditions.get("keywords")),
        )
        if word
    )


def _sections(protocol: Item) -> Iterator[Section]:
    """What a reader of a registration asks for, each under its own heading."""
    status = item(protocol.get("statusModule"))
    arms = item(protocol.get("armsInterventionsModule"))
    outcomes = objects(item(protocol.get("outcomesModule")).get("primaryOutcomes"))
    value = (
        ("Official title", text(item(protocol.get("identificationModule")).get("officialTitle"))),
        ("Summary", text(item(protocol.get("descriptionModule")).get("briefSummary"))),
        ("Conditions", _listed(item(protocol.get("conditionsModule")).get("conditions"))),
        ("Interventions", _listed([_intervention(i) for i in objects(arms.get("interventions"))])),
        ("Design", _design(item(protocol.get("designModule")))),
        ("Primary outcomes", _listed([outcome.get("measure") for outcome in outcomes])),
        ("Status", _status(status)),
    )
    for label, words in value:
        if words:
            yield Section(label=label, text=words)


def _listed(values: object) -> str | None:
    found = texts(values)
    more = f" (+{len(found) - _LONGEST_LIST} more)" if len(found) > _LONGEST_LIST else ""
    return f"{'; '.join(found[:_LONGEST_LIST])}{more}" if found else None


def _intervention(given: Item) -> str | None:
    name, kind = text(given.get("name")), _spoken(given.get("type"))
    return f"{name} ({kind.lower()})" if name and kind else name


def _design(design: Item) -> str | None:
    info = item(design.get("designInfo"))
    enrolled = item(design.get("enrollmentInfo"))
    count, kind = text(enrolled.get("count")), _spoken(enrolled.get("type"))
    value = (
        _spoken(design.get("studyType")),
        _phases(design),
        _spoken(info.get("allocation")),
        _spoken(info.get("interventionModel")),
        _spoken(item(info.get("maskingInfo")).get("masking")),
        f"{count} participants ({kind.lower()})" if count and kind else count,
    )
    return "; ".join(filter(None, value)) or None


def _status(status: Item) -> str | None:
    """The status of recruitment, why it was stopped, and the dates of start and completion."""
    state, why = _spoken(status.get("overallStatus")), text(status.get("whyStopped"))
    value = [f"{state} ({why.rstrip('.')})" if state and why else state]
    for label, key in (
        ("start", "startDateStruct"),
        ("primary completion", "primaryCompletionDateStruct"),
        ("completion", "completionDateStruct"),
    ):
        date = iso_date(item(status.get(key)).get("date"))
        kind = text(item(status.get(key)).get("type"))
        if date is not None:
            value.append(f"{label} {date}{' (estimated)' if kind == 'ESTIMATED' else ''}")
    return "; ".join(filter(None, value)) or None


PAYLOAD = JsonPayload(
    name=NAME,
    summary="studies of ClinicalTrials.gov's API as JSON",
    # The section that every study has.
    looks=lambda data: data[:100].lstrip()[:1] == b"{" and b'"protocolSection"' in data[:100_000],
    works=_studies,
    read=read,
)
