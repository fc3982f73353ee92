"""BibTeX as people write it: LaTeX, @string, crossref, BibLaTeX, and what is broken."""

from datetime import UTC, datetime

import pytest
from bibtexparser.middlewares.names import parse_single_name_into_parts
from hypothesis import given
from hypothesis import strategies as st

from bot.formats import Parsed
from bot.formats.bibtex import Bibtex
from bot.formats.bibtex_names import _FAMILY_GIVEN, read_names
from bot.formats.latex import to_latex, to_text
from bot.records.models import Contribution, Identifier, Record, Scheme
from tests.formats.strategies import people

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def load(text: str) -> Parsed:
    return Parsed.of(Bibtex().loads(text.encode(), "", AT))


def load_one(fields: str, kind: str = "article") -> Record:
    parsed = load(f"@{kind}{{key1,\n title = {{A title}},\n{fields}\n}}\n")
    assert parsed.refused == ()
    [record] = parsed.records
    return record


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"M{\"a}enp{\"a}{\"a}", "Mäenpää"),
        (r"M\"uller and \O rsted", "Müller and Ørsted"),
        (r"{TGF}-$\beta$ in {CAFs}", "TGF-β in CAFs"),
        (r"50\% of 10\,000 \& more", "50% of 10 000 & more"),
        ("50% of them", "50% of them"),
        ("$5 for all", "$5 for all"),
        ("a -- b --- c", "a – b — c"),
        (r"CD8$^+$ and H$_2$O", "CD8<sup>+</sup> and H<sub>2</sub>O"),
        (r"\textit{CSF1R} and \emph{TP53}", "<i>CSF1R</i> and <i>TP53</i>"),
        (r"$e=mc^2$", "e=mc^2"),
        (r"A & B of {CD8} \& \c c", "A & B of CD8 & ç"),  # what is no LaTeX stays
        (r"\href{https://a.example}{words} of 5--6", "words of 5–6"),
        (r"{\'E}tude of {{Deep} T}umours", "Étude of Deep Tumours"),
        (r"one }and {two", "one and two"),
    ],
)
def test_latex_is_read(latex: str, text: str) -> None:
    assert to_text(latex, markup=True).replace("\u2009", " ") == text


@pytest.mark.parametrize("latex", ["a } b {", "{" * 5000, "\\a{", "$" * 3, "\\begin{x"])
def test_what_no_latex_would_read_is_no_trouble(latex: str) -> None:
    assert isinstance(to_text(latex), str)


@given(st.text(max_size=60))
def test_any_text_survives_latex(text: str) -> None:
    """Braces stay balanced, so that no field can be left, and the text comes back."""
    latex = to_latex(text)
    plain = latex.replace(r"{\{}", "").replace(r"{\}}", "").replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
    assert "".join(to_text(latex).split()) == "".join(text.split())


def test_names_are_read_as_bibtex_reads_them() -> None:
    record = load_one(
        r"author = {Ruth van der Heijden AND Chen, Jr, Bo and {The TME Group} and Plato and others"
        r"},"
        r' author+an:orcid = {1="0000-0002-1050-2771"}, editor = {Doe, J.},'
    )
    assert record.contributors == (
        Contribution(family="van der Heijden", given="Ruth", orcid="0000-0002-1050-2771"),
        Contribution(family="Chen", given="Bo Jr"),
        Contribution(name="The TME Group"),
        Contribution(name="Plato"),
        Contribution(family="Doe", given="J.", roles=("Editor",)),
    )
    assert record.warnings == ("authors_not_all_named",)


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("year = 2020, month = feb,", "2020-02"),
        ("year = {2020}, month = {8~jul},", "2020-07-08"),
        ("year = 2020, month = 4, day = 25,", "2020-04-25"),
        ("year = 2020, month = 13,", "2020"),
        ("date = {2024-03-02/2024-04-01},", "2024-03-02"),
        ("date = {Mar 3}, year = 2015,", "2015"),
        ("year = {in press},", "None"),
        ("", "None"),
    ],
)
def test_a_date_is_as_precise_as_it_is_given(fields: str, date: str) -> None:
    assert str(load_one(fields).published) == date


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("{a # b}", "a # b"),  # in braces it joins nothing
        ("a # b", "Cell Reports"),
        ('a # " of {"} " # {x}', 'Cell of " x'),
        ('"a" # gone', "agone"),
        ("{Trial #5}", "Trial #5"),
    ],
)
def test_a_value_is_joined_where_it_is_not_in_braces(value: str, text: str) -> None:
    strings = '@string{a = "Cell"}\n@string{b = { Reports}}\n'
    [record] = load(f"{strings}@misc{{k, title = {value}}}\n").records
    assert record.title == text


def test_strings_that_double_each_other_fill_no_memory() -> None:
    doubled = "".join(f"@string{{a{n + 1} = a{n} # a{n}}}\n" for n in range(60))
    parsed = load(f'@string{{a0 = "x"}}\n{doubled}@misc{{k, title = a60}}\n')
    assert len(parsed.records[0].title) <= 1_000_000


