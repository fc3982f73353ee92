"""ClinicalTrials.gov's studies, in documents written after the published schema of API version 2.

No real answer was to be had, so none has been tried.
"""

from typing import Any

import pytest

from bot.records.models import AccessStatus, Known, Record, Scheme
from bot.sources.clinical_trials.reader import PAYLOAD as CLINICAL_TRIALS
from bot.text.markup import plain
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging import Tagger

from .loading import load, reasons
from .loading import one as read_one

PAYLOAD = CLINICAL_TRIALS
PROTOCOL: dict[str, Any] = {
    "identificationModule": {
        "nctId": "NCT02263508",
        "briefTitle": "Pembrolizumab With Talimogene Laherparepvec in Melanoma",
        "officialTitle": "A Phase 1b/3 Trial of Talimogene Laherparepvec With Pembrolizumab",
    },
    "statusModule": {
        "overallStatus": "ACTIVE_NOT_RECRUITING",
        "startDateStruct": {"date": "2014-12-08", "type": "ACTUAL"},
        "completionDateStruct": {"date": "2027-02", "type": "ESTIMATED"},
        "studyFirstSubmitDate": "2014-10-08",
        "studyFirstPostDateStruct": {"date": "2014-10-13", "type": "ESTIMATED"},
    },
    "sponsorCollaboratorsModule": {
        "leadSponsor": {"name": "Amgen", "class": "INDUSTRY"},
        "collaborators": [{"name": "Merck Sharp & Dohme LLC", "class": "INDUSTRY"}],
    },
    "descriptionModule": {"briefSummary": "To see\n\nwhether it is safe."},
    "conditionsModule": {"conditions": ["Melanoma"], "keywords": ["oncolytic virus"]},
    "designModule": {
        "studyType": "INTERVENTIONAL",
        "phases": ["PHASE1", "PHASE3"],
        "designInfo": {
            "allocation": "RANDOMIZED",
            "interventionModel": "PARALLEL",
            "maskingInfo": {"masking": "DOUBLE"},
        },
        "enrollmentInfo": {"count": 713, "type": "ACTUAL"},
    },
    "armsInterventionsModule": {
        "interventions": [
            {"type": "DRUG", "name": "Pembrolizumab"},
            {"type": "BIOLOGICAL", "name": "Talimogene laherparepvec"},
        ]
    },
    "outcomesModule": {
        "primaryOutcomes": [{"measure": "Progression-free survival", "timeFrame": "5 years"}]
    },
    "contactsLocationsModule": {
        "overallOfficials": [
            {"name": "Anna Müller, MD", "affiliation": "Amgen", "role": "PRINCIPAL_INVESTIGATOR"}
        ]
    },
}


def one(**modules: object) -> Record:
    study = {"protocolSection": {**PROTOCOL, **modules}, "hasResults": False}
    return read_one(PAYLOAD, {"studies": [study], "nextPageToken": "x"})


def test_a_trial_is_a_record_with_number_phase_and_status() -> None:
    record = one()
    assert record.title == "Pembrolizumab With Talimogene Laherparepvec in Melanoma"
    assert (record.type, record.subtype) == (
        "Trial registration", "Clinical Trial, Phase I/Phase III",
    )  # fmt: skip
    assert record.identifier(Scheme.NCT) == "NCT02263508"
    assert record.publication_status == "Active not recruiting"
    assert (str(record.published), str(record.deposited)) == ("2014-10-13", "2014-10-08")
    assert (record.peer_reviewed, record.access.status) == (Known.NO, AccessStatus.OPEN)


def test_what_a_reader_asks_of_a_trial_stands_under_headings() -> None:
    sections = {section.label: section.text for section in one().sections}
    assert sections == {
        "Official title": "A Phase 1b/3 Trial of Talimogene Laherparepvec With Pembrolizumab",
        "Summary": "To see whether it is safe.",
        "Conditions": "Melanoma",
        "Interventions": "Pembrolizumab (drug); Talimogene laherparepvec (biological)",
        "Design": "Interventional; Phase I/Phase III; Randomized; Parallel; Double; "
        "713 participants (actual)",
        "Primary outcomes": "Progression-free survival",
        "Status": "Active not recruiting; start 2014-12-08; completion 2027-02 (estimated)",
    }


def test_a_stopped_trial_says_why() -> None:
    stopped = {"overallStatus": "TERMINATED", "whyStopped": "Lack of efficacy."}
    record = one(statusModule=stopped)
    assert record.sections[-1].text == "Terminated (Lack of efficacy)"
    assert record.published is None


def test_officials_sponsors_and_collaborators_are_kept_with_their_roles() -> None:
    assert [(p.display_name, p.roles) for p in one().contributors] == [
        ("Anna Müller, MD", ("Principal investigator",)),
        ("Amgen", ("Sponsor",)),
        ("Merck Sharp & Dohme LLC", ("Collaborator",)),
    ]


def test_a_study_that_is_not_interventional_has_no_phase() -> None:
    record = one(designModule={"studyType": "OBSERVATIONAL", "phases": ["NA"]})
    assert record.subtype == "Observational Study"
    assert one(designModule={}).subtype is None


def test_a_trial_is_tagged_as_one(services_vocabulary: Vocabulary) -> None:
    concepts = {tag.concept for tag in Tagger(services_vocabulary).tag(one())}
    assert {"clinical-trial", "oncolytic-virotherapy"} <= concepts


@pytest.fixture(scope="module")
def services_vocabulary(seeds: Any) -> Vocabulary:
    return Vocabulary.load(seeds / "taxonomy.yaml")


def test_markup_is_taken_for_text() -> None:
    described = {"briefSummary": "<!channel> p <0.05"}
    summary = next(s for s in one(descriptionModule=described).sections if s.label == "Summary")
    assert plain(summary.text) == "<!channel> p <0.05"


def test_what_is_no_study_is_refused_with_the_reason() -> None:
    assert reasons(PAYLOAD, {"studies": []}) == ["an answer without studies"]
    unnamed = {"protocolSection": {"identificationModule": {"nctId": "NCT02263508"}}}
    assert reasons(PAYLOAD, unnamed) == ["NCT02263508: no title"]
    assert load(PAYLOAD, 7).refused[0].reason == "not an object"
