"""Numbers as English writes them in words."""

import re

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {
    **{word: value for value, word in enumerate(ONES)},
    **{word: 10 * value for value, word in enumerate(TENS, start=2)},
}
# Matches a number below two thousand in words, or nothing.
PATTERN = (
    rf"(?:(?:{'|'.join(ONES)}) hundred(?: and)? ?)?"
    rf"(?:(?:{'|'.join(TENS)})(?:-(?:{'|'.join(ONES)}))?|{'|'.join(sorted(ONES, key=len)[::-1])})?"
)


def number(text: str) -> int:
    """A whole number in digits or in words; 0 where it is none."""
    if text[:1].isdigit():
        return int(re.sub(r"\D", "", text))
    total = 0
    for word in re.findall(r"[a-z]+", text.lower()):
        total = total * 100 if word == "hundred" else total + _VALUES.get(word, 0)
    return total
