"""The names that `--as` takes: those of formats and services, and what else these are called."""

from typing import Any

import click

from bot.sources import READERS

_ALSO = {
    "bib": "bibtex", "biblatex": "bibtex", "csl-json": "csl", "csl_json": "csl",
    "citeproc": "csl", "medline": "nbib", "wos": "ris", "web_of_science": "ris", "tsv": "csv",
    "jsonl": "json", "ora_page": "ora", "europepmc": "europe_pmc", "europe-pmc": "europe_pmc",
    "medrxiv": "biorxiv", "biorxiv_medrxiv": "biorxiv", "oai": "oai_pmh", "oai-pmh": "oai_pmh",
}  # fmt: skip


class ReaderName(click.Choice[str]):
    """The name of a reader, in any case; the other names it goes by are not listed."""

    def __init__(self) -> None:
        super().__init__([known.name for known in READERS], case_sensitive=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The reader's own name. Fails, listing them, for any other word."""
        asked = str(value).lower()
        return super().convert(_ALSO.get(asked, asked), param, ctx)
