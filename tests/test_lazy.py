"""What is loaded late is what would have been loaded at once."""

import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from bot.lazy import Late, late, lazy, package, without


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `outer` of two modules, one of which imports the other."""
    folder = tmp_path / "outer"
    folder.mkdir()
    (folder / "__init__.py").write_text("from outer.heavy import WEIGHT\n")
    (folder / "heavy.py").write_text("WEIGHT = 7\n")
    (folder / "light.py").write_text("import outer.heavy as heavy\nweigh = lambda: heavy.WEIGHT\n")
    (folder / "eager.py").write_text("from outer.heavy import WEIGHT\n")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def run(library: Path, code: str) -> str:
    """What a fresh process prints."""
    root = Path(__file__).resolve().parents[1]
    lines = f"import sys; sys.path[:0] = [{str(root)!r}, {str(library)!r}]\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_a_package_is_run_when_a_name_of_its_own_is_used(library: Path) -> None:
    said = run(
        library,
        "from bot.lazy import package\npackage('outer')\nimport outer.light\n"
        "from outer import light\nprint('outer.heavy' in sys.modules, light is outer.light)\n"
        "from outer import WEIGHT\nprint(WEIGHT, hasattr(outer, 'nothing'))",
    )
    # `light` imports it itself.
    assert said == "True True\n7 False"


def test_a_package_that_is_not_there_stays_so() -> None:
    package("no_such_package_at_all")
    assert "no_such_package_at_all" not in sys.modules


def test_what_is_left_for_later_is_loaded_when_it_is_used(library: Path) -> None:
    said = run(
        library,
        "from bot.lazy import package, without\npackage('outer')\n"
        "with without(later=['outer.heavy']):\n    import outer.light\n"
        "print('outer.heavy' in sys.modules, outer.light.weigh(), 'outer.heavy' in sys.modules)",
    )
    assert said == "False 7 True"


def test_what_is_left_for_later_is_found_in_its_package(library: Path) -> None:
    said = run(
        library,
        "from bot.lazy import package, without\npackage('outer')\n"
        "with without(later=['outer.heavy']):\n    import outer.heavy\n"
        "print('outer.heavy' in sys.modules, outer.heavy.WEIGHT, 'outer.heavy' in sys.modules)",
    )
    assert said == "False 7 True"


def test_what_is_needed_at_once_after_all_is_loaded_at_once(library: Path) -> None:
    said = run(
        library,
        "from bot.lazy import package, without\npackage('outer')\n"
        "with without(later=['outer.heavy']):\n    import outer.eager\n"
        "print(outer.eager.WEIGHT, type(sys.modules['outer.heavy']).__name__)",
    )
    assert said == "7 module"


def test_what_is_left_out_is_not_installed_within_the_block() -> None:
    with without("no_such_module_at_all"), pytest.raises(ImportError):
        import no_such_module_at_all  # type: ignore[import-not-found]  # noqa: F401, PLC0415
    assert "no_such_module_at_all" not in sys.modules
    assert lazy("math").floor(1.5) == 1


def test_an_object_is_made_once_when_something_of_it_is_used() -> None:
    made: list[int] = []

    def make() -> list[int]:
        made.append(1)
        return made

    waiting = Late(make)
    assert made == []
    assert waiting.copy() == [1]
    assert waiting.count(1) == 1
    assert late("collections.Counter")("aab").most_common(1) == [("a", 2)]


def test_what_is_set_is_set_on_what_it_stands_for() -> None:
    made = Event()
    waiting = Late(lambda: made)
    waiting.name = "a name"
    assert vars(made)["name"] == "a name"
    assert waiting.name == "a name"
