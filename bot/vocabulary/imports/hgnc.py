"""HGNC's genes: `hgnc_complete_set` as TSV or JSON, and tables from its custom downloads.

The fields are https://www.genenames.org/help/statistics-and-downloads/. Genes that were withdrawn
are left out.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.vocabulary.imports.source import Source
from bot.vocabulary.imports.terms import Role, Term, TermName

_MOST_JSON = 400_000_000
_CODE = re.compile(r"HGNC:\d{1,7}")
# A column's name, folded, by what it holds; HGNC's downloads name them in different ways.
_COLUMNS = {
    "hgnc_id": ("hgnc_id",),
    "symbol": ("symbol", "approved_symbol"),
    "name": ("name", "approved_name"),
    "status": ("status",),
    "alias_symbol": ("alias_symbol", "alias_symbols"),
    "alias_name": ("alias_name", "alias_names"),
    "prev_symbol": ("prev_symbol", "previous_symbol", "previous_symbols"),
    "prev_name": ("prev_name", "previous_name", "previous_names"),
}
_NEEDED = ("hgnc_id", "symbol")
_ROLES = (
    ("prev_symbol", Role.PREVIOUS), ("alias_symbol", Role.ALIAS),
    ("alias_name", Role.OTHER), ("prev_name", Role.OTHER),
)  # fmt: skip


def is_table(head: bytes) -> bool:
    """Whether a file's first line has the columns that a table of genes must have."""
    first = head.decode("utf-8-sig", "replace").partition("\n")[0].rstrip("\r")
    return all(each in _places(first.split("\t")) for each in _NEEDED)


def read_table(source: Source) -> Iterator[Term]:
    """The genes of a tab-separated table. Raises UnreadableFile with the line."""
    places: dict[str, int] = {}
    seen: set[str] = set()
    for number, line in source.lines():
        if not line.strip():
            continue
        cells = next(csv.reader([line], delimiter="\t"))
        if not places:
            places = _places(cells)
            continue
        if len(cells) <= max(places[each] for each in _NEEDED):
            raise source.refusal(number, f"only {len(cells)} of {max(places.values()) + 1} columns")
        row = {name: cells[at] for name, at in places.items() if at < len(cells)}
        if term := _gene(source, number, row, seen):
            yield term


def read_json(source: Source) -> Iterator[Term]:
    """The genes of `hgnc_complete_set.json`. Raises UnreadableFile, with the place in its list."""
    raw = source.stream.read(_MOST_JSON)
    if len(raw) == _MOST_JSON:
        raise source.refusal(1, f"larger than {_MOST_JSON:,} bytes")
    try:
        read = json.loads(raw)
    except UnicodeDecodeError:
        raise source.refusal(1, "not UTF-8") from None
    except RecursionError:
        raise source.refusal(1, "nested too deeply") from None
    except json.JSONDecodeError as error:
        raise source.refusal(error.lineno, f"not JSON: {error.msg}") from None
    response = read.get("response") if isinstance(read, dict) else None
    genes = response.get("docs") if isinstance(response, dict) else None
    if not isinstance(genes, list):
        raise source.refusal(1, "not HGNC's JSON: `response` with `docs` is expected")
    seen: set[str] = set()
    for number, gene in enumerate(genes, 1):
        if not isinstance(gene, dict):
            raise source.refusal(1, f"gene {number} of `docs` is no object")
        if term := _gene(source, 1, gene, seen, f"gene {number} of `docs`: "):
            yield term


def _places(cells: Iterable[str]) -> dict[str, int]:
    """Where each column stands that this reader knows."""
    folded = [re.sub(r"[^a-z]+", "_", cell.strip().lower()) for cell in cells]
    found = {}
    for name, ways in _COLUMNS.items():
        at = next((folded.index(way) for way in ways if way in folded), None)
        if at is not None:
            found[name] = at
    return found


def _gene(
    source: Source, line: int, row: Mapping[str, Any], seen: set[str], where: str = ""
) -> Term | None:
    if "withdrawn" in str(row.get("status") or "").lower():
        return None
    code, symbol = str(row.get("hgnc_id") or "").strip(), str(row.get("symbol") or "").strip()
    if not _CODE.fullmatch(code):
        raise source.refusal(line, f"{where}“{code[:40]}” is no HGNC id")
    if not symbol:
        raise source.refusal(line, f"{where}{code} has no symbol")
    if code in seen:
        raise source.refusal(line, f"{where}{code} stands there twice")
    seen.add(code)
    name = str(row.get("name") or "").strip()
    names = [TermName(symbol, Role.LABEL), *([TermName(name, Role.NAME)] if name else [])]
    for column, role in _ROLES:
        names += [TermName(text, role) for text in _listed(row.get(column), role)]
    return Term(code, "gene", symbol, name, "", tuple(names))


def _listed(value: object, role: Role) -> list[str]:
    """The names in a cell: a JSON list, or text with `|` (custom downloads: commas) between."""
    if isinstance(value, list):
        parts = [str(each) for each in value]
    else:
        text = str(value or "").strip().strip('"')
        # Names in words have commas of their own.
        parts = re.split(r"\||, (?=\S)" if role is not Role.OTHER else r"\|", text)
    return [part.strip() for part in parts if part.strip()]