def test_strings_and_crossref_are_followed() -> None:
    parsed = load(
        '@string{nc = "Nature Cancer"}\n'
        '@article{a, title = {A}, journal = nc # " Reviews", crossref = {gone}}\n'
        "@incollection{b, title = {B}, crossref = {book}}\n"
        "@book{book, title = {The Book}, year = 2020, publisher = {P}}\n"
    )
    first, second, _ = parsed.records
    assert first.journal is not None
    assert first.journal.title == "Nature Cancer Reviews"
    assert first.warnings == ("crossref_not_found:gone",)
    assert second.journal is not None
    assert (second.journal.title, second.year, second.publisher) == ("The Book", 2020, "P")


def test_a_broken_entry_costs_no_other() -> None:
    parsed = load(
        "junk\n@article{a, title = {One}}\n@article{b, title = {never closed\n"
        "@article{c, title = {Two}, title = {Again}}\n@article{d, author = {X}}\n"
        "@article{e, title = {No comma} journal = {J}}\n@article{a, title = {Three}}\n"
    )
    assert [record.title for record in parsed.records] == ["One", "Two", "Three"]
    assert parsed.records[1].warnings == ("duplicate_field:title",)
    assert [each.line for each in parsed.refused] == [3, 5, 6]
    assert parsed.refused[0].reason.startswith("broken entry: Unexpected block start")
    assert parsed.refused[1].reason == "no title"
    assert parsed.refused[2].reason == "broken entry: no comma between title and journal"


def test_a_team_keeps_its_own_keys() -> None:
    """A key that we would make ourselves is no identifier; any other is, and is written again."""
    record = load_one("year = 2020,")
    assert record.identifiers == (Identifier(scheme=Scheme.LOCAL, value="key1"),)
    assert Bibtex().dumps([record]).startswith("@article{key1,")
    made = Record(title="Only a title")
    assert "@misc{only," in Bibtex().dumps([made, made])
    assert "@misc{onlya," in Bibtex().dumps([made, made])
    assert [r.identifiers for r in load(Bibtex().dumps([made, made])).records] == [(), ()]


def test_numbers_are_not_latex() -> None:
    record = load_one(
        r"doi = {10.1016/j.cell\_2017}, url = {\url{https://example.org/a_b%20c}}, pmid = 12653513,"
        r" archiveprefix = {arXiv}, eprint = {2101.12345},"
    )
    assert {(i.scheme, i.value) for i in record.identifiers} >= {
        (Scheme.DOI, "10.1016/j.cell_2017"),
        (Scheme.PMID, "12653513"),
        (Scheme.ARXIV, "2101.12345"),
    }
    assert record.access.url == "https://example.org/a_b%20c"


def test_a_declared_encoding_is_believed() -> None:
    data = "% Encoding: windows-1252\n\n@misc{a, title = {Größe}}\n".encode("windows-1252")
    [record] = Parsed.of(Bibtex().loads(data, "", AT)).records
    assert (record.title, record.warnings) == (
        "Größe", ())  # fmt: skip


def test_pieces_know_the_strings_before_them() -> None:
    """A long file is read in pieces; lines are counted through."""
    entries = "".join(
        f"@article{{k{n}x, title = {{{'word ' * 40}{n}}}, journal = j}}\n" for n in range(1500)
    )
    parsed = load(f'@string{{j = "Cell"}}\n{entries}@article{{last}}\n')
    assert len(parsed.records) == 1500
    assert {record.journal.title for record in parsed.records if record.journal} == {"Cell"}
    assert [each.line for each in parsed.refused] == [1502]


@given(st.text(alphabet=st.sampled_from('@article{}(),="#\n\\ %$'), max_size=150))
def test_nothing_makes_it_fail(text: str) -> None:
    load(text)


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [
        ("van der Heijden, Mary-Jane", "van der Heijden", "Mary-Jane"),
        ("O'Brien, J. P.", "O'Brien", "J. P."),
        ("Smith 0001, Jane", "Smith", "Jane"),
        ('M{\\"u}ller, Anna', "Müller", "Anna"),
        ("Smith--Jones, A~B", "Smith–Jones", "A B"),
        ("Smith, Jr, John", "Smith", "John Jr"),
        ("de la Cruz,Ana", "de la Cruz", "Ana"),
    ],
)
def test_a_name_is_taken_apart(written: str, family: str, given: str) -> None:
    [person] = read_names(written, [])
    assert (person.family, person.given) == (family, given)


@given(person=people().filter(lambda each: each.family))
def test_a_plain_name_is_read_as_bibtexparser_reads_it(person: Contribution) -> None:
    """Names with nothing of LaTeX in them are read without it: to the same end."""
    name = f"{person.family}, {person.given}"
    parts = parse_single_name_into_parts(name, strict=False)
    if plain := _FAMILY_GIVEN.fullmatch(name):
        assert plain["family"] == to_text(" ".join((*parts.von, *parts.last)))
        assert plain["given"] == to_text(" ".join((*parts.first, *parts.jr)))


def test_a_name_that_begins_like_the_word_between_names_keeps_its_letters() -> None:
    text = "@misc{a, title={T}, author={And{\\`o}, G AND {Intelligence And Sense}, C and Li, B}}"
    people = Parsed.of(Bibtex().loads(text.encode(), "", AT)).records[0].contributors
    assert [person.family for person in people] == ["Andò", "Intelligence And Sense", "Li"]
