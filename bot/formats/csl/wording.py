"""What a style does to a text: its case, the range of its pages, whether it is a number."""

import re

# What is small in an English title, by the specification of CSL.
_SMALL = frozenset((
    "a", "an", "and", "as", "at", "but", "by", "down", "for", "from", "in", "into", "nor", "of",
    "on", "onto", "or", "over", "so", "the", "till", "to", "up", "via", "with", "yet",
))  # fmt: skip
_WORD = re.compile(r"[^\s\-–—/]+")
_RANGE = re.compile(r"([A-Za-z]*)(\d+)\s*[-–—]+\s*([A-Za-z]*)(\d+)")
_NUMBER = re.compile(r"[A-Za-z]*\d+[A-Za-z]*(?:\s*[-–,&]\s*[A-Za-z]*\d+[A-Za-z]*)*")
_SEVERAL = re.compile(r"\d\s*[-–—,&]\s*[A-Za-z]*\d")


def cased(text: str, case: str | None, *, english: bool) -> str:
    """The text in a CSL text-case. Titles are capitalised in English alone."""
    match case:
        case "lowercase":
            text = text.lower()
        case "uppercase":
            text = text.upper()
        case "capitalize-first":
            text = text[:1].upper() + text[1:]
        case "capitalize-all":
            text = re.sub(r"\S+", lambda word: _capital(word[0]), text)
        case "sentence":
            text = text[:1].upper() + (text[1:].lower() if text.isupper() else text[1:])
        case "title" if english:
            text = _title(text)
    return text


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:] if word.islower() else word


def _title(text: str) -> str:
    words = list(_WORD.finditer(text))
    out: list[str] = []
    done = 0
    for at, word in enumerate(words):
        between = text[done : word.start()]
        leads = not out or (out[-1] + between).rstrip()[-1:] in tuple(":?!.")
        small = word[0].lower().strip(".,;:!?") in _SMALL
        small |= len(word[0]) == 1  # a sign: p < 0.05
        last = at == len(words) - 1
        out += [between, word[0] if small and not leads and not last else _capital(word[0])]
        done = word.end()
    return "".join(out) + text[done:]


def page_range(text: str, style: str | None, dash: str) -> str:
    """Pages with the dash of the locale, their last number as short as the style wants it."""

    def one(match: re.Match[str]) -> str:
        letters, first, others, last = match.groups()
        if style is None or (others or letters) != letters:
            return f"{letters}{first}{dash}{others}{last}"
        last = first[: max(len(first) - len(last), 0)] + last
        start = _unchanged(first, last, style) if len(first) == len(last) else 0
        return f"{letters}{first}{dash}{last[start:] if start else letters + last}"

    return _RANGE.sub(one, text)


def _unchanged(first: str, last: str, style: str) -> int:
    """How many digits of the last page are left out, because the first one has them already."""
    same = next((at for at, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), 0)
    but_two = min(same, max(len(last) - 2, 0))
    if style == "minimal":
        return same
    if style == "minimal-two":
        return but_two
    if not style.startswith("chicago") or len(first) < 3 or int(first) % 100 == 0:
        return 0
    if int(first) % 100 < 10:
        return same
    # Four digits of which three change are written out, but for the newest edition.
    return 0 if style != "chicago-16" and len(first) == 4 and same < 2 else but_two


def is_numeric(text: str) -> bool:
    """Whether a value is a number, or several, or one with a letter to it: 12, 12–14, e12."""
    return _NUMBER.fullmatch(text.strip()) is not None


def is_several(text: str) -> bool:
    """Whether a value is more than one number."""
    return _SEVERAL.search(text) is not None


def smart(text: str) -> str:
    """Straight quotation marks and apostrophes as printers set them."""
    text = re.sub(r"(^|[\s(\[{—–/‘“])\"", r"\1“", text).replace('"', "”")
    return re.sub(r"(^|[\s(\[{—–/“])'(?=\S)", r"\1‘", text).replace("'", "’")
