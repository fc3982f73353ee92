"""Pictures: readable, small, safe from what a topic holds, and drawn only when asked for."""

import io
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from PIL import Image

from bot.records.answers import Answer
from bot.search.landscape import Axis, Cell, Landscape, Trend
from handlers.router import Request, Router, Surface
from handlers.views import charts, drawing
from handlers.views.charts import Picture, bars, heatmap
from handlers.views.drawing import width_of

TODAY = date(2026, 1, 15)
HOSTILE = "$x_{2}$ 肿瘤 <!channel> \u202e" + "long " * 80
# Larger is refused by the playground, and slow to load elsewhere.
LARGEST = 256 * 1024


def landscape(rows: int, columns: int, label: str = "a label", topic: str = "") -> Landscape:
    downs = tuple(f"{label} {n}" for n in range(rows))
    across = tuple(f"{label} {n}" for n in range(columns))
    return Landscape(
        answer=Answer(query="map"),
        topic=topic,
        total=1_234,
        rows=Axis("component", "TME component", downs),
        columns=Axis("strategy", "Reprogramming strategy", across, more=2),
        cells=tuple(
            tuple(Cell(row, column, y * x, "q") for x, column in enumerate(across))
            for y, row in enumerate(downs)
        ),
    )


def size(picture: Picture) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture.png)) as image:
        image.load()
        assert image.format == "PNG"
        return image.size


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 7), (16, 12), (16, 1), (4, 6)])
@pytest.mark.parametrize("label", ["TIL", "normalising the tumour vasculature of", HOSTILE])
def test_a_map_of_any_shape_is_twice_slacks_width(rows: int, columns: int, label: str) -> None:
    picture = heatmap(landscape(rows, columns, label), TODAY)
    width, height = size(picture)
    assert width == 1440
    assert 200 < height < 2000
    assert len(picture.png) < LARGEST


def test_a_picture_says_in_words_what_it_shows() -> None:
    picture = heatmap(landscape(3, 4, topic="glioma"), TODAY)
    assert picture.title == "Our records on “glioma”: TME component by reprogramming strategy"
    assert picture.alt_text.startswith(f"{picture.title}. A table of 3 rows, 4 columns. The most: ")
    assert "a label 2 and a label 3: 6" in picture.alt_text
    assert picture.name == "map-component-strategy-glioma.png"


def test_a_file_name_is_safe_whatever_the_topic() -> None:
    for topic in (HOSTILE, "../../etc/passwd", "a/b\\c:d", "肿瘤"):
        name = heatmap(landscape(1, 1, topic=topic), TODAY).name
        assert name.removesuffix(".png").replace("-", "").isalnum()
        assert name.isascii()


@pytest.mark.parametrize("years", [1, 5, 25])
@pytest.mark.parametrize("topic", ["", "glioma", HOSTILE])
def test_a_trend_of_any_length_can_be_drawn(years: int, topic: str) -> None:
    counts = tuple((2027 - years + n, n * 1_000) for n in range(years))
    found = Trend(Answer(query="trend"), topic, 99, counts, TODAY, before=3, undated=4)
    picture = bars(found)
    assert size(picture)[0] == 1440
    assert len(picture.png) < LARGEST
    assert f"2026: {(years - 1) * 1_000:,}" in picture.alt_text


def test_nothing_is_no_picture() -> None:
    with pytest.raises(ValueError, match="records"):
        heatmap(landscape(0, 0), TODAY)
    with pytest.raises(ValueError, match="year"):
        bars(Trend(Answer(query="trend"), "", 0, (), TODAY))


def test_several_can_be_drawn_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda n: heatmap(landscape(n, n), TODAY), range(1, 7)))
    assert [size(picture)[0] for picture in pictures] == [1440] * 6


def test_the_drawing_library_is_loaded_for_a_picture_only() -> None:
    """It takes a second; most who ask see none."""
    code = "import sys, bot.app.composition; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_answer_draws_when_its_picture_is_called_for(router: Router) -> None:
    for text in ("map", "trend PD-1"):
        picture = router.answer(Request(text, Surface.MENTION)).picture
        assert picture is not None
        assert size(picture())[0] == 1440
    assert router.answer(Request("macrophage", Surface.MENTION)).picture is None


@pytest.mark.parametrize("columns", range(1, 13))
def test_no_word_of_a_heading_is_broken(columns: int) -> None:
    """Six columns are too narrow for "immunosuppressive" on the level."""
    labels = ["targeting immunosuppressive cell populations", "CTLA-4 blockade"] * 6
    words = set(" ".join(labels).split())
    for heading in charts._headings(labels[:columns], 5.4).labels:
        assert set(heading.replace("…", "").split()) <= words


@pytest.mark.parametrize(
    ("most", "ticks"),
    [(1, [0, 1]), (5, [0, 1, 2, 3, 4, 5]), (6, [0, 2, 4, 6]), (24_000, range(0, 20_001, 5_000))],
)
def test_a_scale_has_a_few_round_whole_numbers(most: int, ticks: Sequence[int]) -> None:
    assert charts._ticks(most) == list(ticks)


def test_labels_of_many_bars_do_not_run_into_each_other() -> None:
    labels, room = ["24,000"] * 25, 6.5 / 25
    assert width_of(labels[0], charts._LABEL) > room
    assert width_of(labels[0], charts._fitting(labels, room)) < room


def test_shades_run_from_nearly_white_to_dark() -> None:
    assert charts._shade(0.0) == "#f7fbff"
    assert charts._shade(1.0) == "#08306b"
    greens = [int(charts._shade(level / 50)[3:5], 16) for level in range(51)]
    assert greens == sorted(greens, reverse=True)


def test_the_letters_of_genes_and_cytokines_can_be_drawn() -> None:
    """What the font lacks is drawn in its plain form; what has none stays, and is a box."""
    for letter in "αβγδκζλμθ²–·…“”éüøß≥±":
        assert drawing._letter(letter) == letter
        assert bytes(drawing._font(9.0).getmask(letter)) != bytes(drawing._font(9.0).getmask("肿"))
    assert drawing._drawable("CD8⁺ T cells") == "CD8+ T cells"
    assert drawing._drawable("肿瘤") == "肿瘤"
