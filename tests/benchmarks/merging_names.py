"""Full and abbreviated names of journals, as PubMed itself gives both, from the shared payloads."""

import re
from pathlib import Path

_JOURNAL = re.compile(r"<Journal>(.*?)</Journal>", re.DOTALL)


def journal_names(payloads: Path) -> dict[str, str]:
    """{abbreviation without full stops: full name} of the journals in PubMed XML and nbib."""
    names: dict[str, str] = {}
    for path in sorted((payloads / "pubmed").rglob("*")) + sorted((payloads / "nbib").rglob("*")):
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for found in _JOURNAL.findall(text):
            _add(
                names,
                re.search(r"<ISOAbbreviation>(.*?)<", found),
                re.search(r"<Title>(.*?)<", found),
            )
        for found in re.split(r"\n\s*\n", text):
            _add(
                names,
                re.search(r"^TA  - (.*)$", found, re.MULTILINE),
                re.search(r"^JT  - (.*)$", found, re.MULTILINE),
            )
    return names


def _add(names: dict[str, str], short: re.Match[str] | None, full: re.Match[str] | None) -> None:
    if short and full:
        names[short[1].replace(".", "").strip()] = full[1].replace("&amp;", "&").strip()


def spelt_out(names: dict[str, str]) -> dict[str, str]:
    """{abbreviated word: the word it most often stands for}, learnt from names of equal length."""
    seen: dict[str, dict[str, int]] = {}
    for short, full in names.items():
        words = [w for w in re.split(r"\W+", full.split(":")[0]) if w.lower() not in _LEFT_OUT]
        for abbreviated, word in zip(short.split(), words, strict=False):
            if len(short.split()) == len(words):
                counts = seen.setdefault(abbreviated, {})
                counts[word] = counts.get(word, 0) + 1
    return {short: max(counts, key=lambda w: counts[w]) for short, counts in seen.items()}


_LEFT_OUT = frozenset(("", "the", "of", "and", "in", "for", "on", "a", "de", "et"))
