"""Short questions, abbreviations, gene and drug names: every spelling of a thing finds the same.

Symbols are never corrected, and one symbol never finds another.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records.answers import Answer
from bot.text.folding import clean, tokenise
from bot.vocabulary import Vocabulary
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work

# Spellings of one thing, each of which some record uses and no other.
SAME = (
    ("PD-1", "PD1", "pd-1", "pd1", "PD\u20111", "PDCD1", "pdcd1", "CD279", "programmed death 1"),
    ("PD-L1", "PDL1", "pd-l1", "pdl1", "CD274", "B7-H1", "programmed death ligand 1"),
    ("Keytruda", "keytruda", "pembrolizumab", "MK-3475", "MK3475", "lambrolizumab"),
    ("Opdivo", "nivolumab", "BMS-936558"),
    ("ipilimumab", "Yervoy"),
    ("tumour hypoxia", "tumor hypoxia"),
    ("macrophage", "macrophages", "Macrophages"),
    ("Treg", "Tregs", "regulatory T cell", "regulatory T cells", "T regulatory cells"),
    ("CTLA-4", "CTLA4", "CD152"),
    ("TIM-3", "TIM3", "HAVCR2", "CD366"),
    ("LAG-3", "LAG3", "CD223"),
    ("HER2", "HER-2", "ERBB2", "CD340"),
    ("CSF1R", "CSF-1R", "CD115", "csf1r"),
    ("TGF-\u03b2", "TGF-beta", "TGFB1", "TGF-\u03b21"),
    ("IFN-\u03b3", "IFN-gamma", "IFNG", "interferon-gamma"),
    ("IL-8", "IL8", "CXCL8", "interleukin 8"),
    ("CD73", "NT5E"),
    ("CAR-T", "CAR T", "chimeric antigen receptor T cells"),
)
# Symbols that differ in a sign, each in a record of its own.
APART = (
    "CD4", "CD47", "CD40", "CD8", "CD80", "CD3", "CD39", "CD38", "IL-1", "IL-10", "IL-12", "IL-2",
    "IL-6", "IL-4", "CCL2", "CCL22", "CCR2", "CCR4", "CXCR2", "CXCR4", "CXCL1", "CXCL10", "CXCL12",
    "PD-1", "PD-L1", "PD-L2", "CSF1", "CSF2", "TLR4", "TLR9", "MMP2", "MMP9", "p38", "p53", "HIF-1",
    "HIF-2", "FGFR1", "FGFR2", "TGFBR1", "TGFBR2", "STAT1", "STAT3", "JAK1", "JAK2", "B7-H3",
    "B7-H4", "GPR65", "GPR68", "VEGFR1", "VEGFR2",
)  # fmt: skip


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    home = tmp_path_factory.mktemp("symbols")
    titles = [f"On {name} in cohort {n}" for n, name in enumerate(dict.fromkeys(APART))]
    titles += [f"A study of {name}" for group in SAME for name in dict.fromkeys(group)]
    titles += ["Anti-PD-L1 antibodies in mesothelioma", "Atezolizumab and the liver"]
    with router_over(home, [work(n, title) for n, title in enumerate(titles)]) as made:
        yield made


@pytest.fixture(scope="module")
def vocabulary(seeds: Path) -> Vocabulary:
    return Vocabulary.load(seeds / "taxonomy.yaml")


def ask(router: Router, text: str) -> Answer:
    return router.answer(Request(f"find {text}", Surface.TERMINAL, limit=100)).answer


def strict(router: Router, text: str) -> set[str]:
    return {hit.record.title for hit in ask(router, text).hits if hit.strict}


@pytest.mark.parametrize("group", SAME, ids=lambda group: group[0])
def test_every_spelling_of_a_thing_finds_them_all(router: Router, group: tuple[str, ...]) -> None:
    """One that names a concept too (PD-L1: its blockade) may find more."""
    wanted = {f"A study of {name}" for name in group}
    for name in group:
        assert wanted <= strict(router, name), name


@pytest.mark.parametrize("symbol", APART)
def test_a_symbol_finds_no_other_symbol(router: Router, symbol: str) -> None:
    aliases = {name for group in SAME if symbol in group for name in group}
    for typed in (symbol, symbol.lower(), symbol.replace("-", "")):
        others = {t.split()[1] for t in strict(router, typed) if t.startswith("On ")}
        assert others - aliases <= {symbol}, typed
        assert symbol in others, typed


@pytest.mark.parametrize(
    "typed",
    [
        "MSDC", "CD99", "CD999", "IL-99", "IL99", "PD-9", "pd9", "GPR999", "XYZ1", "xyz1", "ABCB1",
        "abcb1", "CXCR9", "cxcr9", "p21", "eRNAs", "PPARy", "TGFBR9", "MK-9999", "mk9999", "HLA-G",
        "FGFR9", "STAT9", "B7-H9", "CD4+", "CD8\u03b1", "anti-CD99", "KRASG12C", "NSC-12", "5-FU9",
    ],
)  # fmt: skip
def test_symbols_are_never_corrected(router: Router, typed: str) -> None:
    assert not ask(router, typed).understood.corrected


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("anti-PD-L1", "Anti-PD-L1 antibodies in mesothelioma"),
        ("anti PD-L1", "Anti-PD-L1 antibodies in mesothelioma"),
        ("anti-PDL1", "Anti-PD-L1 antibodies in mesothelioma"),
        ("\u03b1PD-L1", "Anti-PD-L1 antibodies in mesothelioma"),
        ("aPD-L1", "Anti-PD-L1 antibodies in mesothelioma"),
        ("\u03b1PDL1", "Anti-PD-L1 antibodies in mesothelioma"),
        ("mk 3475", "A study of MK-3475"),
        ("pd 1", "A study of PD-1"),
        ("Tecentriq", "Atezolizumab and the liver"),
        ("MPDL3280A", "Atezolizumab and the liver"),
        ("MPDL-3280A", "Atezolizumab and the liver"),
    ],
)
def test_names_that_need_more_than_a_word(router: Router, typed: str, found: str) -> None:
    assert found in strict(router, typed)


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "data" / "vocab" / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def read_as(vocabulary: Vocabulary, text: str) -> tuple[set[str], set[str]]:
    """The genes and the drugs that a text alone is read as."""
    text = clean(text)
    tokens = tokenise(text)
    whole = [t for t in vocabulary.recognise(tokens, text) if (t.start, t.end) == (0, len(tokens))]
    return {g for t in whole for g in t.genes}, {d for t in whole for d in t.drugs}


@pytest.mark.shared_data
def test_every_gene_is_known_by_its_symbol(vocabulary: Vocabulary, shared: Path) -> None:
    """In capitals always, and in any case where the symbol has a digit."""
    unknown = []
    for row in rows(shared, "gene_aliases.tsv"):
        symbol = row["symbol"]
        typed = [symbol, *([symbol.lower()] if any(c.isdigit() for c in symbol) else [])]
        unknown += [each for each in typed if symbol not in read_as(vocabulary, each)[0]]
    assert not unknown


@pytest.mark.shared_data
def test_every_drug_is_known_by_its_names(vocabulary: Vocabulary, shared: Path) -> None:
    """Official names and codes of one word, in any case; sentences and salts are not asked for."""
    unknown = []
    for row in rows(shared, "drug_names.tsv"):
        if row["brand_in_taxonomy"] != "yes" and row["name"].lower() != row["generic"]:
            continue
        unknown += [
            each for each in (row["name"], row["name"].lower(), row["name"].title())
            if row["generic"] not in read_as(vocabulary, each)[1]
        ]  # fmt: skip
    assert not unknown


@pytest.mark.shared_data
def test_aliases_of_three_letters_are_nobodys(vocabulary: Vocabulary, shared: Path) -> None:
    """HGNC's short aliases are words and abbreviations too: only those that the project lists."""
    taken = []
    for row in rows(shared, "gene_aliases.tsv"):
        gene = vocabulary.genes[row["symbol"]]
        listed = {name.upper().replace("-", "") for name in (gene.symbol, *gene.aliases)}
        for alias in filter(
            None, (row["alias_symbols"] + "|" + row["previous_symbols"]).split("|")
        ):
            if len(alias) <= 3 and alias.upper().replace("-", "") not in listed:
                taken += [alias] if row["symbol"] in read_as(vocabulary, alias.lower())[0] else []
    assert not taken
