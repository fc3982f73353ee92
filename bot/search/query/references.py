"""References as people write them, as fields: `Sharma et al., 2017`, `Ribas A Nat Rev 2015;14:731`.

Only forms that say by themselves that somebody is named are read so; a lone capitalised word beside
a year is a name where no record uses it as a word.
"""

import re

from bot.search.query.mending import KnownWords
from bot.text.folding import fold

_PREFIX = r"(?:van |von |de |den |der |di |la |le )*"
_NAME = rf"(?:{_PREFIX}[^\W\d_][\w'’-]{{1,30}})"
_CAPITAL = (
    r"(?:(?:[Vv]an |[Vv]on |[Dd]e |[Dd]en |[Dd]er |[Dd]i |[Ll]a |[Ll]e |O['’])*"
    r"[A-Z][a-z\u00c0-\u024f'’-]{1,30}(?:[A-Z][a-z\u00c0-\u024f-]{1,30})?)"
)
_YEAR = r"(?P<year>(?:19[5-9]|20\d)\d)"
# "papers by Nicholas Borcherding on clonotypes"; a name ends where the sentence goes on.
_BY = re.compile(
    r"^(?:(?:(?:is|are)\s+there|do\s+(?:you|we)\s+have|have\s+(?:you|we)\s+got)\s+)?"
    r"(?:(?:show|list|give|find|get|search)\s+)?(?:(?:me|us|for)\s+)*(?:(?:all|any|the|more)\s+)*"
    r"(?:papers?|articles?|works?|records?|publications?|studies|anything|everything|something)\s+"
    r"(?:by|from|written by)\s+"
    r"(?P<name>(?!(?:this|that|the|these|those|last|past|our|my|a|an|all|any)\b)[^\W\d_][^?:,;\"]{0,60}?)\s*"
    r"(?P<rest>(?:\b(?:on|about|in|since|until|before|after|from|with|published|newest|latest)\b.*)?)[?.]*$",
    re.IGNORECASE | re.DOTALL,
)
# "Long GV, Dummer R, Hamid O, et al. Epacadostat …": the first of them, and what they wrote.
_AUTHORS = re.compile(
    rf"^(?P<name>{_CAPITAL})\s+(?P<initials>[A-Z]{{1,3}})(?:,\s*{_CAPITAL}\s+[A-Z]{{1,3}})*,?"
    r"\s+et\.?\s*al\b[.,:;]*\s*(?P<rest>.{15,}?)"
    r"(?:[\s.,;(]+(?P<year>(?:19[5-9]|20\d)\d)\)?[\d\s;:,()–-]*\.?)?$"
)
# "J.S.L. Wong", "Y. Kidani": initials with their dots are nobody's words.
_INITIALS = re.compile(
    rf"(?<![\w.])(?P<initials>(?:[A-Z]\.[ -]?){{1,4}})\s?(?P<name>{_CAPITAL})(?![\w.])"
)
# "Wong JSL" and nothing else.
_ALONE = re.compile(rf"^(?P<name>{_CAPITAL})\s+(?P<initials>[A-Z]{{1,3}})\.?$")
_ET_AL = re.compile(
    rf"(?P<name>{_NAME})(?:\s+[A-Z]{{1,3}}\b\.?)?,?\s+(?:et\.?\s*al\b\.?|and\s+(?:colleagues|co-?workers))"
    rf"[,;]?(?:\s*\(?{_YEAR}[a-z]?\)?(?!\d))?",
    re.IGNORECASE,
)
_TWO = re.compile(
    rf"^(?P<name>{_CAPITAL})(?:\s*,\s*{_CAPITAL})?,?\s*(?:&|and)\s*(?P<other>{_CAPITAL}),?\s*\(?{_YEAR}[a-z]?\)?(?!\d)"
)
# "Ribas A Nat Rev 2015;14:731": volume and pages say nothing that a search could use.
_CITED = re.compile(
    rf"^(?P<name>{_CAPITAL})\s+(?P<initials>[A-Z]{{1,3}})\.?,?\s+(?P<rest>\D{{2,120}}?)[,.]?\s*\(?{_YEAR}\)?"
    r"\s*(?:[;:,]\s*(?P<volume>\d{1,4})\s*(?:\(\w{1,8}\))?)?\s*(?:[:,]\s*(?:p{1,2}\.?\s*)?[\w–-]{1,15})?[.\s]*$"
)
_NAMED_YEAR = re.compile(rf"^(?P<name>{_CAPITAL}),?\s+\(?{_YEAR}\)?(?![\w-])")

_DATE = re.compile(r"[,.]?\s*\(?(?:19|20)\d\d\)?[\s.]*$")


def as_fields(text: str, known: KnownWords) -> str:
    """The words of a question with the people and the year of a reference as fields.

    Words in quotes and fields that were typed are left as they are.
    """
    if '"' in text or re.search(r"\b(?:author|year):", text):
        return text
    return _with_initials(text, known) or _with_names(text, known)


def _with_initials(text: str, known: KnownWords) -> str | None:
    """A name with its initials as a field; None where none is written so."""
    if authors := _AUTHORS.match(text):
        return _fields(authors, authors["rest"], _as_stored(authors["initials"], known))
    alone = _ALONE.match(text)
    if alone and _only_a_name(alone["name"], known):
        return _fields(alone, "", _as_stored(alone["initials"], known))
    initials = None if _BY.match(text) else _INITIALS.search(text)
    if initials and _only_a_name(initials["name"], known):  # and not of "Sharma P. Cell 2017"
        rest = f"{text[: initials.start()]} {text[initials.end() :]}"
        return _fields(initials, rest, _as_stored(initials["initials"], known))
    return None


def _with_names(text: str, known: KnownWords) -> str:
    """The people and the year of a reference as fields, by its other forms."""
    whole = _BY.match(text) or (
        None if _is_journal(_DATE.sub("", text), known) else _CITED.match(text)
    )
    if whole and not _is_journal(whole["name"], known):
        return _fields(whole, whole["rest"])
    two = _TWO.match(text)
    if two and _only_a_name(two["name"], known) and _only_a_name(two["other"], known):
        return f'author:"{two["other"]}" {_fields(two, text[two.end() :])}'
    if et_al := _ET_AL.search(text):
        rest = f"{text[: et_al.start()]} {text[et_al.end() :]}"
        return _fields(et_al, rest)
    named = _NAMED_YEAR.match(text)
    if named and text[named.end() :].strip() and _only_a_name(named["name"], known):
        return _fields(named, text[named.end() :])
    return text


def _as_stored(initials: str, known: KnownWords) -> str:
    """Initials as records have them; none where those have the first names in full."""
    letters = re.sub(r"[^A-Z]", "", initials)
    return letters if len(letters) > 1 and known.uses(fold(letters)) else ""


def _fields(found: re.Match[str], rest: str, initials: str = "") -> str:
    name = " ".join(f"{found['name']} {initials}".split())
    said = found.groupdict().get("year")
    year = f" year:{said}" if said else ""
    return f'author:"{name}"{year} {rest.strip(" ,;:.()")}'.strip()


def _only_a_name(name: str, known: KnownWords) -> bool:
    """Whether a word stands in the store as a name alone, and no record uses it in its text."""
    words = fold(name).split()
    only = all(known.uses(word) and not known.is_text_word(word) for word in words)
    return only and not _is_journal(name, known)


def _is_journal(name: str, known: KnownWords) -> bool:
    journals = known.journals()
    return journals.is_well_known(name) or bool(journals.named(name))
