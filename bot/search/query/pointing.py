"""Words that point at what was shown: "it", "these", "the second one", and the format wanted."""

import re

# A record that is already on the table: "it", "this", "the second one".
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_ORDINAL = re.compile(
    rf"(?<!\w)(?:the )?(?:(?P<word>{'|'.join(_ORDINALS)}|last)(?: one| paper| record| result)?"
    r"|(?:#|no\.? ?|number |result )(?P<digit>\d{1,2})|(?P<nth>\d{1,2})(?:st|nd|rd|th)(?: one)?)\b"
    r"(?![- ](?:line|generation|author|trimester|year)\b)",  # first-line therapy is no place
    re.IGNORECASE,
)
# "show 2", "cite 1 and 3", "export 1-3": nothing but numbers, too short for identifiers.
_NUMBER = r"#?[1-9]\d?(?:\s*(?:-|–|to)\s*#?[1-9]\d?)?"
_NUMBERS = re.compile(rf"{_NUMBER}(?:(?:\s*[,;&+]\s*|\s+and\s+|\s+){_NUMBER})*", re.ASCII)
_RANGE = re.compile(r"(\d+)(?:\s*(?:-|–|to)\s*#?(\d+))?", re.ASCII)
# "the first two", "the last 3".
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SEVERAL_OF = re.compile(
    rf"(?<!\w)(?:the )?(?P<end>first|top|last) (?P<count>{'|'.join(_COUNTS)}|[2-9]|1\d|20)"
    r"(?: ones| papers| records| results)?\b",
    re.IGNORECASE,
)
# "Those two papers", "these 3": so many from the first of the list on.
_SO_MANY = re.compile(
    rf"(?:these|those) (?P<count>{'|'.join(_COUNTS)}|[2-9])(?: ones| papers| records| results)?\b",
    re.IGNORECASE,
)
_DEMONSTRATIVE = re.compile(
    r"\b(?:both|it|this|that|these|those|them|this one|that one|this paper|that paper|these papers"
    r"|this record|the paper|the record|the list|the results|all of them|all)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:both|these|those|them|all|list|results|papers)\b", re.IGNORECASE)
_BOTH = re.compile(r"\bboth\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"\b(?:all|everything|whole|entire|full|(?:the|this|that) (?:list|results))\b", re.IGNORECASE
)
FORMAT = re.compile(
    r"\b(?:in|as|to|into)? ?(bib(?:la)?tex|ris|csl(?:[- ]json)?|nbib|csv|apa|vancouver|ama)\b",
    re.IGNORECASE,
)


def ordinals(text: str) -> tuple[int, ...]:
    """Which of the records shown are meant, from 1 (-1: the last): `1, 3`, `the first two`."""
    if _NUMBERS.fullmatch(text.strip()):
        spans = ((int(m[1]), int(m[2] or m[1])) for m in _RANGE.finditer(text))
        return tuple(place for first, last in spans for place in range(first, last + 1))
    if several := _SEVERAL_OF.search(text):
        count = _count(several["count"])
        last = several["end"].lower() == "last"
        return tuple(range(-count, 0)) if last else tuple(range(1, count + 1))
    if so_many := _SO_MANY.search(text):
        return tuple(range(1, _count(so_many["count"]) + 1))
    return tuple(map(_place, _ORDINAL.finditer(text)))


def _count(said: str) -> int:
    return int(said) if said.isdigit() else _COUNTS.index(said.lower()) + 2


def _place(match: re.Match[str]) -> int:
    if match["word"]:
        word = match["word"].lower()
        return -1 if word == "last" else _ORDINALS.index(word) + 1
    return int(match["digit"] or match["nth"])


def points_at_shown(text: str) -> bool:
    """Whether nothing but "it", "these", "the results" is named: the records shown are meant."""
    text = re.sub(r"^(?:for|of)\s+", "", FORMAT.sub(" ", text).strip())
    if _NUMBERS.fullmatch(text):
        return True
    rest = _ORDINAL.sub(" ", _SO_MANY.sub(" ", _SEVERAL_OF.sub(" ", text)))
    rest = FORMAT.sub(" ", _DEMONSTRATIVE.sub(" ", rest))
    return not re.search(
        r"\w",
        re.sub(
            r"\b(?:please|for|of|the|one|me|has|been|in|as|to)\b", " ", rest, flags=re.IGNORECASE
        ),
    )


def points_at_two(text: str) -> bool:
    """Whether "both" is meant: of a list of two, and of no other."""
    return bool(_BOTH.search(text))


def points_at_several(text: str) -> bool:
    """Whether it is "these" that is meant, not "it"."""
    return bool(_SEVERAL.search(text))


def points_at_whole(text: str) -> bool:
    """Whether everything that the question finds is meant, and not "these", which are shown."""
    return bool(_WHOLE.search(text))


def named_format(text: str) -> str | None:
    """The citation or file format named, lower case, or None."""
    match = FORMAT.search(text)
    return match[1].lower().replace(" ", "-") if match else None
