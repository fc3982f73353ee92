"""`tme merge`: which stored records are one work, why, joining them, and taking that back."""

from collections.abc import Iterator

import click

from bot.app.cli import json_lines as interface
from bot.app.cli.common import json_option, opened_services, progress
from bot.errors import TmeError, UnknownRecord
from bot.harvest.merger import Explained, Likely, Merger
from bot.merging.choice import RULES
from bot.merging.sameness import Verdict
from bot.records.models import Known, Record
from bot.store.merges import Merge
from handlers.services import Services
from handlers.views import origins

_AUTHOR = "tme merge"
_MARKS = {"same": "=", "near": "≈", "different": "≠", "unknown": "?"}
_SAID = {
    Known.YES: "One work",
    Known.NO: "Two works",
    Known.UNKNOWN: "Not sure",
}


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID] [ID]")
@click.option("--explain", is_flag=True, help="Change nothing; say why, or what it is made of.")
@click.option("--undo", is_flag=True, help="Take the last merge of ID back.")
@click.option("--apart", is_flag=True, help="Note that the two are two works; merge them never.")
@click.option("--find", is_flag=True, help="List the stored records that are one work.")
@click.option("--join", is_flag=True, help="With --find: merge those that are sure.")
@json_option
def merge(
    ids: tuple[str, ...],
    explain: bool,
    undo: bool,
    apart: bool,
    find: bool,
    join: bool,
    as_json: bool,
) -> None:
    """Make one record of two that are one work, say why they are or are not, or undo it.

    An ID is a record's id, or a DOI, PMID or other identifier in any pasted form. Nothing is
    lost by merging: what each source said is kept, and both ids go on to work.

    \b
    Examples:
      tme merge --explain 10.1101/2020.03.22.002386 10.1038/s41586-020-2286-9
      tme merge 10.1101/2020.03.22.002386 10.1038/s41586-020-2286-9
      tme merge --undo 10.1038/s41586-020-2286-9
      tme merge --find --join
    """
    _check(ids, explain=explain, undo=undo, apart=apart, find=find, join=join)
    with opened_services(starter=False) as services:
        merger = services.merger
        if find:
            with progress("Reading") as on_progress:
                candidates = merger.candidates(on_progress)
            _found(merger, merger.likely(candidates), join=join, as_json=as_json)
        elif explain and len(ids) == 1:
            _explained(merger.explain(_meant(services, ids[0]).id), as_json=as_json)
        elif undo:
            _undone(merger, services, ids[0], as_json=as_json)
        else:
            one, other = (_meant(services, text) for text in ids)
            _two(services, one, other, explain=explain, apart=apart, as_json=as_json)
        if not explain:
            services.index.follow(services.store)


def _check(ids: tuple[str, ...], **flags: bool) -> None:
    chosen = [name for name in ("explain", "undo", "apart", "find") if flags[name]]
    if len(chosen) > 1:
        raise click.UsageError(f"--{chosen[0]} and --{chosen[1]} do not go together.")
    if flags["join"] and not flags["find"]:
        raise click.UsageError("--join goes with --find. To merge two records give both ids.")
    wanted = {"find": (0,), "undo": (1,), "explain": (1, 2)}.get(next(iter(chosen), ""), (2,))
    if len(ids) not in wanted:
        number = " or ".join(("no", "one", "two")[count] for count in wanted)
        raise click.UsageError(
            f"Give {number} ID{'s' if wanted[-1] != 1 else ''}."
            " For example: tme merge 10.1101/2020.03.22.002386 10.1038/s41586-020-2286-9"
        )


def _meant(services: Services, text: str) -> Record:
    record = services.store.get(text) or services.lookup.one(text)
    if record is None:
        raise UnknownRecord(f"No record of {text[:80]} is stored.")
    return record


def _two(
    services: Services, one: Record, other: Record, *, explain: bool, apart: bool, as_json: bool
) -> None:
    """Explain, keep apart or join two records. Raises TmeError where they are one already."""
    merger = services.merger
    if one.id == other.id:
        raise TmeError(
            f"Both are one record, {one.id}, already.",
            f"`tme merge --explain {one.id}` says what it is made of.",
        )
    verdict = merger.verdict(one, other)
    if explain:
        click.echo(
            interface.line(_verdict_json(one, other, verdict))
            if as_json
            else "\n".join(_verdict_lines(one, other, verdict))
        )
    elif apart:
        services.store.merges.keep_apart(one.id, other.id, author=_AUTHOR)
        shown = {"apart": [one.id, other.id]}
        click.echo(interface.line(shown) if as_json else "Noted: they are two works.")
    else:
        why = f"a person said so; the rule says: {verdict.rule}"
        _say(merger.join(one, other, author=_AUTHOR, why=why), "Merged", as_json=as_json)


