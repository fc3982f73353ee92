"""Imported names in questions: what they find, and that nobody's plain words are taken for them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app.cli import main
from bot.records.answers import Answer
from bot.settings import Settings
from bot.text.folding import clean, tokenise
from bot.vocabulary import Recognised, Vocabulary
from bot.vocabulary.imports import import_file
from bot.vocabulary.imports.terms_file import TermFolder
from handlers.router import Request, Router, Surface
from tests.block_check import check_message
from tests.own_records import router_over, work
from tests.vocabulary.published_forms import DESCRIPTORS, SUPPLEMENT, table

FILES = {"desc2025.xml": DESCRIPTORS, "supp2025.xml": SUPPLEMENT, "hgnc_complete_set.txt": table()}
TITLES = (
    "Outcome after myocardial infarction",
    "KRAS mutations in colon adenocarcinoma",
    "Leptin and obesity",
    "Anti-tumor activity of exampletinib",
    "Programmed cell death 1 in melanoma",
    "A cat at rest was left in peace",
    "High concentration of lactate",
    "Catalase in liver",
    "hSLE1 variants in lupus",
    "SCH-900475 in lung cancer",
    "A heart under attack by lymphocytes",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with every vocabulary imported."""
    home = tmp_path_factory.mktemp("imported")
    folder = TermFolder(Settings(home=home).vocabularies_folder)
    for name, content in FILES.items():
        (home / name).write_text(content)
        import_file(home / name, folder, datetime.now(UTC), lambda _done: None)
    return home


@pytest.fixture(scope="module")
def vocabulary(home: Path, seeds: Path) -> Vocabulary:
    folder = TermFolder(Settings(home=home).vocabularies_folder)
    return Vocabulary.load(seeds / "taxonomy.yaml", imported=folder)


@pytest.fixture(scope="module")
def plain(seeds: Path) -> Vocabulary:
    return Vocabulary.load(seeds / "taxonomy.yaml")


@pytest.fixture(scope="module")
def router(home: Path) -> Iterator[Router]:
    with router_over(home, [work(n, title) for n, title in enumerate(TITLES)]) as made:
        yield made


def recognised(vocabulary: Vocabulary, text: str) -> list[Recognised]:
    text = clean(text)
    return vocabulary.recognise(tokenise(text), text)


def labels(vocabulary: Vocabulary, text: str) -> list[str]:
    return [t.label for t in recognised(vocabulary, text) if t.only_imported]


def ask(router: Router, text: str) -> Answer:
    return router.answer(Request(text, Surface.TERMINAL)).answer


def found(router: Router, text: str) -> set[str]:
    return {hit.record.title for hit in ask(router, text).hits if hit.strict}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KRAS", ["KRAS"]), ("kras", ["KRAS"]), ("Kras mutant mice", ["KRAS"]),
        ("KRAS2", ["KRAS"]), ("kras2", ["KRAS"]), ("K-Ras4B", ["KRAS"]), ("k-ras 4b", ["KRAS"]),
        ("il9", ["IL9"]), ("IL-9", ["IL9"]), ("brca2", ["BRCA2"]), ("CD4", ["CD4"]),
        ("SLEB2", ["PDCD1"]), ("sleb2", ["PDCD1"]), ("hSLE1", ["PDCD1"]), ("HP40", ["IL9"]),
        ("interleukin 9", ["IL9"]), ("leptin", ["LEP"]), ("Leptin", ["LEP"]),
        ("NRSF", ["REST"]), ("WASPA", ["WAS"]), ("wiskott-aldrich syndrome", ["WAS"]),
        ("heart attack", ["Myocardial Infarction"]), ("Heart attacks", ["Myocardial Infarction"]),
        ("myocardial infarctions", ["Myocardial Infarction"]), ("neoplasm", ["Neoplasms"]),
        ("malignancy", ["Neoplasms"]), ("EX-1234", ["exampletinib"]), ("ex1234", ["exampletinib"]),
        # Symbols that are English words, aliases without a digit and short symbols: as written.
        ("CAT", ["CAT"]), ("WAS", ["WAS"]), ("IMPACT of drugs", ["IMPACT"]), ("TNF", ["TNF"]),
        ("the REST complex", ["REST"]),
    ],
)  # fmt: skip
def test_names_are_recognised(vocabulary: Vocabulary, text: str, expected: list[str]) -> None:
    found = recognised(vocabulary, text)
    assert [each.label for term in found for each in term.imported] == expected


