"""Single values that several formats write in the same ways: names, languages, dates."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from bot.lazy import lazy
from bot.records.dates import PartialDate
from bot.records.models import Contribution, Record
from bot.text.folding import fold, is_unspaced, name_keys

if TYPE_CHECKING:
    from bot.text import pinyin
else:  # most stores have no such name
    pinyin = lazy("bot.text.pinyin")

_SUFFIXES = frozenset(("jr", "sr", "2nd", "3rd", "ii", "iii", "iv"))
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PUBMED_DATE = re.compile(r"(\d{4}) ([A-Za-z]{3})(?: (\d{1,2}))?", re.ASCII)

# ISO 639: the code of two letters, those of three (PubMed's is the first) and the English name of
# each language. What is not here is kept as it is written.
_LANGUAGES = {
    known: code
    for line in """
        af afr afrikaans|ar ara arabic|bg bul bulgarian|bs bos bosnian|ca cat catalan
        cs cze ces czech|cy wel cym welsh|da dan danish|de ger deu german|el gre ell greek
        en eng english|es spa spanish|et est estonian|fa per fas persian|fi fin finnish
        fr fre fra french|ga gle irish|he heb hebrew|hi hin hindi|hr hrv croatian|hu hun hungarian
        is ice isl icelandic|it ita italian|ja jpn japanese|ka geo kat georgian|ko kor korean
        la lat latin|lt lit lithuanian|lv lav latvian|mk mac mkd macedonian|ms may msa malay
        nl dut nld dutch|no nor norwegian|pl pol polish|pt por portuguese|ro rum ron romanian
        ru rus russian|sk slo slk slovak|sl slv slovenian|sq alb sqi albanian|sr srp serbian
        sv swe swedish|th tha thai|tr tur turkish|uk ukr ukrainian|vi vie vietnamese
        id ind indonesian|zh chi zho chinese
    """.replace("\n", "|").split("|")
    for code, *names in [line.split() or [""]]
    for known in (code, *names)
}


@lru_cache(maxsize=1024)
def language_code(text: str) -> str | None:
    """The two-letter code of a language given by name, code or tag (`en-GB`); None: not known."""
    # "Dutch; Flemish": the second is another name of the first.
    first = re.split(r"[;_-]", text.lower(), maxsplit=1)[0].strip()
    return _LANGUAGES.get(first) or None


def language_of(given: str | None) -> str | None:
    """A language as its two-letter code, or as it is given where that is not known."""
    return given and (language_code(given) or given)


def contributor(text: str) -> Contribution:
    """An author from "Family, Given", "Family Initials" or the name of a group.

    "Mäenpää J" and "Anderson LD Jr" are split before their initials: the last word of up to four
    capitals. A name that does not show where to split is kept whole in `name`.
    """
    return Contribution(**name_parts(" ".join(text.split())))


def name_parts(line: str) -> dict[str, str | None]:
    """The fields of `contributor`, of a name whose white space is evened out."""
    family, comma, given = line.partition(",")
    if comma and (family := family.strip()) and (given := given.strip()):
        return {"family": family, "given": given}
    if line.lower() in _OTHERS:
        return {"name": OTHERS.name}
    words = line.strip(" ,").split(" ")
    behind = 1 if len(words) > 2 and words[-1].lower().strip(".") in _SUFFIXES else 0
    at = len(words) - 1 - behind
    if behind and not _are_initials(words[at]):  # "Smith John Jr" shows no initials
        at = 0
    if at > 0 and _are_initials(words[at]):
        return {"family": " ".join(words[:at]), "given": " ".join(words[at:])}
    return {"name": " ".join(words) or None}


# The warning of a record whose list of authors ends in "and others".
NOT_ALL_NAMED = "authors_not_all_named"
OTHERS = Contribution(name="et al.")
_OTHERS = frozenset(("et al", "et al.", "others", "and others"))


P = TypeVar("P", Contribution, "Contribution | Mapping[str, Any]")


def without_others(people: Iterable[P]) -> tuple[tuple[P, ...], tuple[str, ...]]:
    """The people who are named, and the warning that there are others where a list says so."""
    named = tuple(people)
    # What is not a record yet has its fields in a mapping, which is quick to tell.
    fields = [person if isinstance(person, dict) else dict(person) for person in named]
    names = [(each.get("name") or each.get("family") or "").lower() for each in fields]
    if _OTHERS.isdisjoint(names):
        return named, ()
    pairs = zip(named, names, strict=True)
    return tuple(person for person, name in pairs if name not in _OTHERS), (NOT_ALL_NAMED,)


def found_by(person: Contribution) -> tuple[str, ...]:
    """What a person is found by, folded: the name in each order and spelling, and the ORCID iD.

    A name in Chinese characters also as it is read in Mandarin, in Latin letters.
    """
    keys = name_keys(person.display_name) if person.display_name else ()
    keys = (*keys, fold(person.orcid)) if person.orcid else keys
    family_first = f"{person.family}{person.given or ''}" if person.family else person.display_name
    if not family_first or not is_unspaced(family_first):
        return keys
    if person.family:
        # Family first, whichever order a source gives; and the family name alone.
        keys = (*keys, *name_keys(family_first), fold(person.family))
    return tuple(dict.fromkeys((*keys, *pinyin.readings("".join(family_first.split())))))


def with_others(record: Record) -> tuple[Contribution, ...]:
    """The people of a record as a file lists them: "et al." behind, where there are others."""
    others = (OTHERS,) if NOT_ALL_NAMED in record.warnings else ()
    return (*record.contributors, *others)


def people(text: str) -> tuple[str, ...]:
    """The names in one text: "Li B, Müller AB; A Group" is three, "Müller, Anna" is one.

    Semicolons always separate; commas only where every piece ends in initials.
    """
    names: list[str] = []
    for group in text.split(";"):
        pieces = [piece.strip() for piece in group.split(",")]
        listed = len(pieces) > 1 and all(_ends_in_initials(piece) for piece in pieces if piece)
        names += pieces if listed else [group.strip()]
    return tuple(name for name in names if name)


def _ends_in_initials(name: str) -> bool:
    words = name.split(" ")
    if len(words) > 2 and words[-1].lower().strip(".") in _SUFFIXES:
        words = words[:-1]
    return len(words) > 1 and _are_initials(words[-1])


def _are_initials(word: str) -> bool:
    letters = word.replace("-", "").replace(".", "")
    return letters.isalpha() and letters.isupper() and len(letters) <= 4


def initials(given: str) -> str:
    """Given names as initials: "Siwen" is "S", "Jean-Luc M." is "JLM", "MJ" stays."""
    words = re.findall(r"[^\W\d_]+", given)
    return "".join(word if _are_initials(word) else word[0].upper() for word in words)


def partial_date(text: str) -> PartialDate:
    """A date written as ISO 8601 or as PubMed does: "2019 Sep 9", "2020 Jul-Aug", "2020 Oct".

    Of a range of months, and of what cannot be read behind a year, only the year is taken.
    Raises ValueError when there is no year, or no such day.
    """
    try:
        return PartialDate.parse(text)
    except ValueError:
        text = " ".join(text.split())
        match = _PUBMED_DATE.fullmatch(text)
        if match is not None and match[2].lower() in MONTHS:
            day = int(match[3]) if match[3] else None
            return PartialDate(int(match[1]), MONTHS.index(match[2].lower()) + 1, day)
        if re.match(r"\d{4} [A-Za-z]", text, re.ASCII):
            return PartialDate(int(text[:4]))
        raise
