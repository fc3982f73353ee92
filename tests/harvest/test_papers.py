"""Which work a PDF is, read where it can do no harm."""

from pathlib import Path

import pytest

from bot.errors import UnreadableFile
from bot.harvest.papers import Paper, identify
from bot.harvest.reading import Limits, read_pdf
from bot.records.models import Identifier, Scheme
from tests.harvest.pdfs import pdf, prism

OWN = Paper(Identifier(scheme=Scheme.DOI, value="10.1234/own"), None)
TITLE = "Macrophages shape how tumours resist checkpoint blockade"


def paper(tmp_path: Path, made: bytes) -> Paper:
    path = tmp_path / "a.pdf"
    path.write_bytes(made)
    return identify(path)


@pytest.mark.parametrize(
    "made",
    [
        pdf("https://doi.org/10.1234/own", "cites doi 10.1234/other"),
        pdf("A page without", "doi:10.1234/own"),
        pdf("doi:10.1234/other", about={"Subject": "Journal, 3. doi:10.1234/own"}),
        pdf("doi:10.1234/other", about={"doi": "10.1234/own"}),
        pdf("doi:10.1234/other", xmp=prism("10.1234/own")),
    ],
    ids=["first on a page", "second page", "subject", "declared", "prism"],
)
def test_what_it_declares_goes_before_what_it_cites(tmp_path: Path, made: bytes) -> None:
    assert paper(tmp_path, made) == OWN


@pytest.mark.parametrize(("page", "found"), [(3, True), (4, False)])
def test_three_pages_are_read(tmp_path: Path, page: int, found: bool) -> None:
    pages = ["nothing"] * 4
    pages[page - 1] = "doi:10.1234/own"
    assert (paper(tmp_path, pdf(*pages)) == OWN) is found


def test_without_an_identifier_a_title_is_one_if_it_has_words(tmp_path: Path) -> None:
    assert paper(tmp_path, pdf("text", about={"Title": TITLE})) == Paper(None, TITLE)
    for name in ("untitled", "Microsoft Word - draft 3", "One two three four"):
        assert paper(tmp_path, pdf("text", about={"Title": name})) == Paper(None, None)


@pytest.mark.parametrize(
    "made",
    [
        b"",
        b"%PDF-1.4\nnonsense",
        b"<html>",
        pdf("a")[:400],
        pdf("a").replace(b"Kids [5", b"Kids [2"),  # pages in a circle
    ],
)
def test_what_is_none_is_refused_in_a_line(tmp_path: Path, made: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        paper(tmp_path, made)
    assert "\n" not in caught.value.as_line


def test_one_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf("a") + b" " * 90_000_000)
    with pytest.raises(UnreadableFile, match="needs more than"):
        read_pdf(path, Limits(seconds=60, memory=100 * 1024 * 1024))
