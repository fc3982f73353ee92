"""Whatever stands in the place of a value, a parser reads the rest or refuses it."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formats import Format, Parsed
from bot.records.models import Record
from bot.sources.biorxiv.reader import PAYLOAD as BIORXIV
from bot.sources.clinical_trials.reader import PAYLOAD as CLINICAL_TRIALS
from bot.sources.crossref.reader import PAYLOAD as CROSSREF
from bot.sources.datacite.reader import DataCitePayload
from bot.sources.europe_pmc.reader import PAYLOAD as EUROPE_PMC
from bot.sources.openalex.reader import PAYLOAD as OPENALEX
from bot.sources.unpaywall.reader import PAYLOAD as UNPAYWALL

from . import test_clinical_trials_payload as trials
from . import test_crossref_payload as crossref
from . import test_datacite_payload as datacite
from . import test_europe_pmc_payload as europe_pmc
from . import test_openalex_payload as openalex
from . import test_preprint_and_access_payloads as preprints
from .any_json import ANY_JSON, QUIETLY
from .loading import AT

EXAMPLES: dict[str, tuple[Format, Any]] = {
    "crossref": (
        CROSSREF,
        {
            **crossref.WORK,
            "author": [{"family": "A", "given": "B", "affiliation": [{"name": "C"}]}],
            "updated-by": [crossref.update("retraction", "10.1234/r")],
            "update-to": [crossref.update("correction", "10.1234/o")],
            "relation": {"has-preprint": [{"id-type": "doi", "id": "10.1101/1"}]},
            "license": [{"URL": crossref.CC_BY, "content-version": "vor"}],
            "abstract": "<jats:p>Text.</jats:p>",
        },
    ),
    "europe_pmc": (
        EUROPE_PMC,
        {
            **europe_pmc.RESULT,
            "authorList": {"author": [{"lastName": "A", "authorId": {"type": "ORCID"}}]},
            "fullTextUrlList": {"fullTextUrl": [europe_pmc.FREE]},
            **europe_pmc.linked({"type": "Preprint in", "id": "PPR1", "source": "PPR"}),
        },
    ),
    "openalex": (
        OPENALEX,
        {
            **openalex.WORK,
            "abstract_inverted_index": {"a": [0], "b": [1]},
            "authorships": [{"author": {"display_name": "A"}, "raw_affiliation_strings": ["B"]}],
            "open_access": {"is_oa": True, "oa_url": "https://example.org/a"},
            "primary_location": {"source": {"display_name": "J", "issn": ["2768-0622"]}},
        },
    ),
    "datacite": (
        DataCitePayload(),
        {
            **datacite.ATTRIBUTES,
            "rightsList": [{"rights": "CC BY 4.0", "rightsUri": "x"}],
            "relatedIdentifiers": [{"relationType": "IsPartOf", "relatedIdentifier": "10.1/x"}],
            "descriptions": [{"descriptionType": "Abstract", "description": "Text."}],
            "container": {"title": "J", "identifier": "2768-0622", "identifierType": "ISSN"},
        },
    ),
    "biorxiv": (BIORXIV, {"collection": [preprints.PREPRINT]}),
    "unpaywall": (UNPAYWALL, preprints.ANSWER),
    "clinicaltrials": (CLINICAL_TRIALS, {"protocolSection": trials.PROTOCOL}),
}


def places(value: object, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, as the keys that lead there."""
    found = [place] if place else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*place, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            found += places(inner, (*place, at))
    return found


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_example_itself_is_read(name: str) -> None:
    payload, document = EXAMPLES[name]
    parsed = Parsed.of(payload.loads(json.dumps(document).encode(), "", AT))
    assert (len(parsed.records), parsed.refused) == (1, ())


@pytest.mark.parametrize("name", sorted(EXAMPLES))
@given(data=st.data())
@QUIETLY
def test_any_value_in_any_place_is_read_over_or_refused(name: str, data: st.DataObject) -> None:
    payload, example = EXAMPLES[name]
    document = copy.deepcopy(example)
    *way, last = data.draw(st.sampled_from(places(example)))
    inner = document
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(ANY_JSON)
    for item in payload.loads(json.dumps(document).encode(), "", AT):
        if isinstance(item, Record):
            assert Record.model_validate_json(item.model_dump_json()) == item
        else:
            assert item.reason
            assert "\n" not in item.reason
