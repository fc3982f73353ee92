"""Citations: right in every style, complete in BibTeX."""

import json
import re
from pathlib import Path
from threading import Thread

import pytest

from bot.errors import CitationUnavailable
from bot.formats.bibtex_writing import entry as bibtex
from bot.formats.citations import STYLES, Citations
from bot.formats.csl_writing import csl_item
from bot.formats.styles import near, style_of
from bot.records.dates import PartialDate
from bot.records.journals import JournalNames
from bot.records.models import Contribution, Identifier, Journal, Record, Scheme
from tests.handlers.views.samples import BARE, CROWD, HOSTILE, PUBMED_ONLY, RECORDS, RETRACTED, SEED


@pytest.fixture(scope="session")
def citations() -> Citations:
    return Citations()


def reference(seeds: Path, doi: str) -> Record:
    """A record of the starter references, with its authors as PubMed writes them."""
    lines = (seeds / "references.jsonl").read_text(encoding="utf-8").splitlines()
    stored = next(entry for entry in map(json.loads, lines) if entry["doi"].lower() == doi)
    return Record(
        id=doi,
        title=stored["title"],
        contributors=tuple(Contribution(name=name) for name in stored["authors"]),
        journal=Journal(title=stored["journal"]),
        volume=stored.get("volume"),
        issue=stored.get("issue"),
        pages=stored.get("pages"),
        article_number=stored.get("article_number"),
        published=PartialDate.parse(stored["date"]),
        identifiers=(
            Identifier(scheme=Scheme.DOI, value=doi),
            Identifier(scheme=Scheme.PMID, value=stored["pmid"]),
        ),
    )


def test_the_seed_is_right_in_every_style(citations: Citations) -> None:
    """Two authors without names: the title leads, once, and the date is spaced."""
    title = SEED.title
    assert citations.cite(SEED).formatted == {
        "Vancouver": f"{title}. Clinical and Translational Discovery. 2025 Nov 9;5(6):e70098. "
        "doi:10.1002/ctd2.70098",
        "APA": f"{title}. (2025). Clinical and Translational Discovery, 5(6), Article e70098. "
        "https://doi.org/10.1002/ctd2.70098",
        # Nature's style knows pages only: the article number stands in their place.
        "Nature": f"{title}. Clinical and Translational Discovery 5, e70098 (2025).",
    }


def test_the_seed_in_bibtex(citations: Citations) -> None:
    """DOI, issue and article number are all there, each in its own field."""
    assert citations.cite(SEED).bibtex == (
        "@article{reprogramming2025,\n"
        f"  title = {{{{{SEED.title}}}}},\n"
        "  journal = {Clinical and Translational Discovery},\n"
        "  year = {2025},\n"
        "  month = nov,\n"
        "  volume = {5},\n"
        "  number = {6},\n"
        "  eid = {e70098},\n"
        "  publisher = {Wiley},\n"
        "  issn = {2768-0622},\n"
        "  doi = {10.1002/ctd2.70098},\n"
        "  note = {Record from ora, 2025-12-03}\n"
        "}"
    )


@pytest.mark.parametrize(
    ("doi", "wanted", "key"),
    [
        (
            "10.1136/bmjonc-2024-000566",
            (
                "Chen, R., Johnson, J., Rezazadeh, A., & Dudek, A. Z. (2025). Tumour-infiltrating "
                "lymphocyte therapy landscape: prospects and challenges. BMJ Oncol, 4(1), Article "
                "e000566. https://doi.org/10.1136/bmjonc-2024-000566"
            ),
            "chen2025tumour",
        ),
        (
            "10.2217/imt-2022-0238",
            (
                "Dwivedi, R., Pandey, R., Chandra, S., & Mehrotra, D. (2023). Dendritic cell-based "
                "immunotherapy: a potential player in oral cancer therapeutics. Immunotherapy, "
                "15(6), 457–469. https://doi.org/10.2217/imt-2022-0238"
            ),
            "dwivedi2023dendritic",
        ),
    ],
)
def test_references_in_apa(
    citations: Citations, seeds: Path, doi: str, wanted: str, key: str
) -> None:
    """Initials are spaced, pages and article numbers told apart, months not printed."""
    record = reference(seeds, doi)
    citation = citations.cite(record)
    assert citation.formatted["APA"] == wanted
    assert citation.bibtex.startswith(f"@article{{{key},\n")
    assert f"  doi = {{{doi}}}" in citation.bibtex


