"""The vocabulary's notes as a reader wants them.

The notes were written for whoever tags records: what not to mistake a word for, and what to do
then. A reader wants the first half. What tells a tagger what to do is left out, and a "hard
negative" is said in plain words.
"""

import re
from collections.abc import Iterable

from bot.text.sentences import sentences

_FOR_TAGGERS = re.compile(
    r"\b(?:tag|tags|tagged|tagging|co-tagging|match|matching|require|cue|cues"
    r"|synonyms? (?:only|here)|recall|for this vocabulary|not (?:verified|read) here"
    r"|umbrella|prefer|the seed|filed here"
    r"|fall back|never expand|answers on|the card|show (?:which|trial)|always show|reachable"
    r"|count|stay findable|need a tumour noun|bare mention|alone do not|belongs to)\b",
    re.IGNORECASE,
)
_HARD_NEGATIVE = re.compile(
    r"^(?P<what>.+?) (?:is|are) (?:a )?hard negatives?\.?$", re.IGNORECASE | re.DOTALL
)
# Where a sentence may be cut: what stands on either side can be said alone.
_CUT = re.compile(r"(;\s+|(?<=[a-z)\"”]):\s+(?=[a-z]))")
# Ids of concepts, which nobody says.
_IDS = re.compile(r" \((?:this concept|[a-z0-9]+(?:-[a-z0-9]+)+)\)")


def for_readers(notes: Iterable[str], most: int) -> str:
    """The notes without what tells a tagger what to do, at most so many; "" when none is left."""
    kept = [said for note in notes if (said := _for_readers(note))]
    return " ".join(kept[:most])


def _for_readers(note: str) -> str:
    said = (_sentence(sentence) for sentence in sentences(_IDS.sub("", note)))
    return " ".join(each for each in said if each)


def _sentence(sentence: str) -> str:
    pieces = ["", *_CUT.split(sentence.strip())]
    said = ""
    for cut, clause in zip(pieces[::2], pieces[1::2], strict=True):
        if not _FOR_TAGGERS.search(clause):
            said += (cut if said else "") + _plainly(clause)
    said = said.rstrip(".;:, ")
    # A lone word or two is the rest of something that was left out.
    if len(said.split()) < 3:
        return ""
    first = said.split()[0]
    return f"{said[0].upper() if first.islower() else said[0]}{said[1:]}."


def _plainly(clause: str) -> str:
    meant = _HARD_NEGATIVE.match(clause)
    return f"Not meant here: {meant['what']}" if meant else clause.rstrip(".")