@pytest.mark.parametrize(
    "text",
    [
        "cat", "cats", "Cat", "was", "Was", "the rest of it", "Rest", "impact factor", "Impact of",
        "mice", "nrsf", "waspa", "fad", "FAD",  # aliases: three letters never, others as written
        "p40", "P40",  # of several genes
        "concentration", "attention", "Attention",  # of psychology
        "cd47", "cd 47", "cd", "4", "il", "9",  # a symbol is whole or not at all
        "tnf", "lep", "ob", "OB",
        "WHAT WAS THE IMPACT OF REST",  # shouted: capitals tell nothing
    ],
)  # fmt: skip
def test_plain_words_are_not_hijacked(vocabulary: Vocabulary, text: str) -> None:
    assert labels(vocabulary, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "macrophages", "macrophage csf1r", "PD-1 blockade", "Keytruda", "mice", "TAM", "CAR-T",
        "monocyte-derived macrophages", "what is being done about MDSCs", "lox", "LOX",
        "pembrolizumab neoplasms programmed cell death 1 receptor",
    ],
)  # fmt: skip
def test_the_bots_own_vocabulary_reads_as_before(
    vocabulary: Vocabulary, plain: Vocabulary, text: str
) -> None:
    own = [(t.start, t.end, t.concepts, t.drugs, t.genes, t.label, t.sense)
           for t in recognised(vocabulary, text) if not t.only_imported]  # fmt: skip
    assert own == [(t.start, t.end, t.concepts, t.drugs, t.genes, t.label, t.sense)
                   for t in recognised(plain, text)]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("heart attack", TITLES[0]), ("kras2", TITLES[1]), ("k-ras4b adenocarcinoma", TITLES[1]),
        ("ex-1234", TITLES[3]), ("CD279", TITLES[4]), ("hSLE1", TITLES[4]), ("CAT", TITLES[7]),
        ("PDCD1", TITLES[8]), ("pembrolizumab", TITLES[9]), ("Keytruda", TITLES[9]),
    ],
)  # fmt: skip
def test_other_names_find_the_record(router: Router, text: str, title: str) -> None:
    assert title in found(router, text)


def test_words_of_a_heading_still_find_what_they_found(router: Router) -> None:
    assert found(router, "heart attack") == {TITLES[0], TITLES[10]}


def test_the_name_that_was_typed_is_no_other_name(vocabulary: Vocabulary) -> None:
    for text, others in {
        "heart attacks": ("Myocardial Infarction",),
        "myocardial infarction": ("Heart Attack",),
        "KRAS": ("KRAS2", "KRAS1", "K-Ras4B"),
    }.items():
        (term,) = recognised(vocabulary, text)
        assert vocabulary.imported_names(term) == others


def test_what_is_excluded_is_excluded_under_its_other_names(router: Router) -> None:
    assert TITLES[1] not in found(router, "mutations -kras2")


def test_the_reading_is_said_with_its_source(router: Router) -> None:
    answer = ask(router, "kras2 heart attack")
    assert answer.understood.genes == ("KRAS",)
    assert answer.understood.terms == ("heart", "attack")
    senses = [(s.typed, s.taken) for s in answer.understood.senses]
    assert senses == [("kras2", "KRAS (HGNC)"), ("heart attack", "Myocardial Infarction (MeSH)")]
    assert not ask(router, "KRAS neoplasm").understood.senses


def test_little_words_stay_little_words(router: Router) -> None:
    """MeSH has a heading Work, and nobody who asks a question means it."""
    answer = ask(router, "what work is there on leptin?")
    assert {"what", "work"} <= set(answer.understood.ignored)
    assert [hit.record.title for hit in answer.hits] == [TITLES[2]]