def test_many_authors_and_accents(citations: Citations, seeds: Path) -> None:
    """Vancouver names six; BibTeX names all, with accents as LaTeX commands."""
    citation = citations.cite(reference(seeds, "10.1038/s41467-025-56482-w"))
    start = "Block MS, Clubb JHA, Mäenpää J, Pakola S, Quixabeira DCA, Kudling T, et al. The onc"
    assert citation.formatted["Vancouver"].startswith(start)
    assert r"M{\"a}enp{\"a}{\"a}, J." in citation.bibtex
    assert citation.bibtex.count(" and ") >= 33
    assert "van der Heijden, M." in citation.bibtex


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_can_be_cited(citations: Citations, name: str) -> None:
    """One line a style, no doubled title, no run-together date, whatever the record holds."""
    citation = citations.cite(RECORDS[name])
    assert list(citation.formatted) == list(STYLES)
    for line in citation.formatted.values():
        assert line
        assert "\n" not in line
        assert not line.startswith("1. ")
        assert not re.search(r"\d{4}[A-Z][a-z]{2}\d", line)
    braces = citation.bibtex.replace(r"\{", "").replace(r"\}", "")
    assert braces.count("{") == braces.count("}")


def test_markup_is_gone_and_text_is_kept(citations: Citations) -> None:
    """A title with tags and with real angle brackets; a person and a group."""
    citation = citations.cite(PUBMED_ONLY)
    wanted = "Chen R, The TME Study Group. A trial of CD8⁺ T cells in vivo, p < 0.05 and x > 3."
    assert citation.formatted["Vancouver"].startswith(wanted)
    assert "author = {Chen, R. and {The TME Study Group}}" in citation.bibtex
    wanted = r"CD8\textsuperscript{+} T cells \textit{in vivo}, p {\ensuremath{<}} 0.05"
    assert wanted in citation.bibtex
    assert "pages = {100--110}" in citation.bibtex
    assert "url = {https://pubmed.ncbi.nlm.nih.gov/39910037" in citation.bibtex


def test_a_title_is_enough(citations: Citations) -> None:
    """Nothing is made up for a record that holds nothing else, not even that it is a preprint."""
    citation = citations.cite(BARE)
    assert citation.formatted["APA"] == "Only a title. (n.d.)."
    assert "reprint" not in "".join(citation.formatted.values())
    assert citation.bibtex == "@misc{only,\n  title = {{Only a title}}\n}"


def test_a_retraction_is_noted_in_bibtex() -> None:
    """Whoever reuses the entry sees it."""
    assert "  note = {Retracted. Record from ora, 2025-12-03}" in bibtex(RETRACTED)


def test_csl_holds_only_what_is_known() -> None:
    """Nameless authors and editors are left out, and dates keep their precision."""
    item = csl_item(PUBMED_ONLY)
    assert item["issued"] == {"date-parts": [[2024, 2]]}
    assert item["author"] == [
        {"family": "Chen", "given": "R."},
        {"literal": "The TME Study Group"},
    ]
    assert set(csl_item(BARE)) == {"id", "type", "title"}
    editor = Contribution(name="Doe J", roles=("Editor",))
    assert "author" not in csl_item(BARE.model_copy(update={"contributors": (editor,)}))
    assert "author" not in csl_item(SEED)


@pytest.mark.parametrize(
    ("person", "wanted"),
    [
        (Contribution(family="Müller", given="AB"), {"family": "Müller", "given": "A. B."}),
        (Contribution(family="Müller"), {"family": "Müller"}),
        (Contribution(name="O'Brien, Mary-Jane"), {"family": "O'Brien", "given": "Mary-Jane"}),
        (Contribution(name="Dos Santos JM"), {"family": "Dos Santos", "given": "J. M."}),
        (Contribution(name="ECOG-ACRIN Group"), {"literal": "ECOG-ACRIN Group"}),
        (Contribution(name="Plato"), {"literal": "Plato"}),
    ],
)
def test_names_are_split_only_where_that_is_plain(
    person: Contribution, wanted: dict[str, str]
) -> None:
    """A group's name stays in one piece."""
    record = BARE.model_copy(update={"contributors": (person,)})
    assert csl_item(record)["author"] == [wanted]


def test_bibtex_fields_cannot_be_left() -> None:
    """Braces, backslashes and percent signs of a record are text in LaTeX."""
    entry = bibtex(
        HOSTILE.model_copy(update={"title": "50% {of} \\input{x} } @misc{evil, $5 _a #1"})
    )
    assert r"50{\%} {\{}of{\}} {\textbackslash}input" in entry
    assert entry.count("\n@") == 0


