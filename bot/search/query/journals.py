"""Journals that a question names, as fields: `papers in JITC about NK cells`, `Nat Cancer 2023`.

The names of journals are made of the words of the field (Cell, Blood, Molecular Cancer), so one is
read as a journal only where it stands like a name: behind the words that say where something was
published, in capitals among small letters, or as initials. A term of the vocabulary stays one
unless such words stand before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.search.query.mending import KnownWords
from bot.text.folding import fold
from bot.text.stop_words import STOP

# Words in the longest name, and in the longest question that is searched for names.
_LONGEST, _LONGEST_QUESTION = 9, 30
_FIELD = re.compile(r'-?\b[A-Za-z_-]{2,20}:(?:"[^"]*"?|\S+)|"[^"]*"?')
_WORD = re.compile(r"[^\s,;:?!()\"“”]+")
_ENDS = re.compile(r"[;:?!()]")
# What leads to a name, from the surest: see `_Lead`.
_KINDS = (
    r"papers?|articles?|reviews?|trials|works?|ones|records?|stud(?:y|ies)|publications?|anything"
    r"|everything|something|news|new|only|just|latest"
)
_IN, _FROM, _PUBLISHED = 1, 2, 3
_LEADS = {
    how: re.compile(rf"(?:{pattern})\s+(?:the\s+)?(?:journal\s+)?$", re.IGNORECASE)
    for how, pattern in (
        (_PUBLISHED, r"\b(?:published|appear(?:ed|ing)|printed)\s+(?:in|by)"),
        (_FROM, rf"\b(?:{_KINDS})\s+(?:in|from)|^from"),
        (_IN, r"\b(?:in|from|by)"),
    )
}
# The last words of any of them.
_LEADING = frozenset(("by", "from", "in", "journal", "the"))
# What goes with the name: "published in the journal …".
_AHEAD = re.compile(
    r"(?:\b(?:published|appear(?:ed|ing)|printed)\s+)?\b(?:in|from|by)\s+(?:the\s+)?(?:journal\s+)?$",
    re.IGNORECASE,
)
# With these begin names that are no words of a subject, however they are typed.
_SERIES = frozenset((
    "am", "ann", "annals", "annu", "bmc", "bmj", "br", "curr", "embo", "esmo", "eur", "faseb",
    "front", "frontiers", "int", "j", "jama", "jci", "jco", "journal", "lancet", "nat", "nature",
    "npj", "plos", "proc", "proceedings", "sci", "semin", "trends",
))  # fmt: skip
_LINKS = frozenset(("and", "of", "for", "in", "the", "on", "to", "&", "de", "et"))
_INITIALS = re.compile(r"[A-Z]{3,7}|[a-z]{3,7}")
_TITLE_CASE = re.compile(r"[A-Z][a-z]{3,}")
_PLACED = re.compile(
    r"(?P<name>[A-Z][\w ]{2,60}?) \((?:Basel|Lond(?:on)?|Lausanne|New York|N Y|Oxford|Edinb|Berlin"
    r"|Paris|Seoul|Amst(?:erdam)?|Baltimore|Camb|Auckl|Larchmt|Dallas|1985)[^()]{0,30}\)"
)
_YEAR = re.compile(r"\(?(?:19|20)\d\d\)?")
_DATED = re.compile(rf",?\s+{_YEAR.pattern}(?!\w)")


@dataclass(frozen=True, slots=True)
class _Name:
    """Words that may be a journal's name, where they stand, and what stands around them.

    `lead` is how surely the words before say so (0: not at all), `is_from` whether they say "from".
    `alone` says that there is nothing else but fields, `is_whole` that there is nothing,
    `is_dated` that a year stands behind it,
    `in_title_case` that the other words have capitals, too.
    """

    text: str
    start: int
    end: int
    lead: int
    is_from: bool
    alone: bool
    is_whole: bool
    is_dated: bool
    in_title_case: bool

    @property
    def words(self) -> list[str]:
        return self.text.split()

    @property
    def is_capital(self) -> bool:
        """Whether all its words begin with a capital, but for the little ones."""
        return self.text[0].isupper() and all(
            word[0].isupper() or word in _LINKS for word in self.words
        )

    @property
    def is_initials(self) -> bool:
        return _INITIALS.fullmatch(self.text) is not None


def as_journals(text: str, known: KnownWords) -> str:
    """A question with the first journal that it names as a field; quotes and fields stay."""
    if re.search(r"\bjournal:", text) or len(text.split()) > _LONGEST_QUESTION:
        return text
    # "Cancers (Basel)": what only titles of journals have behind them.
    if (placed := _PLACED.search(text)) and known.journals().named(placed["name"]):
        before, behind = text[: placed.start()], text[placed.end() :]
        return f'{_AHEAD.sub("", before).strip()} journal:"{placed["name"]}"{behind}'.strip()
    for name in _names(text):
        if _may_be_meant(name) and _is_meant(name, known):
            before = _AHEAD.sub("", text[: name.start])
            behind = re.sub(r"^\s+journal\b", "", text[name.end :], flags=re.IGNORECASE)
            return f'{before.strip()} journal:"{name.text}" {behind.strip()}'.strip()
    return text


def _names(text: str) -> Iterator[_Name]:
    """Every run of words that are typed plainly, from the left, the longest first."""
    masked = _FIELD.sub(lambda field: '"' * len(field[0]), text)
    words = list(_WORD.finditer(masked))
    telling = [at for at, m in enumerate(words)
               if not _YEAR.fullmatch(m[0]) and m[0].lower() not in _LINKS]  # fmt: skip
    for first, word in enumerate(words):
        before = masked[: word.start()]
        leads = first and words[first - 1][0].lower() in _LEADING
        lead = next((h for h, each in _LEADS.items() if each.search(before)), 0) if leads else 0
        begins = lead >= _FROM or word[0][0].isupper() or word[0].lower().rstrip(".'") in _SERIES
        for count, last in reversed(list(enumerate(words[first : first + _LONGEST]))):
            others = [words[at][0] for at in telling if not first <= at <= first + count]
            if not begins and others and count:
                continue  # most runs of small words, which begin no name
            start, end = word.start(), last.end()
            titled = [bool(_TITLE_CASE.fullmatch(w)) for w in others if len(w) > 3 and w.isalpha()]
            said = text[start:end].rstrip(".'")
            if not said or _ENDS.search(said):
                continue
            yield _Name(
                text=said,
                start=start,
                end=end,
                lead=lead,
                is_from=bool(re.search(r"from\s+(?:the\s+)?$", before, re.IGNORECASE)),
                alone=not others,
                is_whole=text[start:end] == text,
                is_dated=bool(_DATED.match(text, end)),
                in_title_case=bool(titled) and all(titled),
            )


def _may_be_meant(name: _Name) -> bool:
    """Whether words stand like a name; asked first, since it looks nothing up."""
    several = len(name.words) > 1
    capital = name.is_capital and not name.in_title_case
    ends = {name.words[0].lower(), name.words[-1].lower()}
    if '"' in name.text or ends & (STOP | _LINKS):
        return False
    if name.alone or name.lead >= _FROM or (several and name.words[0].lower() in _SERIES):
        return True
    return name.is_initials or (capital and (several or name.lead == _IN or name.is_dated))


def _is_meant(name: _Name, known: KnownWords) -> bool:
    """Whether words that stand like a name are one of a journal, and of nothing else."""
    journals = known.journals()
    well_known = journals.is_well_known(name.text)
    if not (well_known or journals.named(name.text)):
        return False
    surely = name.is_capital and well_known
    stands_alone = name.alone and name.is_dated and len(name.words) > 1
    if name.lead == _PUBLISHED or ((name.lead or stands_alone) and surely):
        return True
    if known.is_term(name.text):
        return False
    initials = journals.are_initials(name.text)
    if len(name.words) > 1 or (initials and name.text.isupper()):
        return True
    if name.lead >= _FROM:
        return well_known and name.is_from
    # A lone word is a journal's where nothing else can be meant by it.
    unused = initials and not known.is_text_word(fold(name.text))
    dated = name.is_dated and name.is_capital and bool(journals.named(name.text))
    return unused or dated or (name.alone and surely and not name.is_whole)
