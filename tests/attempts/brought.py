"""What files said in the name of services, to workspaces that had never seen them."""

from tests.attempts.files import ris
from tests.attempts.trying import Checkout, attempt

AREA = "brought"
DOI = "10.1234/typed"
NBIB = f"""PMID- 31234567
TI  - Macrophages of a work that was never retracted
PT  - Journal Article
PT  - Retracted Publication
LID - {DOI} [doi]
"""
CROSSREF = f"""{{"status": "ok", "message-type": "work", "message": {{"DOI": "{DOI}",
 "title": ["Macrophages of a work"], "type": "journal-article",
 "update-to": [], "updated-by": [{{"DOI": "10.1234/notice", "type": "retraction",
 "updated": {{"date-parts": [[2024, 1, 2]]}}}}]}}}}"""

# The services of a checkout, old or new, with a clock that can be set.
OPENED = """
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
try:
    from bot.app.composition import build_router, opened
    from bot.records import models
except ImportError:
    from bot.app import build_router, opened
    from bot import models
from bot.settings import Settings
globals().update(vars(models))
from handlers.router import Place, Request, Surface
moment = [datetime(2026, 1, 15, 12, tzinfo=UTC)]
def services():
    return opened(Settings(home=Path("home"), starter=False), lambda: moment[0])
def bringing():
    try: from bot.harvest.bringing import Bringer
    except ImportError: return {}
    return {"bringer": Bringer("U0ANN", "/T1")}
def said(router, text, workspace):
    place = Place(workspace, "C1", "", "U9")
    return router.answer(Request(text, Surface.SLASH, asker=place)).message.text
"""


def output(bot: Checkout, code: str) -> str:
    """What a program over the checkout's services prints."""
    done = bot.program(OPENED + code, seconds=60)
    assert not done.trouble, done.out[-400:]
    return done.out


def others(bot: Checkout, name: str, data: str) -> str:
    """What another workspace is told of a work, when one has dropped a file about it."""
    bot.file(name, data)
    return output(bot, f"""
with services() as built:
    built.harvester.take_file(Path({name!r}), **bringing())
    built.index.follow(built.store)
    router = build_router(built)
    print("HERS", said(router, "show {DOI}", "/T1"))
    print("THEIRS", said(router, "show {DOI}", "/T2"))
    print("CHECK", said(router, "check {DOI}", "/T2"))
""")  # fmt: skip


@attempt(AREA, "PubMed's format dropped by one workspace: what another one's `check` says")
def pubmed_typed(bot: Checkout) -> str:
    """Retracted · says PubMed."""
    out = others(bot, "typed.nbib", NBIB)
    theirs = out.partition("THEIRS")[2]
    assert "Macrophages" in out, out[-300:]
    if "says PubMed" in out or "Retracted" in out:
        return "“Retracted · says PubMed”" if "says PubMed" in theirs else "Retracted, by a file"
    return "the other workspace sees it" if "Macrophages of" in theirs else ""


@attempt(AREA, "Crossref's own JSON as a file")
def crossref_typed(bot: Checkout) -> str:
    """As above."""
    bot.file("typed.json", CROSSREF)
    out = output(bot, f"""
with services() as built:
    built.harvester.take_file(Path("typed.json"), "crossref", **bringing())
    built.index.follow(built.store)
    print(said(build_router(built), "show {DOI}", "/T1"))
""")  # fmt: skip
    assert "Macrophages" in out, out[-300:]
    return (
        "“Source: Crossref”"
        if "file typed.json" not in out
        else ("Retracted, by a file" if "Retracted" in out else "")
    )


@attempt(AREA, "A CSV with a longer abstract, more names and a link, over Crossref's record")
def csv_replaces(bot: Checkout) -> str:
    """Took the place of all three."""
    bot.file("longer.csv", "title,authors,year,doi,abstract,url\n"
             f'Macrophages of a work,"Other, A; Smith, B; Third, C",2024,{DOI},'
             f'"{"Typed by hand. " * 40}",https://evil.example/full.pdf\n')  # fmt: skip
    out = output(bot, f"""
with services() as built:
    at = Provenance(source="crossref", at=moment[0])
    built.harvester.take([Record(title="Macrophages of a work", abstract="Of Crossref.",
        published="2024", contributors=(Contribution(family="Smith", given="Beth"),),
        access=Access(status=AccessStatus.OPEN, url="https://publisher.example/a"),
        identifiers=(Identifier(scheme=Scheme.DOI, value="{DOI}"),), provenance=(at,))], "test")
    built.harvester.take_file(Path("longer.csv"), **bringing())
    [record] = built.store.find(Identifier(scheme=Scheme.DOI, value="{DOI}"))
    print("ABSTRACT", record.abstract)
    print("NAMES", [each.family for each in record.contributors])
    print("LINK", record.access and record.access.url)
""")  # fmt: skip
    assert "ABSTRACT" in out, out[-300:]
    lost = [
        what
        for what, kept in (
            ("abstract", "ABSTRACT Of Crossref."), ("authors", "NAMES ['Smith']"),
            ("link", "LINK https://publisher.example/a"),
        )
        if kept not in out
    ]  # fmt: skip
    return f"replaced: {', '.join(lost)}" if lost else ""


@attempt(AREA, "An import: listed with who and when, and taken out whole")
def undone(bot: Checkout) -> str:
    """There was no way back."""
    bot.reading("refs.ris", ris("Macrophages", doi=DOI))
    listed = bot.tme("imports", "--json")
    if listed.code:
        return "`tme imports`: no such command"
    [line] = listed.lines
    assert line["by"], line
    assert line["at"], line
    done = bot.tme("import", "--undo", str(line["number"]), "--yes")
    assert done.code == 0, done.out
    gone = bot.tme("show", DOI)
    return "it is still there" if gone.code == 0 else ""
