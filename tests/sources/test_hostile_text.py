"""What a person or a service sends cannot hold a reader up: work grows with the text, no faster."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.formats.latex import to_text
from bot.records.sections import split_capitals, split_sections
from bot.sources import readers
from bot.sources.reading.jats import inline, sections_of
from bot.text.markup import plain
from tests.growth import assert_in_proportion

AT = datetime(2026, 1, 15, tzinfo=UTC)
READERS = {reader.name: reader for reader in readers()}


def bibtex(value: str) -> str:
    return f"@article{{a,\n title = {{{value}}},\n year = {{2020}}\n}}\n"


def ris(*rows: str) -> str:
    return "\n".join(("TY  - JOUR", "TI  - A title", *rows, "ER  - ", ""))


def web_of_science(*rows: str) -> str:
    return "\n".join(("FN Clarivate", "VR 1.0", "PT J", "TI A title", *rows, "ER", "EF", ""))


def nbib(*rows: str) -> str:
    return "\n".join(("PMID- 31234567", "TI  - A title", *rows, ""))


def crossref(abstract: str) -> str:
    return (
        '{"message-type": "work", "message": {"DOI": "10.1000/a", "title": ["A"], "abstract": "'
        + abstract
        + '"}}'
    )


FILES: dict[str, tuple[str, Callable[[int], str]]] = {
    "groups without an end in a name": ("bibtex", lambda n: bibtex("}, author = {{A " + "{a}" * n)),
    "a name of many groups": (
        "bibtex", lambda n: bibtex("x}, author = {{" + "{a}" * n + "} b"),
    ),
    "a name of empty groups": ("bibtex", lambda n: bibtex("x}, author = {" + "{}" * n)),
    "many people": ("bibtex", lambda n: bibtex("x}, author = {" + " and ".join(["A B"] * n))),
    "a string of itself": ("bibtex", lambda n: "@string{a = a # a}\n" * n),
    "strings that grow": (
        "bibtex",
        lambda n: "".join(f"@string{{a{i + 1} = a{i} # a{i}}}\n" for i in range(n)),
    ),
    "strings and entries": (
        "bibtex",
        lambda n: (
            "".join(f"@string{{a{i} = {{x}}}}\n" for i in range(n))
            + "".join(f"@misc{{k{i}, title = {{A}}}}\n" for i in range(n // 10))
        ),
    ),
    "parts that are joined": ("bibtex", lambda n: "@misc{a, title = " + " # ".join("a" * n) + "}"),
    "a quote without an end": ("bibtex", lambda n: '@misc{a, title = "' + "{a}" * n + "}"),
    "entries in a title": ("bibtex", lambda n: bibtex("@article{" * n)),
    "entries on a line": ("bibtex", lambda n: "@article{" * n),
    "entries without an end": ("bibtex", lambda n: "@article{\n" * n),
    "strings in a title": ("bibtex", lambda n: bibtex("@string" * n)),
    "strings without an end": ("bibtex", lambda n: "@string" * n),
    "accents": ("bibtex", lambda n: bibtex('\\"' * n)),
    "data in a title": ("bibtex", lambda n: bibtex("<![CDATA[" * n)),
    "formulas": ("bibtex", lambda n: bibtex("$^{a" * n)),
    "commands in commands": ("bibtex", lambda n: bibtex("\\textit{" * n + "}" * n)),
    "tags in a title": ("ris", lambda n: ris(f"T1  - {'<a b=' * n}")),
    "addresses": ("ris", lambda n: ris(*(f"UR  - http://a.example/{i}" for i in range(n // 10)))),
    "lines that go on": ("ris", lambda n: ris("AB  - A", *(["text"] * n))),
    "lines of Web of Science": ("ris", lambda n: web_of_science("AB A", *(["   text"] * n))),
    "people of a file": ("nbib", lambda n: nbib(*(["FAU - A, B", "AU  - A B"] * (n // 10)))),
    "capitals": ("nbib", lambda n: nbib("AB  - ABC: A. " + "ABC) ABC ABC. " * n)),
    "rows": ("csv", lambda n: "title,doi\n" + "A,10.1000/a\n" * (n // 10)),
    "a row without an end": ("csv", lambda n: 'title,doi\n"' + "a," * n),
    "lists in lists": ("json", lambda n: '{"title": ' + "[" * n),
    "references of JATS": ("crossref", lambda n: crossref("<xref>" * n)),
    "instructions": ("crossref", lambda n: crossref("<?" * n)),
    "titles of JATS": ("crossref", lambda n: crossref("<title> " * n)),
    "elements of PubMed": (
        "pubmed",
        lambda n: f"<PubmedArticle><PMID>1</PMID>{'<b>' * n}{'</b>' * n}</PubmedArticle>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_a_file_takes_time_in_proportion_to_its_length(what: str) -> None:
    name, make = FILES[what]
    assert_in_proportion(
        lambda data: list(READERS[name].loads(data, "", AT)), lambda n: make(n).encode()
    )


PIECES = (
    "<![CDATA[", "<!--", "<!-- x -->", "<title>", "<title>\n", "<title> a </title>", "<b>\n", "\n",
    "<b> a", "<h4> ", "<xref>", "</xref>", "<xref><fn></xref>", "<?", "<? x ?>", "<tex-math>",
    "<a ", '<a b="', '<AbstractText Label="a" ', "ABC, ", ". ABC) ", "Methods", ". Methods ",
    "&amp;", "$", "\\'", "\\textit ", "{", "}", "{a}", "``", "$a$", "\\$", "\\begin{a}", "\\c",
)  # fmt: skip
READING = (split_sections, split_capitals, sections_of, inline, plain, to_text)


@pytest.mark.parametrize("read", READING, ids=lambda read: read.__name__)
@pytest.mark.parametrize("piece", PIECES)
def test_a_text_takes_time_in_proportion_to_its_length(
    read: Callable[[str], object], piece: str
) -> None:
    assert_in_proportion(read, lambda n: (piece * n)[:n] + " :", 5_000)


@pytest.mark.parametrize("opening", ["<title>", "<b>", "<h4>", "<jats:title>", "<!--", "$"])
def test_blanks_that_nothing_ends_take_no_longer(opening: str) -> None:
    """Three runs of white space side by side once took the cube of their length."""
    for read in READING:
        assert_in_proportion(read, lambda n: f"{opening}{' ' * n}:", 2_000)


def test_seven_hundred_bytes_of_bibtex_are_read_at_once() -> None:
    """Every group in a name doubled the time for the name: forty took for ever."""
    name = '{{A, B and C, : "DATA", "' + "@string{a=a # a}" * 40
    file = f"@article{{k,\n title = {{T}},\n author = {name}}} x}}\n}}\n"
    [record] = READERS["bibtex"].loads(file.encode(), "", AT)
    assert len(file) < 750
    assert getattr(record, "title", None) == "T"
