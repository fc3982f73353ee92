"""What full texts cost: bytes in the store and the index, time a paper, and time a question.

    .venv/bin/python tests/benchmarks/full_texts.py [--papers 500]

Papers of real size (some 40,000 characters in 45 paragraphs, with 60 references) are made of
SciFact's sentences and served as JATS on loopback, where Europe PMC is asked otherwise. The pause
between two requests is left out. Questions are SciFact's claims, on the same store without the
texts and with them, in turns.
"""

import argparse
import logging
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from beir import load
from homes import ABSENT, NOW, SHARED
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.app.composition import build_router, opened
from bot.harvest.full_texts import Fetch, FullTexts
from bot.records.models import Access, AccessStatus, Identifier, Provenance, Record, Scheme
from bot.settings import Settings
from bot.sources.europe_pmc.full_text import LIMITS, fetch
from bot.sources.http.client import PoliteClient
from bot.text.sentences import sentences
from handlers.router import Request as Ask
from handlers.router import Router, Surface
from handlers.services import Services

PARTS = (("Introduction", 5), ("Methods", 13), ("Results", 16), ("Discussion", 11))
QUESTIONS = 40


def paper(number: int, spoken: list[str]) -> str:
    """An article in JATS."""
    dice = random.Random(number)
    body = "".join(
        f"<sec><title>{name}</title>"
        + "".join(
            f'<p id="p{at}">{" ".join(dice.sample(spoken, 6))}<xref rid="b{at}">{at}</xref></p>'
            for at in range(paragraphs)
        )
        + "</sec>"
        for name, paragraphs in PARTS
    )
    cited = "".join(
        f'<ref id="b{at}"><element-citation publication-type="journal"><name>'
        f"<surname>Author</surname><given-names>A</given-names></name><article-title>{dice.choice(spoken)}</article-title>"
        "<source>Journal</source><year>2020</year></element-citation></ref>"
        for at in range(60)
    )
    return f"<article><body>{body}</body><back><ref-list>{cited}</ref-list></back></article>"


def record(number: int, title: str, abstract: str) -> Record:
    """A stored work with an open licence and a PMCID."""
    return Record(
        title=title,
        abstract=abstract,
        identifiers=(
            Identifier(scheme=Scheme.DOI, value=f"10.1234/full.{number}"),
            Identifier(scheme=Scheme.PMCID, value=f"PMC{1_000_000 + number}"),
        ),
        access=Access(status=AccessStatus.OPEN, licence="CC BY 4.0"),
        provenance=(Provenance(source="made"),),
    )


def size(path: Path) -> int:
    """The bytes of a file or folder."""
    return sum(each.stat().st_size for each in (path, *path.rglob("*")) if each.is_file())


def timed(step: Callable[[], object]) -> float:
    """Seconds of processor time."""
    start = time.process_time()
    step()
    return time.process_time() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=500)
    papers = parser.parse_args().papers
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    if not SHARED.is_dir():
        sys.exit(ABSENT)
    data = load(SHARED / "scifact", "train")
    corpus = list(data.corpus.values())[:papers]
    spoken = [re.sub(r"[<&]", " ", each) for _, text in corpus for each in sentences(text)]
    with HTTPServer() as server, tempfile.TemporaryDirectory() as folder:

        def respond(request: Request) -> Response:
            number = int(re.findall(r"PMC(\d+)", request.path)[0]) - 1_000_000
            return Response(paper(number, spoken), content_type="application/xml")

        server.expect_request(re.compile(".*")).respond_with_handler(respond)
        home = Path(folder)
        given = {"home": home, "starter": False, "semantic": "", "contact": "team@example.org"}
        with opened(Settings.load(**given, fulltext=True), lambda: NOW) as services:
            made = (record(at, *each) for at, each in enumerate(corpus))
            services.harvester.take(made, "made")
            services.index.follow(services.store)
            measure(services, home, server.url_for("/"))
        questions = list(data.queries.values())[:QUESTIONS]
        for word, fulltext in (("without", False), ("with", True)):
            with opened(Settings.load(**given, fulltext=fulltext), lambda: NOW) as services:
                router = build_router(services)
                print(f"ask, {word} full texts: {median(router, 'ask {}', questions):.0f} ms")
                if fulltext:
                    print(f"in:results: {median(router, 'in:results {}', questions):.0f} ms")


def median(router: Router, form: str, questions: list[str]) -> float:
    """Milliseconds of processor time of a question, once one has been answered."""
    texts = [form.format(each[:60]) for each in questions]
    spent = [timed(lambda text=each: router.answer(Ask(text, Surface.SLASH))) for each in texts]
    return 1000 * statistics.median(spent[1:])


def measure(services: Services, home: Path, address: str) -> None:
    """Fetch and index the texts of all papers."""

    @contextmanager
    def fetching() -> Iterator[Fetch]:
        client = PoliteClient({urlsplit(address).netloc: 0.0}, limits=LIMITS)
        yield lambda pmcid: fetch(client, address, pmcid)
        client.close()

    texts = FullTexts(services.store, fetching, lambda: NOW)
    before = size(home / "tme.db")

    def take() -> None:
        while texts.step(50):
            pass

    spent = timed(take)
    works, characters = services.store.full_texts.count()
    indexed = timed(services.full_text_index.follow)
    grown = size(home / "tme.db") + size(home / "tme.db-wal") - before
    print(f"{works} papers, {characters / works:,.0f} characters each")
    kept = size(home / "fulltext") / works
    print(f"store: {grown / works:,.0f} bytes a paper; index: {kept:,.0f}")
    ms = [1000 * each / works for each in (spent, indexed)]
    print(f"make, serve, fetch, cut and store: {ms[0]:.0f} ms a paper; index: {ms[1]:.0f}")


if __name__ == "__main__":
    main()
