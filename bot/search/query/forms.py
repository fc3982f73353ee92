"""How commands are asked for: forms handed in from above, and which of them a question fits.

What fits is only a proposal: whether a command is meant is decided where its object is looked up,
and beneath everything lies a search.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

# Only this much of a question is matched against patterns; commands are short.
_READ = 600
_POLITE_START = re.compile(
    r"(?:(?:please|pls|plz|(?:can|could|would) (?:you|u)|can i|could i|may i|hey|hi|hello|ok|okay"
    r"|(?:i|we)(?:['’]d| would)? (?:like|love|want|need)(?: you)? to|so|and|now|then)"
    r"\b[\s,!.]+)+(?=\w)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]{3,}")
_POLITE_END = re.compile(r"[\s,]+(?:please|pls|thanks|thank you)[\s.!]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """One way something is asked for.

    `pattern` is matched against the whole question; what its groups `subject`, `subject2` … cut out
    is what the command is about. `takes_subject` says that this is read as a search is. `typed`
    says that the command's own word begins it, and not a turn of everyday speech.
    """

    action: str
    pattern: str
    takes_subject: bool = False
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """A form that a question fits, and what the question wants it of (`subject`)."""

    form: Form
    subject: str


def typed_form(action: str, names: Iterable[str], *, takes_subject: bool) -> Form:
    """The form of a command that is typed by its name or another of its names."""
    longest_first = sorted(names, key=len, reverse=True)
    words = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
    subject = rf"(?![\w:/-])(?P<subject>.{{0,{_READ}}})" if takes_subject else ""
    return Form(action, rf"(?:{words}){subject}", takes_subject, typed=True)


class Forms:
    """Every form there is, in the order in which they are tried.

    `words` are those that the patterns are made of: what commands are asked for with.
    """

    def __init__(self, forms: Iterable[Form] = ()) -> None:
        self._forms = [(form, _compiled(form.pattern)) for form in forms]
        self.words = frozenset(w for f, _ in self._forms for w in _WORD.findall(f.pattern.lower()))

    def fitting(self, text: str) -> list[Fit]:
        """The forms that a cleaned question fits, with and without its courtesies."""
        whole = _POLITE_END.sub("", text.strip()[:_READ])
        ahead = _POLITE_START.match(whole)
        found: dict[int, Fit] = {}
        for said in (whole, whole[ahead.end() :]) if ahead else (whole,):
            bare = said.rstrip(" .!")
            for place, (form, pattern) in enumerate(self._forms):
                match = pattern.fullmatch(bare)
                if match is not None and place not in found:
                    found[place] = Fit(form, _subject(match))
        return [found[place] for place in sorted(found)]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled once for all who read questions; `re` itself keeps fewer than there are."""
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _subject(match: re.Match[str]) -> str:
    cut = (text for name, text in match.groupdict().items() if name.startswith("subject"))
    return next((text for text in cut if text), "").strip(" :?.!,-")
