"""The names of BibTeX: "Family, Given and {A Group} and others"."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.formats.draft import one_line
from bot.formats.latex import group_end, to_latex, to_text
from bot.formats.split_names import spaced, split_name
from bot.lazy import lazy
from bot.records.models import Contribution
from bot.records.names import NOT_ALL_NAMED

if TYPE_CHECKING:
    from bibtexparser.middlewares import names as parsing
else:
    parsing = lazy("bibtexparser.middlewares.names")

# Between names; what is in braces is one name, and "And" may begin another: And{\`o}.
_AND = re.compile(r"(?P<group>\{[^{}]*\})|(?<=\s)and(?=\s)", re.IGNORECASE)
# "Family, Given" without anything that LaTeX or BibTeX reads in a way of its own.
_PLAIN = r"[^\W\d_](?:[^,{}\\$~`\s'-]|[ '-](?=[^\W\d_]))*"
_FAMILY_GIVEN = re.compile(rf"(?P<family>{_PLAIN}), (?P<given>{_PLAIN})")
# DBLP tells people of one name apart by a number.
_NUMBERED = re.compile(r"\s+\d{4}$")


def read_names(field: str, warnings: list[str], role: str | None = None) -> Iterator[Contribution]:
    """The people of an author or editor field. "and others" is no person; a warning says so."""
    roles = (role,) if role else ()
    for name in _split(field):
        if name.strip().lower() == "others":
            warnings.append(NOT_ALL_NAMED)
        elif name.strip(" ,"):
            yield _person(name.strip()).model_copy(update={"roles": roles})


def _split(field: str) -> list[str]:
    field = " ".join(field.split())
    # Some tools separate people by semicolons, which BibTeX does not know.
    if ";" in field and "{" not in field and not _AND.search(field):
        return field.split(";")
    return list(
        parsing.split_multiple_persons_names(_AND.sub(lambda m: m["group"] or "and", field))
    )


def _person(name: str) -> Contribution:
    if plain := _FAMILY_GIVEN.fullmatch(name):  # as most are: nothing to take apart
        return Contribution(family=plain["family"], given=plain["given"])
    if group_end(name, 0) == len(name):
        return Contribution(name=_text(name[1:-1]) or None)
    parts = parsing.parse_single_name_into_parts(name, strict=False)
    family = _text(" ".join((*parts.von, *parts.last)))
    given = _text(" ".join((*parts.first, *parts.jr)))
    if not family:
        return Contribution(name=given or None)
    if not given and "," not in name:
        return Contribution(name=family)
    return Contribution(family=_NUMBERED.sub("", family), given=given or None)


def _text(latex: str) -> str:
    return one_line(to_text(latex))


def written_name(person: Contribution) -> str | None:
    """One person as BibTeX reads them; braces where a name would be taken apart. None: no name."""
    family, given, whole = split_name(person)
    if family is None:
        return f"{{{to_latex(whole)}}}" if whole else None
    wanted = Contribution(family=family, given=spaced(given) if given else None)
    family, given = to_latex(family), to_latex(wanted.given or "")
    plain = f"{family}, {given}".rstrip(" ")
    if _split(plain) == [plain] and _person(plain) == wanted:
        return plain
    return f"{{{family}}}, {{{given}}}" if given else f"{{{family}}},"
