"""The sources file: every key is read, and what is wrong is said in one line that names it."""

import contextlib
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.harvest.plan import Planned, load, parse, standings
from bot.sources import harvested
from bot.store.harvests import Harvest
from tests.sources.payloads.any_json import ANY_JSON, QUIETLY

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
ENTRY = """[[source]]
kind = "oai_pmh"
address = "https://archive.example/oai"
"""


def planned(text: str) -> tuple[Planned, ...]:
    return parse(tomllib.loads(text), "sources.toml")


def test_the_example_is_a_plan_and_names_every_kind_of_source(seeds: Path) -> None:
    path = seeds / "sources.toml"
    assert load(path)
    text = path.read_text(encoding="utf-8")
    assert [kind.name for kind in harvested() if f'kind = "{kind.name}"' not in text] == []


def test_what_the_example_leaves_out_is_a_plan_too(seeds: Path) -> None:
    """The entries behind comment signs can be used by taking the signs away."""
    text = (seeds / "sources.toml").read_text(encoding="utf-8")
    entry = r"""(?m)^# (?=\[\[source\]\]$|[a-z_]+ = (?:"[^"]*"|'[^']*'|[\d-]+)$)"""
    whole = re.sub(entry, "", text)
    assert len(planned(whole)) == len(re.findall(r"(?m)^(?:# )?\[\[source\]\]$", text))


def test_every_key_is_read() -> None:
    [entry] = planned(
        ENTRY + 'name = "ours"\nquery = "com_1"\nsince = 2020-01-31\nevery = "12h"\nprefix = "x"'
    )
    assert (entry.name, entry.kind.name, entry.query) == ("ours", "oai_pmh", "com_1")
    assert (entry.since, entry.every) == (date(2020, 1, 31), timedelta(hours=12))
    assert (entry.place, entry.options) == ("archive.example", {"prefix": "x"})


def test_what_is_left_out_has_its_usual_value() -> None:
    [entry] = planned('[[source]]\nkind = "ora"')
    assert (entry.name, entry.query, entry.since) == ("ora", "", None)
    assert (entry.every, entry.place) == (timedelta(days=1), "ora.ox.ac.uk")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[source]]\n", "it has no kind"),
        ('[[source]]\nkind = "pigeon"', "no kind of source 'pigeon'"),
        ('[[source]]\nkind = "oai_pmh"', "it has no address"),
        ('[[source]]\nkind = "ora_search"', "it has no query"),
        ('[[source]]\nkind = "oai_pmh"\naddress = "file:///etc/passwd"', "https://"),
        ('[[source]]\nkind = "oai_pmh"\naddress = "https://me:pw@archive.example/"', "https://"),
        (ENTRY + 'every = "often"', "every is not a time"),
        (ENTRY + 'every = "0d"', "every is not a time"),
        (ENTRY + 'since = "2020"', "since is not a day"),
        (ENTRY + "since = 2020-01-01T00:00:00Z", "since is not a day"),
        (ENTRY + "query = 7", "query is not text"),
        (ENTRY + 'name = "a b"', "its name may have"),
        (ENTRY + 'sets = "x"', "has no key 'sets'"),
        (ENTRY + ENTRY, "two sources named oai_pmh"),
        ("source = 1", "and nothing else"),
        ("sources = 1", "and nothing else"),
    ],
)
def test_what_is_wrong_is_one_line(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        planned(text)
    assert says in caught.value.message
    assert "sources.toml" in caught.value.message
    assert "\n" not in caught.value.message


@QUIETLY
@given(st.dictionaries(st.sampled_from(["source", "x"]), ANY_JSON) | st.builds(
    lambda entry: {"source": [entry]},
    st.dictionaries(st.sampled_from(["kind", "name", "query", "every", "address"]), ANY_JSON),
))  # fmt: skip
def test_no_file_makes_it_fail(read: dict[str, object]) -> None:
    with contextlib.suppress(SettingsError):
        parse(read, "sources.toml")


def test_a_file_that_is_not_there_plans_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "sources.toml") == ()


@pytest.mark.parametrize("data", [b"[[source", b"\xff\xfe", b"x = " + b"[" * 5000])
def test_a_file_that_is_no_toml_is_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(data)
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("state", "due"),
    [
        ({}, True),
        ({"succeeded": NOW - timedelta(hours=23)}, False),
        ({"succeeded": NOW - timedelta(hours=24)}, True),
        ({"succeeded": NOW, "began": NOW}, True),
        ({"began": NOW, "not_before": NOW + timedelta(hours=1)}, False),
        ({"began": NOW, "not_before": NOW}, True),
        ({"succeeded": NOW, "asks": "another question"}, True),
    ],
)
def test_what_is_due(state: dict[str, object], due: bool) -> None:
    plan = planned(ENTRY)
    stored = Harvest(**{"name": "oai_pmh", "asks": plan[0].asks, **state})  # type: ignore[arg-type]
    [standing] = standings(plan, [stored, Harvest("another", "x")], NOW)
    assert standing.is_due is due


def test_what_never_ran_is_due() -> None:
    [standing] = standings(planned(ENTRY), [], NOW)
    assert standing.is_due
