"""The reader of questions: which command is meant, if any; beneath every command lies a search.

A question is read as a search first, which mends its spelling. A command is taken where the words
as typed and as mended fit one of its forms (a slip of the pen makes no command), and where what it
is about resolves: a stored record, a list that exists, a term of the vocabulary. Everything else is
searched, and what else it may have meant is offered.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from rapidfuzz.distance import OSA

from bot.search.query import pointing
from bot.search.query.forms import Fit, Forms
from bot.search.query.model import Query
from bot.text.folding import fold

# A first word this long that is nearly a command's name may have been meant for it.
_SHORTEST_NAME = 5

Offer = tuple[str, str]


class Reader:
    """Reads questions for commands whose forms and names are handed in."""

    def __init__(
        self,
        interpret: Callable[[str], Query],
        uses: Callable[[str], int],
        forms: Forms,
        names: Iterable[str],
    ) -> None:
        """`interpret` reads a search; `uses` counts the records that use a folded word.

        `names` are those of the commands that are about something.
        """
        self._interpret, self._uses, self._forms = interpret, uses, forms
        self._names = [name for name in names if len(name) >= _SHORTEST_NAME]

    def read(
        self,
        text: str,
        resolves: Callable[[Query], bool],
        offered: Callable[[Query], Offer | None] = lambda _query: None,
        remarked: Callable[[Query], str | None] = lambda _query: None,
        followed: Callable[[str], Query | None] = lambda _text: None,
    ) -> Query:
        """What a text asks: the first command it fits that `resolves`, else a search.

        Of what does not resolve, `offered` is (label, question) of another reading, and `remarked`
        what is to be said above the records that its words find. A text that only changes the
        question before it is that question, changed: what `followed` makes of it.
        """
        searched = self._interpret(text)
        offers: dict[Offer, None] = {}
        remarks: list[str] = []
        bare = ""
        for query in self._commands(searched):
            if resolves(query):
                return query
            remarks += filter(None, (remarked(query),))
            bare = bare or (query.subject if query.typed else "")
            offer = offered(query)
            if offer is not None and any(map(resolves, self._commands(self._interpret(offer[1])))):
                offers[offer] = None
        if (refined := followed(searched.text)) is not None:
            alone = (f"Only “{searched.text[:40]}”", self._searching(searched.text))
            return replace(refined, offers=(*refined.offers, alone))
        notes = (*remarks[:1], *searched.notes, *self._mistyped(searched))
        return replace(searched, notes=notes, offers=tuple(offers), bare=bare)

    def subject(self, text: str, action: str) -> str:
        """What a command of this action is about in a text; "" where the text is none of it."""
        fits = (fit for fit in self._forms.fitting(text) if fit.form.action == action)
        return next((fit.subject for fit in fits), "")

    def about(self, query: Query, subject: str) -> Query:
        """A command's question, about other words."""
        read = replace(self._interpret(subject), typed=query.typed)
        return _commanded(read, query.action, subject, query.text)

    def _searching(self, words: str) -> str:
        """Words as a question that is searched, even where they begin like a command."""
        return f"find {words}" if self._forms.fitting(words) else words

    def _commands(self, searched: Query) -> Iterable[Query]:
        """The commands that a question fits, as typed and with its spelling mended."""
        fits = [fit for fit in self._forms.fitting(searched.text) if not _in_a_name(searched, fit)]
        if fits and searched.corrected:
            mended = {fit.form for fit in self._forms.fitting(self._mended(searched))}
            fits = [fit for fit in fits if fit.form in mended]
        return (self._command(searched, fit) for fit in fits)

    def _command(self, searched: Query, fit: Fit) -> Query:
        read = Query(searched.text)
        if fit.form.takes_subject and fit.subject:
            is_export = fit.form.action == "export"  # what to write it as is no word to look for
            read = self._interpret(_without_format(fit.subject) if is_export else fit.subject)
        # A title may begin like a command: the whole of it is what was pasted.
        readings = tuple(dict.fromkeys((*read.readings, *searched.readings)))
        # A number of eight digits is a PMID where it is all that the command is about.
        named = searched.identifiers or read.identifiers
        read = replace(read, typed=fit.form.typed, identifiers=named, readings=readings)
        return _commanded(read, fit.form.action, fit.subject, searched.text)

    def _mistyped(self, query: Query) -> tuple[str, ...]:
        """The command that the first word may have been meant for: `evidnce oncolytic virus`."""
        first, _, rest = query.text.partition(" ")
        typed = fold(first)
        if not rest or len(typed) < _SHORTEST_NAME or self._uses(typed):
            return ()
        most = 2 if len(typed) > _SHORTEST_NAME + 1 else 1
        near = (n for n in self._names if 0 < OSA.distance(typed, n, score_cutoff=most) <= most)
        return tuple(f"For the command, type: {name} {rest}" for name in near)[:1]

    def _mended(self, query: Query) -> str:
        """The question with its spelling mended; the words of commands are no slips for others."""
        text = query.text
        for each in query.corrected:
            if each.typed.lower() not in self._forms.words:
                text = re.sub(rf"(?<!\w){re.escape(each.typed)}(?!\w)", each.used, text, count=1)
        return text


def _in_a_name(searched: Query, fit: Fit) -> bool:
    """Whether the command's word is the beginning of a term: check point inhibitors."""
    first = searched.parts[0] if searched.parts else None
    term = first.recognised if first else None
    if not (fit.form.typed and first and term and term.concepts and len(first.typed.split()) > 1):
        return False
    before = fit.subject and searched.text[: searched.text.find(fit.subject)].strip()
    return bool(before) and f"{first.typed} ".startswith(f"{before} ")


def _without_format(subject: str) -> str:
    """What is pointed at, without the format it is wanted in: `RIS for 1 and 3`."""
    bare = pointing.FORMAT.sub(" ", subject)
    return re.sub(r"^\s*(?:for|of)\s+", "", bare)


def _commanded(query: Query, action: str, subject: str, text: str) -> Query:
    return replace(
        query,
        text=text,
        action=action,
        subject=subject,
        ordinals=pointing.ordinals(_without_format(subject)),
        format=pointing.named_format(text),
        points_at_shown=bool(subject) and pointing.points_at_shown(subject),
    )
