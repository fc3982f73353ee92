"""arXiv's own format over OAI-PMH (`arXivRaw`): every version of a preprint with its dates."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from bot.records.dates import PartialDate
from bot.records.models import Access, AccessStatus, Contribution, Scheme
from bot.records.names import contributor
from bot.records.sections import split_sections
from bot.sources.reading.record import is_creative, licence
from bot.sources.reading.values import identifier
from bot.sources.reading.xml import child_text


def arxiv_values(element: Element, at: datetime) -> tuple[dict[str, object], list[str]]:  # noqa: ARG001
    """The values of a record, and what was odd about them."""
    abstract = child_text(element, "{*}abstract")
    terms = licence(child_text(element, "{*}license"))
    found = (
        identifier(Scheme.DOI, child_text(element, "{*}doi")),
        identifier(Scheme.ARXIV, child_text(element, "{*}id")),
    )
    published_as = child_text(element, "{*}journal-ref")
    values: dict[str, object] = {
        "title": child_text(element, "{*}title"),
        "type": "Preprint",
        "abstract": abstract,
        "sections": split_sections(abstract or ""),
        "contributors": people(child_text(element, "{*}authors") or ""),
        "published": _first_version(element),
        "identifiers": tuple(each for each in found if each is not None),
        "access": Access(status=AccessStatus.OPEN, licence=terms if is_creative(terms) else None),
    }
    return values, [f"published_as:{published_as[:120]}"] if published_as else []


def people(authors: str) -> tuple[Contribution, ...]:
    r"""The authors of a line: "A. Bell, B. C. Dee (Leeds), E. Foe and F. Gee".

    Names are written in LaTeX ("Rold\'an"); what is in brackets is where people work.
    """
    line = re.sub(r"\([^()]*\)", "", authors)
    names = re.split(r",\s*(?:and\s)?|\s+and\s+", _unlatexed(line))
    return tuple(contributor(name.strip()) for name in names if name.strip())


def _unlatexed(text: str) -> str:
    """Accents as letters. A per cent sign is a letter here, not the start of a comment."""
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415 - slow to load

    value: str = LatexNodes2Text().latex_to_text(text.replace("%", r"\%"))
    return value


def _first_version(element: Element) -> PartialDate | None:
    """The day of the first version, which is when it was first public."""
    given = child_text(element, "{*}version/{*}date")
    try:
        day = parsedate_to_datetime(given) if given else None
    except ValueError:
        return None
    return PartialDate(day.year, day.month, day.day) if day else None
