"""How the front door reads real questions: `python tests/benchmarks/front_door.py FOLDER …`.

A folder is a collection in BEIR form: `corpus.jsonl`, `queries.jsonl` and judgements. Every
question goes the way of a person's words, through the router, and in the same run to SQLite's FTS5
over the same documents. Reported for each folder: the share read as a search, what else was read,
empty answers, those of them where any word finds something, corrections of clean text, nDCG@10 of
the bot and of FTS5, and the bot's on the same needs as bare keywords (the question without its
empty and generic words).
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import beir
import homes
import metrics
import peers

from bot.app.composition import build_router
from bot.records.models import Scheme
from bot.text.folding import clean, tokenise
from bot.text.stop_words import is_empty, is_generic
from handlers.router import Reply, Request, Router, Surface

DEPTH = 10
_ID = "beir:"
# Actions whose answers are lists of records that the words found.
SEARCHED = frozenset(("search", "no_results", "disambiguate", "compare", "evidence", "combine"))


@dataclass(slots=True)
class Report:
    """What came of the questions of one collection."""

    actions: Counter[str] = field(default_factory=Counter)
    empty: list[str] = field(default_factory=list)
    empty_though_found: list[str] = field(default_factory=list)
    corrected: list[tuple[str, str]] = field(default_factory=list)
    asked_with_correction: int = 0
    bot: list[float] = field(default_factory=list)
    keywords: list[float] = field(default_factory=list)
    fts5: list[float] = field(default_factory=list)

    def lines(self, name: str) -> Iterable[str]:
        """The report as Markdown."""
        asked = len(self.bot)
        searched = sum(n for action, n in self.actions.items() if action in SEARCHED)
        others = {a: n for a, n in self.actions.most_common() if a not in SEARCHED}
        bot, words, fts5 = map(metrics.mean, (self.bot, self.keywords, self.fts5))
        yield f"## {name}: {asked} questions"
        yield f"- read as a search: {searched / asked:.1%}; else {others or 'nothing'}"
        yield (
            f"- empty answers: {len(self.empty)} ({len(self.empty) / asked:.1%}); of these"
            f" {len(self.empty_though_found)} where any word finds something"
        )
        changed = ", ".join(f"{a} → {b}" for a, b in self.corrected[:12])
        share = self.asked_with_correction / asked
        yield f"- corrected though clean: {self.asked_with_correction} ({share:.1%}) {changed}"
        yield f"- nDCG@10: bot {bot:.4f}, FTS5 {fts5:.4f}; bot / FTS5 {bot / (fts5 or 1):.3f}"
        yield f"- as keywords: bot {words:.4f}; question / keywords {bot / (words or 1):.3f}"
        yield from (f"    empty: {text}" for text in self.empty_though_found[:10])


def records(collection: beir.Collection) -> homes.Source:
    """The documents as JSON records: title, abstract and their own id."""
    return lambda: (
        {"title": title or text[:100], "abstract": text, "id": f"{_ID}{key}"}
        for key, (title, text) in collection.corpus.items()
    )


def keywords(question: str) -> str:
    """The question as somebody types it who asks in keywords."""
    text = clean(question)
    kept = [text[t.start : t.end] for t in tokenise(text)
            if not is_empty(t.text, question=True) and not is_generic(t.text)]  # fmt: skip
    return " ".join(kept) or question


def ask(router: Router, question: str) -> Reply:
    """The answer to a question, as a terminal asks it."""
    return router.answer(Request(question, Surface.TERMINAL, limit=DEPTH))


def found(reply: Reply) -> list[str]:
    """The collection's ids of the records of an answer, in order."""
    locals_ = (
        i for h in reply.answer.hits for i in h.record.identifiers if i.scheme is Scheme.LOCAL
    )
    return [i.value.removeprefix(_ID) for i in locals_ if i.value.startswith(_ID)]


def measure(router: Router, collection: beir.Collection) -> Report:
    """Ask every question, and every question as keywords."""
    report, peer = Report(), peers.Fts5(collection.corpus)
    for key, question in collection.queries.items():
        wanted = collection.relevant[key]
        reply = ask(router, question)
        ids, others = found(reply), peer.search(question, DEPTH)
        report.actions[reply.answer.understood.action] += 1
        if not reply.answer.hits:
            report.empty.append(question)
            if others:
                report.empty_though_found.append(question)
        changed = [(c.typed, c.used) for c in reply.answer.understood.corrected]
        report.corrected += changed
        report.asked_with_correction += bool(changed)
        report.bot.append(metrics.ndcg(ids, wanted, DEPTH))
        report.fts5.append(metrics.ndcg(others, wanted, DEPTH))
        report.keywords.append(
            metrics.ndcg(found(ask(router, f"find {keywords(question)}")), wanted)
        )
    return report


def main() -> None:
    """Measure every folder that is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--split", default="", help="test, long …: see `beir.load`")
    parser.add_argument("--most", type=int, help="ask the first so many questions only")
    parser.add_argument("--semantic", action="store_true", help="rank by meaning as well")
    args = parser.parse_args()
    for folder in args.folders:
        collection = beir.load(folder, args.split, args.most)
        with homes.home(None, {"corpus": records(collection)}, semantic=args.semantic) as services:
            report = measure(build_router(services), collection)
        print("\n".join(report.lines(folder.name)), flush=True)


if __name__ == "__main__":
    main()
