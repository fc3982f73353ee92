"""Names that are stored in one piece, taken apart where it is plain to see how."""

import re

from bot.records.models import Contribution
from bot.text.markup import plain

# "Chen R", "Dudek AZ", "van der Heijden M": how PubMed writes people.
_FAMILY_INITIALS = re.compile(r"(?P<family>[^\W\d_].*[^\W\d_]) (?P<initials>[A-Z]{1,3})")
_INITIALS = re.compile(r"[A-Z]{1,3}")
_GROUP = re.compile(
    r"\b(?:groups?|consortium|network|team|trial|study|investigators?|committee|collaborat\w+"
    r"|society|association|project|initiative|authors|alliance|institute|university|cent(?:er|re))\b",
    re.IGNORECASE,
)


def split_name(person: Contribution) -> tuple[str | None, str | None, str | None]:
    """Family name, given name, and the whole name of who is not taken apart (a group, mostly).

    Texts are plain. Nothing is guessed: only "Family, Given" and "Family AB" are taken apart, and
    not where a word says that a group is intended.
    """
    if person.family:
        return plain(person.family), plain(person.given or "") or None, None
    name = plain(person.display_name or "")
    if not name or _GROUP.search(name):
        return None, None, name or None
    if name.count(",") == 1:
        family, given = (part.strip() for part in name.split(","))
        if family and given:
            return family, given, None
    if match := _FAMILY_INITIALS.fullmatch(name):
        return match["family"], match["initials"], None
    return None, None, name


def spaced(given: str) -> str:
    """Initials written together as styles expect them: "AZ" is "A. Z."."""
    if not _INITIALS.fullmatch(given):
        return given
    return " ".join(f"{letter}." for letter in given)
