"""`tme vocabulary`: the vocabularies that an operator imports beside the bot's own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, progress
from bot.app.composition import seeds_folder
from bot.errors import TmeError, UsageError
from bot.settings import Settings
from bot.vocabulary.imported import ImportedTerm, load_imported
from bot.vocabulary.imports import import_file
from bot.vocabulary.imports.terms import Imported
from bot.vocabulary.imports.terms_file import TermFolder
from bot.vocabulary.sources import source_name


@click.group()
def vocabulary() -> None:
    """Import MeSH and HGNC, so that their names of a thing find it too; list, show, remove.

    Genes of HGNC (symbols, earlier symbols, aliases, names) and headings of MeSH (entry terms)
    join a question's words as alternatives. The bot's own vocabulary comes first: whatever it
    reads in a question, it reads the same.

    \b
    Example: tme vocabulary import desc2025.xml hgnc_complete_set.txt
    """


@vocabulary.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def import_(files: tuple[Path, ...], as_json: bool) -> None:
    """Take in vocabularies, each in place of the one imported from such a file before.

    \b
    Read are, plain or .gz, as their makers publish them:
      desc20XX.xml, d20XX.bin    MeSH descriptors              nlm.nih.gov/mesh
      supp20XX.xml               MeSH supplementary concepts   nlm.nih.gov/mesh
      hgnc_complete_set          TSV (.txt) or JSON            genenames.org/download

    A running `tme serve` uses them from the next question on. A file that is not read whole is
    refused with the line and the reason, and what was imported before stays.

    \b
    Example: tme vocabulary import desc2025.xml hgnc_complete_set.txt
    """
    done = [_imported(path, as_json=as_json) for path in files]
    if not all(done):
        raise click.exceptions.Exit(1)


@vocabulary.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List what is imported, from which file and when.

    \b
    Example: tme vocabulary list
    """
    _list(as_json=as_json)


@vocabulary.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
def remove(names: tuple[str, ...]) -> None:
    """Take imported vocabularies away, by the name that `list` shows.

    \b
    Example: tme vocabulary remove hgnc
    """
    for name in names:
        _remove(name)


@vocabulary.command()
@click.argument("words", nargs=-1, required=True, metavar="TERM")
@json_option
def show(words: tuple[str, ...], as_json: bool) -> None:
    """Show what imported vocabularies know under a name, and which names a search uses.

    \b
    Example: tme vocabulary show PDCD1
    """
    _show(" ".join(words), as_json=as_json)


def _imported(path: Path, *, as_json: bool) -> bool:
    """Import one file and say what became of it; whether it is in."""
    try:
        with progress(f"Importing {path.name}") as on_progress:
            done = import_file(path, _folder(), datetime.now(UTC), on_progress)
    except TmeError as error:
        if as_json:
            shown = {"file": path.name, "error": interface.error_object(error)}
            click.echo(interface.line(shown))
        else:
            click.echo(f"tme: {error.as_line}", err=True)
        return False
    click.echo(interface.line(_about_json(done)) if as_json else _about_text(done))
    return True


def _list(*, as_json: bool) -> None:
    listed = _folder().listed()
    for each in listed:
        click.echo(interface.line(_about_json(each)) if as_json else _about_text(each))
    if not listed and not as_json:
        click.echo("Nothing is imported. See `tme vocabulary import --help`.")


def _show(name: str, *, as_json: bool) -> None:
    found = load_imported(seeds_folder(), _folder()).of(name)
    for each in found:
        click.echo(interface.line(_term_json(each)) if as_json else _term_text(each))
    if not found:
        if not as_json:
            click.echo(f"“{name[:80]}” is in no imported vocabulary.", err=True)
        raise click.exceptions.Exit(1)


def _remove(name: str) -> None:
    if not _folder().remove(name):
        stored = ", ".join(each.name for each in _folder().listed()) or "none"
        raise UsageError(f"No vocabulary “{name[:60]}” is imported.", f"Imported: {stored}.")
    click.echo(f"{name} removed")


def _folder() -> TermFolder:
    return TermFolder(Settings.load().vocabularies_folder)


def _about_json(about: Imported) -> dict[str, Any]:
    return {"vocabulary": about.name, "title": about.title, "file": about.file,
            "imported": about.at, "terms": about.terms, "names": about.names,
            "usable": about.usable}  # fmt: skip


def _about_text(about: Imported) -> str:
    if not about.usable:
        return f"{about.name}: cannot be used; import it again"
    return (
        f"{about.name}: {about.terms:,} terms, {about.names:,} names"
        f" ({about.title}, from {about.file}, {about.at[:10]})"
    )


def _term_json(each: ImportedTerm) -> dict[str, Any]:
    term = each.term
    return {"code": term.code, "kind": term.kind, "label": term.label, "meaning": term.meaning,
            "names": [name.text for name in term.names], "searched": list(each.other_names),
            "source": source_name(term.vocabulary)}  # fmt: skip


def _term_text(each: ImportedTerm) -> str:
    term = each.term
    names = ", ".join(name.text for name in term.names if name.text != term.label)
    lines = [f"{term.label} ({term.kind}, {source_name(term.vocabulary)} {term.code})"]
    lines += [f"  {term.meaning}"] if term.meaning else []
    lines += [f"  Also called: {names}"] if names else []
    lines.append(f"  A search uses: {', '.join(each.other_names) or 'only what was typed'}")
    return "\n".join(lines)
