"""Words that point at what was shown: "it", "these", "the second one", and the format wanted."""

import re

# A record that is already on the table: "it", "this", "the second one".
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_ORDINAL = re.compile(
    rf"(?<!\w)(?:the )?(?:(?P<word>{'|'.join(_ORDINALS)}|last)(?: one| paper| record| result)?"
    r"|(?:#|no\.? ?|number |result )(?P<digit>\d{1,2})|(?P<nth>\d{1,2})(?:st|nd|rd|th)(?: one)?)\b",
    re.IGNORECASE,
)
# "show 2": nothing but a number, too short for an identifier.
_NUMBER = re.compile(r"#?([1-9]\d?)", re.ASCII)
_DEMONSTRATIVE = re.compile(
    r"\b(?:it|this|that|these|those|them|this one|that one|this paper|that paper|these papers"
    r"|this record|the paper|the record|the list|the results|all of them|all)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:these|those|them|all|list|results|papers)\b", re.IGNORECASE)
_FORMAT = re.compile(
    r"\b(?:in|as|to|into)? ?(bib(?:la)?tex|ris|csl(?:[- ]json)?|nbib|csv|apa|vancouver|ama)\b",
    re.IGNORECASE,
)


def ordinal(text: str) -> int | None:
    """Which of the records shown is meant, from 1 (-1: the last), or None."""
    if whole := _NUMBER.fullmatch(text.strip()):
        return int(whole[1])
    match = _ORDINAL.search(text)
    if match is None:
        return None
    if match["word"]:
        word = match["word"].lower()
        return -1 if word == "last" else _ORDINALS.index(word) + 1
    return int(match["digit"] or match["nth"])


def points_at_shown(text: str) -> bool:
    """Whether nothing but "it", "these", "the results" is named: the records shown are meant."""
    if _NUMBER.fullmatch(text.strip()):
        return True
    rest = _FORMAT.sub(" ", _DEMONSTRATIVE.sub(" ", _ORDINAL.sub(" ", text)))
    return not re.search(
        r"\w",
        re.sub(
            r"\b(?:please|for|of|the|one|me|has|been|in|as|to)\b", " ", rest, flags=re.IGNORECASE
        ),
    )


def points_at_several(text: str) -> bool:
    """Whether it is "these" that is meant, not "it"."""
    return bool(_SEVERAL.search(text))


def named_format(text: str) -> str | None:
    """The citation or file format named, lower case, or None."""
    match = _FORMAT.search(text)
    return match[1].lower().replace(" ", "-") if match else None
