"""Ranking quality, the bot beside its peers: `python tests/benchmarks/quality.py`.

Every system searches the same abstracts (SciFact's, or another folder's in BEIR form) for the same
questions, clean and misspelt, in one run. The
bot answers as it answers people: `interpret`, then `run`, over a store and an index filled by an
import. With `--large-vocabulary` the citations are in the store and the peers as well (as
distractors; only the collection's abstracts count as relevant) and wordfreq's English words are
given to the speller; with `--large-vocabulary words` the citations' words are, not the records.
Needs the shared data folder beside the checkout. README.md beside this file explains the figures.
"""

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import beir
import failures
import homes
import human
import known_items
import large
import metrics
import peers
import typos

from bot.app import composition as app
from bot.index.meaning import missing
from bot.records.models import Record, Scheme
from handlers.router import Request, Surface
from handlers.services import Services
from tests import minilm
from tests.cluster import opensearch

DEPTH = 10
# rapidfuzz compares with every document: 300 queries would take a quarter of an hour.
RAPIDFUZZ_QUERIES = 60

Find = Callable[[str], list[str]]
Condition = dict[str, typos.Misspelt]


@dataclass
class Score:
    """What one system reached under one condition: nDCG of each query, and its time in ms."""

    by_query: dict[str, float] = field(default_factory=dict)
    ms: list[float] = field(default_factory=list)

    def over(self, queries: Sequence[str]) -> float:
        """The mean nDCG over these queries, as far as they were asked."""
        return metrics.mean([self.by_query[key] for key in queries if key in self.by_query])


def conditions(data: beir.Collection, habits: human.Habits, seed: int) -> dict[str, Condition]:
    """The queries of each condition. `published` holds only those that have such a word."""
    made: dict[str, Callable[[str, int], typos.Misspelt]] = {
        "clean": lambda text, _seed: typos.Misspelt(text),
        "one typo": typos.one_typo,
        "all words": typos.every_word,
        "human": habits.misspell,
        "published": habits.misspell_published,
    }
    found = {
        name: {key: misspell(text, seed) for key, text in data.queries.items()}
        for name, misspell in made.items()
    }
    found["published"] = {key: each for key, each in found["published"].items() if each.changes}
    return found


def measure(find: Find, data: beir.Collection, asked: Condition, most: int | None) -> Score:
    """Ask the queries of a condition, only those among the first `most` of all."""
    score = Score()
    for key in list(data.queries)[:most]:
        query = asked.get(key)
        if query is None:
            continue
        start = time.perf_counter()
        ranking = find(query.text)
        score.ms.append((time.perf_counter() - start) * 1000)
        score.by_query[key] = metrics.ndcg(ranking, data.relevant[key], DEPTH)
    return score


def bot(services: Services) -> Find:
    """The bot's own search, given the text as a search; the collection's ids of what it finds."""

    def find(text: str) -> list[str]:
        answer = services.search.run(services.search.interpret(text), limit=DEPTH)
        return [key for hit in answer.hits for key in _ids(hit.record)]

    return find


def routed(services: Services) -> Find:
    """The whole bot, which may read the text as anything, as at the terminal."""
    router = app.build_router(services)

    def find(text: str) -> list[str]:
        answer = router.answer(Request(text, Surface.TERMINAL, limit=DEPTH)).answer
        return [key for hit in answer.hits for key in _ids(hit.record)]

    return find


def _ids(record: Record) -> list[str]:
    """The collection's ids of a record (several where the import merged), or what else it is."""
    own = [i.value for i in record.identifiers if i.scheme is Scheme.LOCAL]
    keys = [value.removeprefix(homes.OWN_ID) for value in own]
    return keys or [f"other:{record.id}"]


def table(
    scores: dict[str, dict[str, Score]], asked: dict[str, Condition], floor: str | None
) -> str:
    """nDCG@10, its share of the system's own clean score, and times beside the floor's clean."""
    timed = [each for each in ("clean", "all words") if each in asked]
    head = " | ".join(("| system", *asked, *(f"ms {each}" for each in timed), ""))
    lines = [head.rstrip(), "| --- " * (1 + len(asked) + len(timed)) + "|"]
    for name, by_condition in scores.items():
        cells = []
        for condition, queries in asked.items():
            keys = list(queries)
            reached, clean = by_condition[condition].over(keys), by_condition["clean"].over(keys)
            share = f" ({reached / clean:.1%})" if condition != "clean" and clean else ""
            cells.append(f"{reached:.4f}{share}")
        for condition in timed:
            ms = metrics.mean(by_condition[condition].ms)
            unit = metrics.mean(scores[floor]["clean"].ms) if floor else None
            cells.append(f"{ms:.2f}" + (f" ({ms / unit:.1f}×)" if unit else ""))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _peers(documents: peers.Documents, *, slow: bool) -> dict[str, Find]:
    made: dict[str, Callable[[], peers.Peer]] = {
        "SQLite FTS5 (porter, title ×2, OR)": lambda: peers.Fts5(documents),
        _FLOOR: lambda: peers.Tantivy(documents),
        "tantivy + fuzzy terms": lambda: peers.Tantivy(documents, fuzzy=True),
        "bm25s (stemmed)": lambda: peers.Bm25s(documents),
    }
    if slow:
        made[_SLOW] = lambda: peers.Rapidfuzz(documents)
    found: dict[str, Find] = {}
    for name, make in made.items():
        try:
            peer = make()
        except ImportError as error:
            print(f"{name} is left out: {error}")
            continue
        found[name] = lambda text, peer=peer: peer.search(text, DEPTH)  # type: ignore[misc]
    return found


