"""Importing vocabularies: the makers' forms, what is refused with its line, what a kill leaves."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.child import MIB, Limits, lines
from bot.errors import StoreBusy, TmeError, UnreadableFile
from bot.vocabulary.imported import ImportedTerms, load_imported
from bot.vocabulary.imports import import_file, importing
from bot.vocabulary.imports.importing import read_terms
from bot.vocabulary.imports.terms import Imported, Role, Term, TermName
from bot.vocabulary.imports.terms_file import TermFolder
from bot.vocabulary.terms import name_key
from tests.vocabulary.published_forms import ASCII, DESCRIPTORS, GENES, SUPPLEMENT, as_json, table

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> TermFolder:
    return TermFolder(tmp_path / "vocabularies")


@pytest.fixture
def terms(folder: TermFolder, seeds: Path) -> ImportedTerms:
    return load_imported(seeds, folder)


def take(folder: TermFolder, path: Path, content: str | bytes) -> Imported:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_file(path, folder, NOW, lambda _done: None)


def names(terms: ImportedTerms, name: str) -> set[str]:
    (found,) = terms.of(name)
    return {each.text for each in found.term.names}


def test_mesh_descriptors_as_xml(folder: TermFolder, terms: ImportedTerms, tmp_path: Path) -> None:
    done = take(folder, tmp_path / "desc2025.xml", DESCRIPTORS)
    assert (done.name, done.terms) == ("mesh", 5)
    (found,) = terms.of("heart attacks")
    assert (found.term.code, found.term.kind, found.term.areas) == ("D009203", "heading", "C")
    assert found.term.meaning.startswith("NECROSIS of the MYOCARDIUM")
    # Permuted terms are an index's way to write a name.
    assert names(terms, "Heart Attack") == {"Myocardial Infarction", "Heart Attack"}


def test_mesh_descriptors_as_ascii(
    folder: TermFolder, terms: ImportedTerms, tmp_path: Path
) -> None:
    assert take(folder, tmp_path / "d2025.bin", ASCII).terms == 2
    assert names(terms, "cardiac infarct") == {
        "Myocardial Infarction", "Heart Attack", "Cardiac Infarct",
    }  # fmt: skip
    assert terms.of("neoplasm")[0].term.areas == "C"


def test_mesh_supplementary_concepts(
    folder: TermFolder, terms: ImportedTerms, tmp_path: Path
) -> None:
    assert take(folder, tmp_path / "supp2025.xml", SUPPLEMENT).name == "mesh-supplement"
    assert terms.of("EX1234")[0].label == "exampletinib"


@pytest.mark.parametrize(
    "content",
    [table(), json.dumps(as_json()), gzip.compress(table().encode()), "\ufeff" + table(),
     table().replace("\n", "\r\n")],
    ids=["tsv", "json", "gz", "with a byte order mark", "with Windows line ends"],
)  # fmt: skip
def test_hgnc_in_its_forms(
    folder: TermFolder, terms: ImportedTerms, tmp_path: Path, content: str | bytes
) -> None:
    done = take(folder, tmp_path / "hgnc_complete_set", content)
    assert (done.name, done.terms) == ("hgnc", len(GENES))
    (gene,) = terms.of("CD279")
    assert (gene.label, gene.term.meaning) == ("PDCD1", "programmed cell death 1")
    assert terms.of("SLEB2")[0].label == "PDCD1"
    assert terms.of("Wiskott-Aldrich syndrome")[0].label == "WAS"


@pytest.mark.shared_data
def test_a_real_table_from_hgnc(
    folder: TermFolder, terms: ImportedTerms, shared: Path, tmp_path: Path
) -> None:
    content = (shared / "data" / "vocab" / "gene_aliases.tsv").read_bytes()
    assert take(folder, tmp_path / "genes.tsv", content).terms == 120
    assert terms.of("MCAF")[0].label == "CCL2"


def test_genes_that_were_withdrawn_are_left_out(
    folder: TermFolder, terms: ImportedTerms, tmp_path: Path
) -> None:
    gone = table((("HGNC:1", "GONE1", "gone", "", "", "", ""),), "Entry Withdrawn").splitlines()
    take(folder, tmp_path / "genes.txt", table() + gone[1] + "\n")
    assert not terms.of("GONE1")


REFUSED = {
    "a gene without an HGNC id": (table() + "8760x\tA1\tn\n", "line 15: “8760x” is no HGNC id"),
    "a gene without a symbol": (table() + "HGNC:99\t\tname\n", "line 15: HGNC:99 has no symbol"),
    "a gene twice": (table() + "HGNC:8760\tPDCD1\tn\n", "HGNC:8760 stands there twice"),
    "a row cut short": (table() + "HGNC:99\n", "line 15: only 1 of"),
    "a table that is not UTF-8": (table().encode() + b"HGNC:9\t\xff\tx\n", "line 15: not UTF-8"),
    "a table of genes without a gene": (table(()), "line 1: holds no term"),
    "another table": ("a\tb\n1\t2\n", "line 1: neither MeSH descriptors"),
    "nothing": ("", "line 1: neither MeSH descriptors"),
    "JSON of something else": ('{"a": 1}', "line 1: not HGNC's JSON"),
    "JSON cut short": ('{"response":\n {"docs": [', "line 2: not JSON"),
    "JSON with a number for a gene": ('{"response": {"docs": [7]}}', "gene 1 of `docs`"),
    "deep JSON": ('{"response":' * 100_000, "line 1: nested too deeply"),
    "XML cut short": (DESCRIPTORS[:1500], "not XML"),
    "a descriptor without its number": (
        DESCRIPTORS.replace("<DescriptorUI>D001288</DescriptorUI>", ""),
        "line 29: a DescriptorRecord without DescriptorUI",
    ),
    "a descriptor twice": (DESCRIPTORS.replace("D001288", "D009203"), "stands there twice"),
    "XML of another kind": ("<html><body/></html>", "line 1: neither MeSH descriptors"),
    "ASCII that begins well": (ASCII + "nonsense\n", "line 17: not a MeSH record"),
    "ASCII without a number": (ASCII.replace("UI = D009369\n", ""), "line 11: a record without UI"),
    "gzip cut short": (gzip.compress(table().encode())[:200], "the gzip data is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_file_is_refused_with_its_line_and_changes_nothing(
    folder: TermFolder, terms: ImportedTerms, tmp_path: Path, case: str
) -> None:
    take(folder, tmp_path / "good.txt", table())
    take(folder, tmp_path / "good.xml", DESCRIPTORS)
    before = folder.listed()
    content, reason = REFUSED[case]
    with pytest.raises(UnreadableFile) as refused:
        take(folder, tmp_path / "bad.file", content)
    assert reason in refused.value.message
    assert refused.value.message.startswith("bad.file")
    assert folder.listed() == before
    assert terms.of("CD279")
    assert terms.of("heart attack")
    assert sorted(p.suffix for p in (tmp_path / "vocabularies").iterdir() if p.name != "lock") == [
        ".vocabulary", ".vocabulary",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">',
     '<!ENTITY b SYSTEM "file:///etc/passwd">'],
)  # fmt: skip
def test_entities_are_refused(folder: TermFolder, tmp_path: Path, declared: str) -> None:
    content = DESCRIPTORS.replace('20250101.dtd">', f'20250101.dtd" [{declared}]>')
    content = content.replace("Heart Attack", "&b;")
    with pytest.raises(UnreadableFile, match="line 2: declares entities"):
        take(folder, tmp_path / "desc.xml", content)


def test_what_cannot_be_opened_is_named(folder: TermFolder, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nowhere\.xml: No such file"):
        import_file(tmp_path / "nowhere.xml", folder, NOW, lambda _done: None)
    with pytest.raises(UnreadableFile, match="Is a directory"):
        import_file(tmp_path, folder, NOW, lambda _done: None)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(at=st.integers(0, len(DESCRIPTORS)), junk=st.binary(max_size=40))
def test_no_bytes_bring_more_than_a_refusal(tmp_path: Path, at: int, junk: bytes) -> None:
    file = tmp_path / "any.file"
    for whole in (DESCRIPTORS.encode(), table().encode(), ASCII.encode()):
        file.write_bytes(whole[:at] + junk + whole[at:])
        try:
            assert list(read_terms(file))
        except UnreadableFile as refused:
            assert refused.message.startswith("any.file")  # noqa: PT017 - both ends are fine


def test_a_file_that_would_fill_the_memory_is_given_up(tmp_path: Path) -> None:
    """Read in a process of its own, which is what is out of memory."""
    file = tmp_path / "hgnc.json.gz"
    with gzip.open(file, "wt") as packed:
        packed.write('{"response": {"docs": [' + "[" * 200_000_000)
    limits = Limits(seconds=60, memory=256 * MIB)
    with pytest.raises(UnreadableFile, match="needs more than the 256 MiB of memory"):
        list(lines(importing.__name__, [str(file)], file, limits))


def test_an_import_takes_the_place_of_the_one_before(
    folder: TermFolder, terms: ImportedTerms, tmp_path: Path
) -> None:
    take(folder, tmp_path / "a.txt", table())
    assert terms.of("KRAS1")
    take(folder, tmp_path / "b.txt", table((("HGNC:5", "A1BG", "alpha", "", "", "", ""),)))
    assert not terms.of("KRAS1")
    assert [each.file for each in folder.listed()] == ["b.txt"]
    assert folder.remove("hgnc")
    assert not folder.remove("hgnc")
    assert not terms.of("A1BG")


def test_a_damaged_vocabulary_is_listed_and_left_out(
    folder: TermFolder, terms: ImportedTerms, tmp_path: Path
) -> None:
    take(folder, tmp_path / "a.txt", table())
    (tmp_path / "vocabularies" / "mesh.vocabulary").write_bytes(b"no database")
    assert [(each.name, each.usable) for each in folder.listed()] == [
        ("hgnc", True),
        ("mesh", False),
    ]
    assert terms.of("KRAS1")
    take(folder, tmp_path / "desc.xml", DESCRIPTORS)
    assert terms.of("heart attack")


def test_progress_is_heard_and_an_error_in_the_middle_leaves_the_old(
    folder: TermFolder, tmp_path: Path
) -> None:
    take(folder, tmp_path / "a.txt", table())
    on_progress: list[int] = []

    def stopping() -> Iterator[Term]:
        for number in range(5_000):
            yield Term(f"X{number}", "gene", f"GENE{number}", names=(TermName("G", Role.LABEL),))
        raise UnreadableFile("stop")

    about = Imported("hgnc", "", "", "", 0, 0)
    with pytest.raises(TmeError, match="stop"):
        folder.replace(about, stopping(), name_key, on_progress.append)
    assert on_progress == [1000, 2000, 3000, 4000, 5000]
    assert folder.listed()[0].terms == len(GENES)


_SLOW = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bot.vocabulary.imports.terms_file import TermFolder
from bot.vocabulary.imports import import_file

def on_progress(done):
    print(done, flush=True)
    sys.stdin.read()  # until it is killed

import_file(Path(sys.argv[1]), TermFolder(Path(sys.argv[2])), datetime.now(UTC), on_progress)
"""


def test_a_killed_import_leaves_the_old_one_and_the_next_clears_up(
    folder: TermFolder, terms: ImportedTerms, tmp_path: Path
) -> None:
    take(folder, tmp_path / "a.txt", table())
    genes = tuple((f"HGNC:{n}", f"GENE{n}", "", "", "", "", "") for n in range(1, 3_000))
    (tmp_path / "many.txt").write_text(table(genes))
    kept = tmp_path / "vocabularies"
    with subprocess.Popen(
        [sys.executable, "-c", _SLOW, str(tmp_path / "many.txt"), str(kept)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "1000\n"
        with pytest.raises(StoreBusy):
            take(folder, tmp_path / "b.txt", table())
        os.kill(process.pid, signal.SIGKILL)
    assert folder.listed()[0].terms == len(GENES)
    assert terms.of("KRAS1")
    assert list(kept.glob("*.part"))
    take(folder, tmp_path / "many.txt", (tmp_path / "many.txt").read_bytes())
    assert not list(kept.glob("*.part"))
    assert terms.of("GENE2999")