def _undone(merger: Merger, services: Services, text: str, *, as_json: bool) -> None:
    stored = services.store.get(text) is not None
    merge = merger.undo(text if stored else _meant(services, text).id, author=_AUTHOR)
    if merge is None:
        raise TmeError(
            f"No merge of {text[:80]} is there to undo.",
            "`tme merge --explain ID` lists the merges of a record.",
        )
    _say(merge, "Undone; noted that they are two works", as_json=as_json)


def _say(merge: Merge, what: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(interface.line(_merge_json(merge)))
        return
    click.echo(f"{what}: {merge.kept} and {merge.absorbed} (“{merge.absorbed_title}”)")
    if merge.undone is None:
        click.echo(f"Both ids go on to work. To take it back: tme merge --undo {merge.kept}")


def _found(merger: Merger, likely: Iterator[Likely], *, join: bool, as_json: bool) -> None:
    counts = {Known.YES: 0, Known.UNKNOWN: 0}
    for pair in likely:
        counts[pair.verdict.one_work] += 1
        if as_json:
            click.echo(interface.line(_verdict_json(pair.one, pair.other, pair.verdict)))
        else:
            click.echo("\n".join(_verdict_lines(pair.one, pair.other, pair.verdict)) + "\n")
        if join and pair.verdict.same:
            merger.join(pair.one, pair.other, author=_AUTHOR, why=pair.verdict.rule)
    if as_json:
        return
    done = "merged" if join else "are one work (tme merge --find --join merges them)"
    click.echo(
        f"{counts[Known.YES]:,} pairs {done}; {counts[Known.UNKNOWN]:,} are for you to decide."
    )


def _verdict_lines(one: Record, other: Record, verdict: Verdict) -> Iterator[str]:
    yield f"{_SAID[verdict.one_work]}: {verdict.rule}"
    for record in (one, other):
        yield f"  {record.id}  {record.title[:90]}  {record.doi or record.pmid or ''}".rstrip()
    for each in verdict.evidence:
        yield f"  {_MARKS[each.says]} {each.field}: {each.words[:120]}"


def _verdict_json(one: Record, other: Record, verdict: Verdict) -> dict[str, object]:
    evidence = [{"field": e.field, "says": e.says, "words": e.words} for e in verdict.evidence]
    return {
        "ids": [one.id, other.id],
        "titles": [one.title, other.title],
        "one_work": verdict.one_work,
        "rule": verdict.rule,
        "evidence": evidence,
    }


def _merge_json(merge: Merge) -> dict[str, object]:
    return {
        "kept": merge.kept, "absorbed": merge.absorbed, "title": merge.absorbed_title,
        "why": merge.why, "author": merge.author, "at": merge.at, "undone": merge.undone,
    }  # fmt: skip


def _explained(explained: Explained, *, as_json: bool) -> None:
    """What a record is made of: its versions, which field is whose, and its merges."""
    record, merges = explained.record, explained.merges
    sources = {
        name: [origins.origin_name(p) for p in record.provenance if name in p.fields]
        for rule in RULES
        for name in rule.fields
    }
    if as_json:
        versions = [interface.record(version) for version in explained.versions]
        shown = {"id": record.id, "versions": versions, "fields": sources}
        click.echo(interface.line({**shown, "merges": [_merge_json(m) for m in merges]}))
        return
    click.echo(f"{record.id}  {record.title}")
    click.echo(f"Made of {len(explained.versions)} version(s):")
    for version in explained.versions:
        names = " ".join(f"{i.scheme}:{i.value}" for i in version.identifiers)
        click.echo(f"  {', '.join(map(origins.origin_name, version.provenance))}: {names}")
    for name, where in sources.items():
        if where:
            click.echo(f"  {name} from {', '.join(where)}")
    for merge in merges:
        state = f"undone {merge.undone:%-d %b %Y}" if merge.undone else "stands"
        click.echo(f"Merge of {merge.at:%-d %b %Y} by {merge.author} ({state}): {merge.why}")
        click.echo(f"  {merge.absorbed} (“{merge.absorbed_title[:80]}”) went into {merge.kept}")
