"""What of a record goes into the index, field by field."""

import json
import re
from collections import OrderedDict
from threading import Lock
from typing import TypeAlias

import tantivy

from bot.index import Card
from bot.records.journals import journal_key
from bot.records.models import Known, Record
from bot.records.names import found_by
from bot.records.negative import negative
from bot.text.abbreviations import definitions
from bot.text.folding import clean, fold_word, folded_words, words
from bot.text.markup import plain

# Stands between fields that are indexed together, so that no phrase reaches across.
GAP = "\u00b6"
# What `has` holds of a record that reports a negative result.
NEGATIVE = "negative-result"
# As many words as a short abstract has; measured where abstracts and titles are searched together.
_ABSTRACT_WORDS = 120
_CAPITALS = re.compile(r"(?<![\w-])[A-Z]{2,10}(?![\w])")


_FIRST = json.JSONDecoder()


Fields: TypeAlias = dict[str, str | int | list[str]]


class Prepared:
    """Documents made where their records were read, until the index takes them in.

    Each is of one place in the change sequence, so that none is taken for a record that has
    changed since. Of more than `most` bytes the first ones go: the index then makes them anew.
    """

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._made: OrderedDict[tuple[str, int], tuple[bytes, str | None]] = OrderedDict()
        self._lock = Lock()

    def put(self, record_id: str, sequence: int, made: bytes, audience: str | None) -> None:
        """Keep what `fields` made of a record (as JSON) before it had an id and an audience."""
        with self._lock:
            self._made[record_id, sequence] = made, audience
            self._size += len(made)
            while self._size > self._most:
                _, (gone, _) = self._made.popitem(last=False)
                self._size -= len(gone)

    def take(self, record_id: str, sequence: int) -> Fields | None:
        """The fields of a record as it was written there, once; None where there are none."""
        with self._lock:
            made, audience = self._made.pop((record_id, sequence), (b"", None))
            self._size -= len(made)
        if not made:
            return None
        found: Fields = json.loads(made)
        _, *card = json.loads(str(found["card"]))
        own: Fields = {"id": record_id, "card": json.dumps([record_id, *card])}
        return found | own | {"audience": [audience] if audience else []}


def document(record: Record) -> tantivy.Document:
    """The index document of a record."""
    return tantivy.Document(**fields(record))


def fields(record: Record) -> Fields:
    """What the index has of a record. Every text is folded here, never by the engine."""
    journal = _joined(*map(_words, _journals(record)))
    title, abstract = (clean(plain(text or "")) for text in (record.title, record.abstract))
    in_title = folded_words(title)
    text = _joined(in_title, folded_words(abstract), *map(_words, record.keywords))
    people = f" {GAP} ".join(_people(record))
    places = _joined(*(_words(person.affiliation) for person in record.contributors))
    context = f"{people} {GAP} {places} {GAP} {journal}"
    concepts = sorted({tag.concept for tag in record.concepts})
    found: Fields = {
        "id": record.id,
        "kind": "record",
        "card": _card(record, " ".join(in_title), concepts),
        "body": _body(in_title, text, has_abstract=bool(abstract)),
        "surface": text,
        "symbol": _symbols(title, abstract, *map(plain, record.keywords)),
        "heading": _joined(in_title, *map(_words, record.keywords)),
        "people": people,
        "context": context,
        "anywhere": " ".join(dict.fromkeys(f"{text} {context}".split())),
        "journal": journal,
        "journal_words": journal,
        "journal_key": [journal_key(plain(each)) for each in _journals(record)],
        "concept": concepts,
        "type": [" ".join(words(t)) for t in (record.type, record.subtype) if t],
        "access": record.access.status.value,
        "reviewed": record.peer_reviewed.value,
        "flag": list(record.flags),
        "has": _has(record),
        "definition": sorted(
            {f"{short}={long}" for each in (title, abstract) for short, long in definitions(each)}
        ),
        "language": (record.language or "unknown").lower(),
        "identifier": [f"{i.scheme.value}:{i.value}" for i in record.identifiers],
        "audience": [record.audience] if record.audience else [],
        "doi_tail": [doi.partition("/")[2].lower() for doi in (record.doi,) if doi],
    }
    if record.published is not None:
        found["day"] = _day(record)
        found["year"] = str(record.published.year)
    return found


def _body(title: list[str], text: str, *, has_abstract: bool) -> str:
    """What a record is found by, with its title twice: a word of it says more than one elsewhere.

    A record without an abstract is not a short text but one that is hardly known. So that its
    shortness does not put it before those that say more, it is as long as if it had one.
    """
    body = f"{' '.join(title)} {GAP} {text}"
    unknown = 0 if has_abstract else max(0, _ABSTRACT_WORDS - len(title))
    return f"{body}{f' {GAP}' * unknown}"


def _symbols(*texts: str) -> str:
    """What stands in capitals in texts that are not all in capitals, folded: WAS, KIT, CAN."""
    mixed = (text for text in texts if not text.isupper() or " " not in text)
    return " ".join(sorted({fold_word(each) for text in mixed for each in _CAPITALS.findall(text)}))


def _words(text: str | None) -> list[str]:
    return words(plain(text)) if text else []


def _joined(*texts: list[str]) -> str:
    return f" {GAP} ".join(" ".join(text) for text in texts if text)


def _card(record: Record, title: str, concepts: list[str]) -> str:
    """What ranking needs, as JSON: id, folded title, day, retracted, concepts."""
    return json.dumps([record.id, title, _day(record), record.is_retracted, concepts])


def _day(record: Record) -> int:
    """The earliest day of publication as `YYYYMMDD`; 0 where it is not known."""
    if record.published is None:
        return 0
    first = record.published.earliest
    return first.year * 10_000 + first.month * 100 + first.day


def read_card(card: str) -> tuple[str, Card]:
    """The record's id and its card, as `document` wrote them."""
    record_id, title, day, retracted, concepts = json.loads(card)
    return record_id, Card(title, day, retracted, tuple(concepts))


def read_id(card: str) -> str:
    """The record's id of a card, which comes first; the rest is not read."""
    record_id: str = _FIRST.raw_decode(card, 1)[0]
    return record_id


def _people(record: Record) -> list[str]:
    return [key for person in record.contributors for key in found_by(person)]


def _journals(record: Record) -> list[str]:
    return [record.journal.title] if record.journal and record.journal.title else []


def _has(record: Record) -> list[str]:
    stored = {
        "abstract": bool(record.abstract),
        "doi": record.doi is not None,
        "orcid": any(person.orcid for person in record.contributors),
        "pmid": record.pmid is not None,
        "open": record.is_free,
        "reviewed": record.peer_reviewed is Known.YES,
        NEGATIVE: negative(record) is not None,
    }
    return [name for name, is_held in stored.items() if is_held]
