"""What the value of a setting may be, and how it is written.

Each raises ValueError with what is wrong, in words for the operator.
"""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr

from bot.rights import daily_limits, least_kinds
from bot.schedule import zone_named

# 22 million weights, 384 numbers a text, Apache-2.0; 23 MB with 8-bit products.
SEMANTIC_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
# Slack takes five; each covers what is below it: pubmed.ncbi.nlm.nih.gov, dx.doi.org.
UNFURL_DOMAINS = (
    "doi.org", "ncbi.nlm.nih.gov", "europepmc.org", "clinicaltrials.gov", "ora.ox.ac.uk",
)  # fmt: skip
_MOST_DOMAINS = 5
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
# A host and a port, an IPv6 address in brackets.
ADDRESS = re.compile(r"(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+\]):(?P<port>\d{1,5})")
_PERSON = re.compile(r"[UW][A-Z0-9]+")
_YES, _NO = (
    frozenset(("yes", "true", "on", "1")),
    frozenset(("", "no", "none", "false", "off", "0")),
)


def _address_of(what: str, *schemes: str) -> Callable[[SecretStr | None], SecretStr | None]:
    """Checks that an address begins with one of these; "" is none."""

    def check(value: SecretStr | None) -> SecretStr | None:
        given = value.get_secret_value() if value else ""
        if given and not given.startswith(schemes):
            raise ValueError(f"it is no address of {what} ({schemes[0]}…)")
        return value if given else None

    return check


def _zone(value: str) -> str:
    zone = zone_named(value)
    if zone is None:
        raise ValueError("it is no time zone; write it like Europe/London")
    return zone


def _model(value: object) -> object:
    """A yes is the default model, a no none."""
    word = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else value
    if not isinstance(word, str):
        return word
    word = word.strip()
    return SEMANTIC_MODEL if word.lower() in _YES else "" if word.lower() in _NO else word


def _read_by(read: Callable[[str], object]) -> Callable[[str], str]:
    """It is read where it is used; here only that it can be."""

    def check(value: str) -> str:
        read(value)
        return value

    return check


def _domains(value: str) -> str:
    if value.strip().lower() in {"", "no", "none", "off"}:
        return ""
    domains = [each.strip().lower() for each in value.split(",") if each.strip()]
    if wrong := next((each for each in domains if not _DOMAIN.fullmatch(each)), None):
        raise ValueError(f"“{wrong[:40]}” is no domain; write it like doi.org")
    if len(domains) > _MOST_DOMAINS:
        raise ValueError(f"Slack takes {_MOST_DOMAINS} domains, not {len(domains)}")
    return ",".join(domains)


def _address(value: str) -> str:
    """A no is ""; an address is taken apart in `Settings.health_address`."""
    word = value.strip().lower()
    if word in {"", "no", "none", "off"}:
        return ""
    if word != "public" and not ADDRESS.fullmatch(word):
        raise ValueError("it is no address; write it like 127.0.0.1:3001")
    return word


def _people(value: str) -> str:
    for each in filter(None, map(str.strip, value.split(","))):
        if not _PERSON.fullmatch(each):
            raise ValueError(f"“{each[:40]}” is no Slack id of a person (U0…)")
    return value


DatabaseUrl = Annotated[
    SecretStr | None,
    AfterValidator(_address_of("a PostgreSQL database", "postgresql://", "postgres://")),
]
IndexUrl = Annotated[
    SecretStr | None,
    AfterValidator(_address_of("an OpenSearch", "opensearch+https://", "opensearch+http://")),
]
Zone = Annotated[str, AfterValidator(_zone)]
Model = Annotated[str, BeforeValidator(_model)]
LeastKinds = Annotated[str, AfterValidator(_read_by(least_kinds))]
DailyLimits = Annotated[str, AfterValidator(_read_by(daily_limits))]
Domains = Annotated[str, AfterValidator(_domains)]
Address = Annotated[str, AfterValidator(_address)]
People = Annotated[str, AfterValidator(_people)]
