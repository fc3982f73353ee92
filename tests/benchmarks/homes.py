"""Data folders of the bot, filled with public records in the way an import fills them.

Records go through the JSON reader, the harvester (tagging and merging included) and the index.
A folder that holds a source already is used as it is, so a kept folder is filled only once.
"""

import gzip
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from beir import Collection

from bot.app import composition as app
from bot.formats.json_records import JsonRecords
from bot.settings import Settings
from handlers.services import Services
from tests import minilm

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
ABSENT = "the shared data folder (../shared) is not beside this checkout: nothing measured"
# A fixed day, so that "last year" in a query means the same in every run.
NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
# A collection's ids as they are kept in a record.
OWN_ID = "scifact:"
Source = Callable[[], Iterable[dict[str, object]]]


def citations() -> Iterator[dict[str, object]]:
    """The citations of `citations.jsonl.gz` as JSON records; authors as a list of names.

    The file gives the authors as one text, "Family Initials, ...", group names after semicolons.
    """
    with gzip.open(SHARED / "citations.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            named, *groups = (record["authors"] or "").split(";")
            people = [name.strip() for name in (*named.split(","), *groups) if name.strip()]
            yield {**record, "authors": people}


def collection(data: Collection) -> Source:
    """A collection's abstracts as JSON records: title, abstract and their own id, nothing else."""
    return lambda: (
        {"title": title, "abstract": text, "id": f"{OWN_ID}{key}"}
        for key, (title, text) in data.corpus.items()
    )


@contextmanager
def home(
    folder: Path | None,
    sources: dict[str, Source],
    *,
    semantic: bool | Path = False,
    index_url: str | None = None,
) -> Iterator[Services]:
    """The bot's services over a folder that holds these sources, and over no starter set.

    Without a folder a temporary one is used and removed again. With `semantic` the records are read
    for finding them by meaning, with the weights that a package carries or by the model in that
    folder. `index_url` names an index in OpenSearch.
    """
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        if semantic is True:
            semantic = minilm.write_model(place / "model")
        model = str(semantic.resolve()) if semantic else "no"
        own = {} if index_url is None else {"index_url": index_url}
        settings = Settings.load(home=place, starter=False, semantic=model, **own)
        with app.opened(settings, lambda: NOW) as services:
            for name, source in sources.items():
                _fill(services, place / f"{name}.loaded", source)
            say("indexing ...")
            services.index.follow(services.store)
            say("")
            _read(services)
            yield services


def _read(services: Services) -> None:
    """Read the records for finding by meaning, where it is on; says how fast that was."""
    if services.semantic is None:
        return
    start, done = time.perf_counter(), 0
    while step := services.semantic.follow(services.store):
        done += step
        say(f"reading for meaning: {done:,}")
    say("")
    if done:
        print(f"read for meaning: {done:,} records, {done / (time.perf_counter() - start):.0f}/s")


def _fill(services: Services, mark: Path, source: Source) -> None:
    """Import a source, once: `mark` is the empty file that tells it was."""
    if mark.exists():
        return
    lines = "\n".join(json.dumps(record) for record in source()).encode()
    report = services.harvester.take(
        JsonRecords().loads(lines, mark.stem, NOW),
        mark.stem,
        lambda done: say(f"loading {mark.stem}: {done:,}"),
    )
    say("")
    print(f"loaded {mark.stem}: {report.read:,} read, {report.new:,} new, "
          f"{report.merged:,} merged, {len(report.refused):,} refused")  # fmt: skip
    mark.touch()


def say(text: str) -> None:
    """One line of progress, overwritten by the next; nothing where nobody watches."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