def test_symbols_are_never_corrected(router: Router) -> None:
    for text in ("KRAS2", "kras", "il9", "ex-1234", "BRCA2", "brca2", "cd4", "cd47", "PDCD1"):
        assert not ask(router, text).understood.corrected, text


def test_a_term_is_defined_with_its_source(router: Router) -> None:
    for text, parts in {
        "define PDCD1": (
            "programmed cell death 1",
            "Also called by HGNC: ",
            "hSLE1",
            "HGNC (https",
        ),
        "define KRAS2": ("KRAS (gene)", "KRAS proto-oncogene", "K-Ras4B", "hgnc_id/HGNC:6407"),
        "define heart attack": ("Myocardial Infarction (MeSH heading)", "NECROSIS", "ui=D009203"),
        "define exampletinib": ("exampletinib (MeSH substance)", "EX-1234", "ui=C000001"),
    }.items():
        reply = router.answer(Request(text, Surface.SLASH))
        check_message(reply.message.payload())
        assert all(part in reply.message.text for part in parts), (text, reply.message.text)


def test_an_import_is_used_at_once(tmp_path: Path) -> None:
    """A process that answers uses what another one imported, from its next question on."""
    with router_over(tmp_path, [work(1, "Myocardial infarction")]) as router:
        assert not found(router, "heart attack")
        (tmp_path / "desc.xml").write_text(DESCRIPTORS)
        folder = TermFolder(Settings(home=tmp_path).vocabularies_folder)
        import_file(tmp_path / "desc.xml", folder, datetime.now(UTC), lambda _done: None)
        assert found(router, "heart attack")
        folder.remove("mesh")
        assert not found(router, "heart attack")


# -- the command line --------------------------------------------------------------------------


def tme(home: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, arguments, env={"TME_HOME": str(home)}, prog_name="tme")
    return result.exit_code, result.stdout, result.stderr


def test_import_list_show_remove(tmp_path: Path) -> None:
    assert "Nothing is imported" in tme(tmp_path, "vocabulary", "list")[1]
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    files = [str(tmp_path / name) for name in FILES]
    code, said, _ = tme(tmp_path, "vocabulary", "import", *files)
    assert code == 0
    assert said.splitlines()[0].startswith("mesh: 5 terms, ")
    assert len(tme(tmp_path, "vocabulary", "list")[1].splitlines()) == 3
    code, said, _ = tme(tmp_path, "vocabulary", "show", "heart", "attack")
    assert code == 0
    assert "Myocardial Infarction (heading, MeSH D009203)" in said
    assert '"searched": ["KRAS"' in tme(tmp_path, "vocabulary", "show", "--json", "KRAS1")[1]
    assert tme(tmp_path, "vocabulary", "show", "nothing of the kind")[0] == 1
    assert "MeSH descriptors (5)" in tme(tmp_path, "doctor")[1]
    assert tme(tmp_path, "vocabulary", "remove", "hgnc")[0] == 0
    code, _, said = tme(tmp_path, "vocabulary", "remove", "hgnc")
    assert code == 2
    assert "Imported: mesh, mesh-supplement." in said


def test_a_refused_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text(table() + "HGNC:99\t\tname\n")
    (tmp_path / "desc.xml").write_text(DESCRIPTORS)
    code, said, trouble = tme(
        tmp_path, "vocabulary", "import", str(tmp_path / "bad.txt"), str(tmp_path / "desc.xml")
    )
    assert code == 1
    assert "bad.txt, line 15: HGNC:99 has no symbol" in trouble
    assert said.startswith("mesh: 5 terms")


def test_doctor_names_a_vocabulary_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "vocabularies").mkdir()
    (tmp_path / "vocabularies" / "mesh.vocabulary").write_bytes(b"nothing of the kind")
    code, said, _ = tme(tmp_path, "doctor")
    assert code == 1
    assert "Imported, but cannot be read: mesh. Import it again" in said
    assert "mesh: cannot be used; import it again" in tme(tmp_path, "vocabulary", "list")[1]
