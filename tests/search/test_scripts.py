"""Names and titles in any script are found: written as they are, or as others write them."""

from collections.abc import Iterator

import pytest

from bot.records.models import Contribution
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work


def by(family: str, given: str, title: str, number: int, abstract: str | None = None) -> object:
    return work(number, title, abstract, contributors=(Contribution(family=family, given=given),))


RECORDS = (
    by("王", "伟", "肿瘤微环境中巨噬细胞的重编程", 1, "本文综述与PD-1抑制剂耐药的关系。"),
    by("山田", "太郎", "腫瘍微小環境におけるマクロファージの役割", 2, "がん免疫療法への耐性。"),
    by("김", "민준", "종양 미세환경에서 대식세포의 역할", 3),
    by("Müller", "Jörg", "Überlebensvorteil beim größeren Melanom", 4),
    by("Lefèvre", "Noël", "Rôle des fibroblastes dans les métastases", 5),
    by("Sørensen", "Åse", "Stromal signals in glioma", 6),
    by("Mueller", "Hans", "Vessels and hypoxia", 7),
    by("Łukasik", "Paweł", "Epigenetic drugs and dormancy", 8),
    by("Wang", "Wei", "Macrophages and checkpoint blockade", 9),
    by("張", "偉", "膠質瘤的細胞外基質與藥物遞送", 10),
    work(11, "Stroma and dormancy", contributors=(Contribution(name="曾小明"),)),
    work(12, "Vessels in sarcoma", contributors=(Contribution(name="欧阳 修"),)),
    by("吕", "布", "Neutrophil traps", 13),
)


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("scripts") / "home", RECORDS) as built:  # type: ignore[arg-type]
        yield built


def found(router: Router, words: str) -> list[str]:
    """The numbers of the records that match everything."""
    hits = router.answer(Request(text=words, surface=Surface.TERMINAL)).answer.hits
    return [(hit.record.doi or "").rpartition(".")[2] for hit in hits if hit.strict]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("author:王伟", "1"),
        ('author:"王 伟"', "1"),
        ("author:王", "1"),
        ("author:山田", "2"),
        ("author:山田太郎", "2"),
        ("author:김민준", "3"),
        ('author:"김 민준"', "3"),
        ("author:lefevre", "5"),
        ("author:LEFÈVRE", "5"),
        ("author:sorensen", "6"),
        ("author:Soerensen", "6"),
        ('author:"Aase Sørensen"', "6"),
        ("author:lukasik", "8"),
        ("author:張偉", "10"),
        ("author:张伟", "10"),
        ('author:"zhang wei"', "10"),
        ('author:"wei zhang"', "10"),
        ('author:"zeng xiaoming"', "11"),
        ('author:"Zeng Xiao-Ming"', "11"),
        ('author:"xiaoming zeng"', "11"),
        ("author:ouyang", "12"),
        ('author:"Lyu Bu"', "13"),
        ('author:"Lv Bu"', "13"),
        ('author:"Lü Bu"', "13"),
    ],
)
def test_a_person_is_found_by_each_way_to_write_the_name(
    router: Router, words: str, number: str
) -> None:
    assert found(router, words) == [number]


def test_a_chinese_name_is_found_as_it_is_read(router: Router) -> None:
    """Beside those who are written so; one in characters is that one alone."""
    for name in ("wang wei", "Wei Wang", "WANG Wei"):
        assert sorted(found(router, f'author:"{name}"')) == ["1", "9"]
    assert found(router, "author:王伟") == ["1"]
    text = router.answer(Request(text="author:zeng", surface=Surface.TERMINAL)).message.text
    assert "曾小明 (author)" in text


@pytest.mark.parametrize("name", ["Müller", "Mueller", "Muller", "MÜLLER"])
def test_umlauts_are_one_name_in_their_three_spellings(router: Router, name: str) -> None:
    assert sorted(found(router, f"author:{name}")) == ["4", "7"]


def test_another_order_of_characters_is_another_name(router: Router) -> None:
    assert found(router, "author:伟王") == []


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("微环境", "1"),
        ("肿瘤微环境", "1"),
        ('"肿瘤微环境"', "1"),
        ("PD-1抑制剂", "1"),
        ("腫瘤微環境", "1"),
        ("PD-1抑制劑", "1"),
        ("細胞外基質與藥物遞送", "10"),
        ("细胞外基质与药物递送", "10"),
        ("腫瘍微小環境", "2"),
        ("がん免疫療法", "2"),
        ("미세환경", "3"),
        ("Überlebensvorteil", "4"),
        ("Ueberlebensvorteil", "4"),
        ("groesseren Melanom", "4"),
        ("grösseren melanom", "4"),
        ("metastases fibroblastes", "5"),
        ("Überlebensvorteil beim größeren Melanom", "4"),
    ],
)
def test_a_title_is_found_by_its_words(router: Router, words: str, number: str) -> None:
    """A word of the field finds others beside it, in English."""
    assert found(router, words)[0] == number


def test_a_word_of_the_field_finds_both_languages(router: Router) -> None:
    assert sorted(found(router, "巨噬细胞")) == ["1", "9"]
    assert found(router, "Wirkung beim Melanom") == ["4"]
    for question in ("胶质瘤", "膠質瘤"):  # also where the list of names has the other writing
        assert sorted(found(router, question)) == ["10", "6"]
    assert sorted(found(router, "マクロファージ")) == ["2", "9"]


def test_the_reason_quotes_the_word_and_not_its_pairs(router: Router) -> None:
    text = router.answer(Request(text="肿瘤微环境", surface=Surface.TERMINAL)).message.text
    assert "肿瘤微环境 (title)" in text
    assert "瘤微 (title)" not in text