_FLOOR = "tantivy (stemmed, OR)"
_SLOW = f"rapidfuzz token_set_ratio (first {RAPIDFUZZ_QUERIES} queries)"


def _with_vocabulary(services: Services, large_vocabulary: str | None) -> Services:
    if large_vocabulary is None:
        return services
    titles = () if large_vocabulary == "store" else (str(r["title"]) for r in homes.citations())
    return large.with_large_vocabulary(services, titles)


def _distractors() -> dict[str, tuple[str, str]]:
    return {f"other:{record['pmid']}": (str(record["title"]), "") for record in homes.citations()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", default="scifact", metavar="NAME",
                        help="a folder of the shared data: scifact, cf, nfcorpus")  # fmt: skip
    parser.add_argument("--split", default=None,
                        help="SciFact: train (default), test; nfcorpus: long")  # fmt: skip
    parser.add_argument("--queries", type=int, metavar="N", help="the first N queries only")
    parser.add_argument("--large-vocabulary", nargs="?", const="store", choices=("store", "words"),
                        help="with wordfreq's English words, and the 172,406 citations in the store"
                             " (distractors too) or only their titles' words")  # fmt: skip
    parser.add_argument("--known-items", action="store_true", help="measure those as well")
    parser.add_argument("--peers", action="store_true", help="run the peers as well")
    parser.add_argument("--failures", action="store_true", help="list the words read wrongly")
    parser.add_argument("--semantic", nargs="?", const=True, default=False, type=Path,
                        metavar="FOLDER", help="with meaning, by the model in a folder or all-"
                        "MiniLM-L6-v2 (needs the extra `semantic`, and `onnx`)")  # fmt: skip
    parser.add_argument(
        "--conditions",
        nargs="+",
        metavar="NAME",
        help="clean and some only: one typo, all words, human, published",
    )
    parser.add_argument(
        "--opensearch",
        action="store_true",
        help="the bot over a node of OpenSearch too, in two shards, no router",
    )
    parser.add_argument("--home", type=Path, metavar="DIR",
                        help="keep the filled data folder there, and use it again")  # fmt: skip
    return parser.parse_args()


def main() -> int:
    """Print the tables of one run; the exit code is 1 where a package for it is missing."""
    given = _arguments()
    if given.large_vocabulary and importlib.util.find_spec("wordfreq") is None:
        print("wordfreq is not installed: pip install wordfreq")
        return 1
    packages = (*missing(), *(minilm.missing() if given.semantic is True else ()))
    if given.semantic and packages:
        print(f"not installed: {', '.join(packages)}")
        return 1
    if not homes.SHARED.is_dir():
        print(homes.ABSENT)
        return 0
    split = given.split or ("train" if given.collection == "scifact" else "")
    data = beir.load(homes.SHARED / given.collection, split, given.queries)
    habits = human.Habits(human.read_pairs(homes.SHARED / "typos"))
    seed = typos.SEEDS.get(split, typos.SEEDS["test"])
    asked = conditions(data, habits, seed)
    published = len(asked["published"])
    asked = {n: each for n, each in asked.items() if n in {"clean", *(given.conditions or asked)}}
    with_citations = given.large_vocabulary == "store"
    sources: dict[str, homes.Source] = {given.collection: homes.collection(data)}
    if with_citations:
        sources["citations"] = homes.citations
    print(f"{given.collection} {split}: {len(data.queries)} queries, "
          f"{published} with a published misspelling; seed {seed}; "
          f"{len(data.corpus):,} abstracts")  # fmt: skip
    scores: dict[str, dict[str, Score]] = {}
    with ExitStack() as stack:
        opened = stack.enter_context(homes.home(given.home, sources, semantic=given.semantic))
        services = _with_vocabulary(opened, given.large_vocabulary)
        with_meaning = " with meaning" if given.semantic else ""
        systems = {f"the bot{with_meaning}": bot(services)}
        if given.opensearch:
            node = stack.enter_context(opensearch.cluster(1))
            address = f"{node.url}/quality?shards=2&replicas=0"
            there = homes.home(services.settings.home, sources, index_url=address)
            systems["the bot over OpenSearch"] = bot(stack.enter_context(there))
        else:
            systems |= {f"its router{with_meaning}": routed(services)}
        if given.peers:
            documents = {**data.corpus, **(_distractors() if with_citations else {})}
            systems |= _peers(documents, slow=not with_citations)
        for name, find in systems.items():
            most = RAPIDFUZZ_QUERIES if name == _SLOW else None
            find("warm up: tumour microenvironment")
            scores[name] = {c: measure(find, data, queries, most) for c, queries in asked.items()}
            homes.say(f"{name}: done")
        homes.say("")
        print(table(scores, asked, _FLOOR if _FLOOR in scores else None))
        if given.failures:
            print(failures.report(services, asked))
    if given.known_items:
        known_items.report(None, seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
