"""`/tme cite …`: a formatted citation, and BibTeX to copy."""

from bot.views import citation
from handlers.commands.about import about_one
from handlers.router import Asked, Command, Reply


def run(asked: Asked) -> Reply:
    """Cite the record that is meant."""
    citations = asked.services.citations
    return about_one(
        asked, lambda record: citation.message(record, citations.cite(record), asked.audience)
    )


COMMAND = Command(
    actions=("cite",),
    run=run,
    words="cite DOI or title",
    summary="A formatted citation and BibTeX to copy; in a thread, `cite the second one`",
    example="cite 10.1016/j.cell.2017.01.017",
)
