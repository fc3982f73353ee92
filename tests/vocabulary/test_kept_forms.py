"""A file of the vocabulary is read once as YAML and then from its kept form, with one result."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from bot.errors import UnreadableFile
from bot.text.folding import clean, tokenise
from bot.vocabulary import Vocabulary
from bot.vocabulary.model import TaxonomyPart
from bot.vocabulary.reading import YamlFile

WORDS = "version: 1\ngenes:\n  CD274: [pd-l1]\n"
FEW = """\
version: 1
title: few
spelling: British
provenance: {}
tagging_policy: []
facets:
- {id: component, label: TME component, purpose: parts}
- {id: strategy, label: Reprogramming strategy, purpose: what is done}
unsaid: []
parts: [words.yaml]
concepts:
- id: hypoxia
  facet: component
  label: hypoxia
  label_us: hypoxia
  definition: {text: Little oxygen.}
- id: macrophages
  facet: component
  label: tumour-associated macrophages
  label_us: tumor-associated macrophages
  abbreviations: [{t: TAM}]
  definition: {text: Macrophages of a tumour.}
- id: car-t-cells
  facet: strategy
  label: CAR T cells
  label_us: CAR T cells
  definition: {text: T cells with a receptor made for them.}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "words.yaml"
    path.write_text(WORDS)
    return path


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A folder with a vocabulary of a few words: what is tried with all of them takes long."""
    folder = tmp_path / "few"
    folder.mkdir()
    (folder / "words.yaml").write_text(WORDS)
    (folder / "taxonomy.yaml").write_text(FEW)
    return folder


def test_the_kept_form_gives_the_same_vocabulary(tmp_path: Path, seeds: Path) -> None:
    kept = tmp_path / "kept"
    # Two folders: of one whose files have not changed, a process has the vocabulary already.
    first, again = (
        Vocabulary.load(copytree(seeds, tmp_path / name) / "taxonomy.yaml", kept=kept)
        for name in ("one", "other")
    )
    assert len(list(kept.glob("*.json"))) > 5
    assert not list(kept.glob("*.part"))
    assert dict(again.concepts) == dict(first.concepts)
    assert dict(again.drugs) == dict(first.drugs)
    assert dict(again.ambiguous) == dict(first.ambiguous)


def test_names_are_read_from_their_kept_form_and_anew_when_a_file_changes(
    tmp_path: Path, few: Path
) -> None:
    kept = tmp_path / "kept"
    folders = [copytree(few, tmp_path / name) for name in ("one", "two", "three", "four")]
    paths = [folder / "taxonomy.yaml" for folder in folders]
    first = Vocabulary.load(paths[0], kept=kept)
    form = kept / "lexicon.json"
    for text in ("TAM and CAFs in CAR T", "anti PD 1", "TGF-beta or TNFα", "i do like hypoxia"):
        again = Vocabulary.load(paths[1], kept=kept)
        words = tokenise(clean(text))
        assert again.recognise(words, text) == first.recognise(words, text)
    assert dict(again.vocabulary_words()) == dict(first.vocabulary_words())
    content = json.loads(form.read_text())
    content["data"]["words"] = {"from-the-kept-form": 1}
    form.write_text(json.dumps(content))
    third = Vocabulary.load(paths[2], kept=kept)
    assert dict(third.vocabulary_words()) == {"from-the-kept-form": 1}
    paths[3].write_text(paths[3].read_text() + "\n# changed\n")
    fourth = Vocabulary.load(paths[3], kept=kept)
    assert dict(fourth.vocabulary_words()) == dict(first.vocabulary_words())


def test_a_kept_form_of_names_that_is_something_else_is_left_out(tmp_path: Path, few: Path) -> None:
    kept, path = tmp_path / "kept", copytree(few, tmp_path / "seeds") / "taxonomy.yaml"
    words = dict(Vocabulary.load(path, kept=kept).vocabulary_words())
    form = kept / "lexicon.json"
    good = json.loads(form.read_text())
    for number, data in enumerate((None, [], {"words": {}}, {"abbreviations": [[1]]})):
        form.write_text(json.dumps(good | {"data": data}))
        # Of another folder, as a process has that of an unchanged one already.
        other = copytree(path.parent, tmp_path / str(number)) / path.name
        assert dict(Vocabulary.load(other, kept=kept).vocabulary_words()) == words, data


def test_a_process_has_one_vocabulary_until_a_file_changes(tmp_path: Path, few: Path) -> None:
    path = copytree(few, tmp_path / "seeds") / "taxonomy.yaml"
    first = Vocabulary.load(path)
    assert Vocabulary.load(path) is first
    path.write_text(path.read_text() + "\n# changed\n")
    assert Vocabulary.load(path) is not first


def test_a_kept_form_is_used_and_a_changed_file_is_read_anew(file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    YamlFile(file, kept)
    form = json.loads((kept / "words.json").read_text())
    form["data"]["genes"]["CD274"] = ["from the kept form"]
    (kept / "words.json").write_text(json.dumps(form))
    assert YamlFile(file, kept).parse(TaxonomyPart).genes == {"CD274": ("from the kept form",)}
    file.write_text(WORDS.replace("pd-l1", "b7-h1"))
    assert YamlFile(file, kept).parse(TaxonomyPart).genes == {"CD274": ("b7-h1",)}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_form_is_left_out_and_written_again(
    file: Path, tmp_path: Path, content: bytes
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "words.json").write_bytes(content)
    assert YamlFile(file, kept).parse(TaxonomyPart).genes == {"CD274": ("pd-l1",)}
    assert json.loads((kept / "words.json").read_text())["data"]["genes"] == {"CD274": ["pd-l1"]}


def test_what_a_form_holds_is_checked_like_the_file(file: Path, tmp_path: Path) -> None:
    """Also the line of what is wrong is found, in the file itself."""
    kept = tmp_path / "kept"
    YamlFile(file, kept)
    form = json.loads((kept / "words.json").read_text())
    form["data"]["genes"]["CD274"] = {"not": "a list"}
    (kept / "words.json").write_text(json.dumps(form))
    with pytest.raises(UnreadableFile, match=r"words\.yaml, line 3"):
        YamlFile(file, kept).parse(TaxonomyPart)


def test_values_that_json_cannot_say_are_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "dated.yaml"
    file.write_text("on: 2024-01-31\n1: one\n")
    for _ in range(2):
        assert YamlFile(file, tmp_path / "kept").data == YamlFile(file).data
    assert not (tmp_path / "kept" / "dated.json").exists()


def test_a_folder_that_cannot_be_made_is_no_error(file: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file, not a folder")
    assert YamlFile(file, tmp_path / "kept").parse(TaxonomyPart).genes == {"CD274": ("pd-l1",)}