def test_many_threads_get_the_same(citations: Citations) -> None:
    """Bolt's listeners run beside each other."""
    found: list[str] = []
    threads = [
        Thread(target=lambda: found.append(citations.cite(CROWD).formatted["APA"]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_change_of_the_record_changes_its_citation(citations: Citations) -> None:
    """What is kept is kept by content, not by id alone."""
    changed = SEED.model_copy(update={"title": "Another title"})
    assert citations.cite(SEED) == citations.cite(SEED)
    assert citations.cite(changed).formatted["APA"].startswith("Another title. (2025).")


def test_an_unknown_style_is_unavailable() -> None:
    """The error is the bot's own, with a hint, and is not kept."""
    broken = Citations({"None": "no-such-style"})
    for _ in range(2):
        with pytest.raises(CitationUnavailable) as caught:
            broken.cite(SEED)
    assert "DOI" in caught.value.hint


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("chicago", "“Only a Title.” n.d."),
        ("Nature Medicine", "Only a title."),
        ("harvard style", "“Only a title” (no date)."),
        ("ieee", "“Only a title.”"),
    ],
)
def test_a_work_without_anybody_or_a_date_is_cited_by_its_title(
    citations: Citations, words: str, wanted: str
) -> None:
    """In any style by its name; journals' own styles are found too."""
    style = style_of(words)
    assert style is not None
    assert citations.in_style([BARE], words, style).formatted[words] == wanted


def test_a_list_is_cited_a_line_each(citations: Citations) -> None:
    """Numbered where the style numbers, and no article number is lost."""
    cited = citations.in_style([PUBMED_ONLY, SEED], "Cell", "cell").formatted["Cell"]
    first, second = cited.splitlines()
    assert first.startswith("1. Chen, R., and The TME Study Group (2024). A trial of CD8⁺ T cells")
    assert second.endswith("Discovery 5, e70098. https://doi.org/10.1002/ctd2.70098.")


@pytest.mark.parametrize(
    ("words", "style"),
    [
        ("Vancouver", "nlm-citation-sequence"),
        ("The Lancet", "the-lancet"),
        ("lancet", "the-lancet"),
        ("cancer cell", "cancer-cell"),
        ("melanoma", None),
        ("../apa", "apa"),
        ("", None),
        ("x" * 500, None),
    ],
)
def test_styles_go_by_the_names_people_give_them(words: str, style: str | None) -> None:
    assert style_of(words) == style


def test_what_is_near_an_unknown_style_is_named() -> None:
    assert "chicago" in near("chicgo")
    assert near("zzzzqqqq") == ()


def test_entries_of_other_formats(citations: Citations) -> None:
    assert citations.as_entry([SEED], "ris").entries["RIS"].startswith("TY  - JOUR\nTI  - Reprog")
    [item] = json.loads(citations.as_entry([SEED], "csl").entries["CSL-JSON"])
    assert "author" not in item
    assert item["note"] == "Record from ora, 2025-12-03"
    assert item["accessed"] == {"date-parts": [[2025, 12, 3]]}


@pytest.mark.parametrize(
    ("journal", "full", "short"),
    [
        (Journal(title="Nature Medicine", abbreviation="Nat Med"), "Nature Medicine", "Nat. Med."),
        (Journal(title="Nat Med"), "Nature Medicine", "Nat. Med."),
        (Journal(title="NATURE MEDICINE"), "Nature Medicine", "Nat. Med."),
        (Journal(title="Cancer Cell"), "Cancer Cell", "Cancer Cell"),
        (Journal(title="Acta Unknown", abbreviation="Acta Unkn"), "Acta Unknown", "Acta Unkn."),
        (Journal(title="Nowhere Listed"), "Nowhere Listed", "Nowhere Listed"),
    ],
)
def test_a_style_prints_the_title_or_the_abbreviation(
    journal: Journal, full: str, short: str
) -> None:
    """APA the one, Nature the other, Vancouver that without stops: whichever a source gave."""
    known = ("Nature Medicine | Nat Med", "Cancer Cell")
    record = Record(
        title="A title", journal=journal, type="Journal article", published=PartialDate(2025)
    )
    cited = Citations(journals=JournalNames(known=known)).cite(record).formatted
    assert f"{full}." in cited["APA"]
    assert f"{short} (2025)" in cited["Nature"]
    assert f"{short.replace('.', '')}." in cited["Vancouver"]
