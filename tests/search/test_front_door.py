# ruff: noqa: E501 - one question after another
"""A search beneath everything: what resolves is a command, and everything else finds records."""

from pathlib import Path

import pytest

from bot.records.models import Record
from bot.text.stop_words import foreign
from handlers.router import Request, Router, Surface
from tests.block_check import check_message
from tests.own_records import router_over, work


def action(router: Router, text: str) -> str:
    return router.read(Request(text, Surface.SLASH), None).query.action


@pytest.mark.parametrize(
    "text",
    [
        "check points of T cell activation", "list of macrophage markers", "help macrophages resist",
        "similar macrophages in glioma", "cite macrophages", "abstract patterns of macrophages",
        "add macrophages to melanoma", "digest of collagen by macrophages", "alert cells and macrophages",
        "new macrophages", "read macrophages", "evidence that macrophages expand", "watch macrophages grow up",
        "subscriptions of macrophages", "report macrophages", "save macrophages from hypoxia",
        "what is the role of macrophages?", "what are the macrophages that resist?",
        "export of macrophages from tumours", "map macrophages to glands", "who are the macrophages?",
        "can you help me find papers about macrophages?", "show me papers on macrophages",
        "open questions on macrophages", "next generation macrophages", "more macrophages",
        "can we get macrophages into cold tumours?", "could we stop macrophages from resisting?",
        "status of macrophages", "stats on macrophages", "sources of macrophages",
    ],
)  # fmt: skip
def test_words_of_commands_are_words_where_their_object_does_not_resolve(
    router: Router, text: str
) -> None:
    reply = router.answer(Request(text, Surface.SLASH))
    assert reply.answer.understood.action in ("search", "compare")
    assert reply.answer.hits


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("define MDSC", "define"), ("what are MDSCs?", "define"), ("what is a CAF", "define"),
        ("evidence oncolytic viruses", "evidence"), ("cite 10.1002/ctd2.70098", "cite"),
        ("check 10.1002/ctd2.70098", "integrity"), ("similar 10.1002/ctd2.70098", "similar"),
        ("abstract of 10.1002/ctd2.70098", "abstract"), ("help cite", "help"), ("lists", "save"),
        ("map resistance by strategy", "map"), ("trend macrophages", "trend"), ("new", "new"),
        ("subscribe macrophages weekly", "subscribe"), ("digest macrophages", "subscribe"),
        ("export macrophages as ris", "export"), ("combine CAR-T + oncolytic viruses", "combine"),
        ("macrophages vs neutrophils", "compare"), ("how can I search by journal?", "help"),
        ("how can I exclude a word", "help"), ("what can you do?", "help"),
        ("how many records do you have?", "stats"),
    ],
)  # fmt: skip
def test_what_resolves_is_the_command(router: Router, text: str, wanted: str) -> None:
    assert action(router, text) == wanted


def test_a_definition_is_followed_by_the_best_records(router: Router) -> None:
    answer = router.answer(Request("define MDSC", Surface.SLASH)).answer
    assert 1 <= len(answer.hits) <= 3
    assert answer.total >= len(answer.hits)


def test_an_abbreviation_is_defined_by_the_records_that_spell_it_out(tmp_path: Path) -> None:
    """No vocabulary has it: what it stands for is told with how many records say so."""
    text = "Results: The unlikely test response (UTR) was high. No other UTR was seen."
    with router_over(tmp_path, [work(1, "A trial of oncolytic viruses", text)]) as router:
        reply = router.answer(Request("what does UTR mean?", Surface.SLASH))
        assert reply.answer.understood.action == "define"
        assert "Unlikely test response" in reply.message.text
        assert len(reply.answer.hits) == 1
        check_message(reply.message.payload())
        unknown = router.answer(Request("what does XQZ mean?", Surface.SLASH)).answer
        assert unknown.understood.action in ("search", "no_results", "clarify")


def test_a_kind_of_study_is_defined_by_its_name_only(router: Router) -> None:
    """ "Mouse model" shows a kind of study, and is not what one asks the meaning of."""
    assert action(router, "what is a preclinical study?") == "define"
    reply = router.answer(Request("what is a mouse model?", Surface.SLASH)).answer
    assert reply.understood.action == "search"
    assert ("Define “a mouse model”", "define a mouse model") in reply.understood.offers


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("hello", "Hello"), ("hi there, TME bot!", "Hello"), ("good morning everyone", "Hello"),
        ("thank you so much", "welcome"), ("great job", "welcome"), ("who are you?", "bot"),
        ("🙂", "Hello"), (":tada: :tada:", "Hello"), ("oops, wrong room", "No harm"),
        ("that was useless", "Sorry"), ("bye", "Goodbye"),
    ],
)  # fmt: skip
def test_small_talk_gets_one_line_and_two_examples(router: Router, text: str, about: str) -> None:
    reply = router.answer(Request(text, Surface.DIRECT))
    assert reply.answer.understood.action == "smalltalk"
    assert not reply.answer.hits
    assert about in reply.message.text
    assert len(reply.answer.suggestions) == 2
    for example in reply.answer.suggestions:
        assert router.answer(Request(example, Surface.DIRECT)).answer.total


@pytest.mark.parametrize(
    "text", ["hi macrophages", "thanks to macrophages", "cool tumours", "good"]
)
def test_a_word_of_the_field_is_no_small_talk(router: Router, text: str) -> None:
    wanted = "smalltalk" if text == "good" else "search"
    assert action(router, text) == wanted


def test_another_subject_is_said_to_be_one(router: Router) -> None:
    reply = router.answer(Request("who composed the ninth symphony?", Surface.DIRECT))
    assert not any(hit.strict for hit in reply.answer.hits)
    assert "I only have papers on" in reply.message.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Resistenz gegen die Immuntherapie mit Makrophagen", "de"), ("免疫治疗", ""),
        ("cellules immunitaires dans le cancer du poumon", "fr"),
        ("fibroblasts in kidney cancer", None), ("La Jolla protocol", None), ("de novo resistance", None),
        ("PD-1", None), ("", None),
    ],
)  # fmt: skip
def test_another_language_is_noticed(text: str, code: str | None) -> None:
    assert foreign(text) == code


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("tumorassoziierte Makrophagen beim Lungenkrebs",
         ["tumour-associated-macrophages", "lung-cancer"]),
        ("fibroblastes associés au cancer du sein", ["cancer-associated-fibroblasts", "breast-cancer"]),
        ("肺癌 巨噬细胞", ["lung-cancer", "tumour-associated-macrophages"]),
        ("¿qué hacen los macrófagos en el melanoma?", ["tumour-associated-macrophages", "melanoma"]),
        ("Wie wirkt CAR-T bei der Hypoxie?", ["car-t", "tumour-hypoxia"]),
    ],
)  # fmt: skip
def test_the_commonest_words_are_known_in_other_languages(
    router: Router, text: str, concepts: list[str]
) -> None:
    answer = router.answer(Request(text, Surface.SLASH)).answer
    assert list(answer.understood.concepts) == concepts
    assert any("in English" in note for note in answer.understood.notes)


@pytest.mark.parametrize(
    ("text", "concepts"), [("Brustkrebs PD-1", ["breast-cancer"]), ("Krebs cycle", [])]
)
def test_a_name_that_no_record_uses_tells_its_language(
    router: Router, text: str, concepts: list[str]
) -> None:
    """A short one may be somebody's name."""
    answer = router.answer(Request(text, Surface.SLASH)).answer
    assert list(answer.understood.concepts) == concepts


@pytest.mark.parametrize(
    ("text", "filters", "words"),
    [
        ("Sharma et al., 2017", {"author": "Sharma", "year": 2017}, []),
        ("Sharma et al (2017) resistance", {"author": "Sharma", "year": 2017}, ["resistance"]),
        ("papers by Padmanee Sharma on resistance", {"author": "Padmanee Sharma"}, ["resistance"]),
        ("anything from Sharma?", {"author": "Sharma"}, []),
        ("Sharma P, Cell 2017;168:707-723", {"author": "Sharma", "year": 2017, "journal": "Cell"}, []),
        ("Hypoxia 2017 resistance", {"year": 2017}, ["Hypoxia", "resistance"]),
        ("CAFs and Tregs 2020", {"year": 2020}, ["CAFs", "Tregs"]),
    ],
)  # fmt: skip
def test_references_are_read_as_people_write_them(
    router: Router, text: str, filters: dict[str, object], words: list[str]
) -> None:
    query = router.services.search.interpret(text)
    assert query.filters.as_json() == filters
    assert [part.typed for part in query.parts] == words


@pytest.mark.parametrize(
    "text",
    ["28187290, 39809715", "PMID 28187290 and 39809715", "28187290\n39809715",
     "10.1016/j.cell.2017.01.017; 39809715", "10.1016/j.cell.2017.01.017 10.1002/ctd2.70098"],
)  # fmt: skip
def test_several_ids_open_several_records(router: Router, text: str) -> None:
    answer = router.answer(Request(text, Surface.SLASH)).answer
    assert answer.understood.action == "lookup_many"
    assert len(answer.understood.identifiers) == 2


@pytest.mark.parametrize(
    "text", ["newest macrophage papers", "what's new on macrophages", "new macrophages",
             "most recent papers on macrophages", "latest macrophages"],
)  # fmt: skip
def test_newest_is_an_order(router: Router, text: str) -> None:
    query = router.services.search.interpret(text)
    assert query.filters.sort == "date_desc"
    assert len(query.parts) == 1


def test_two_things_are_set_against_each_other(router: Router) -> None:
    """Each side is among the first five, and what both are asked about is asked of both."""
    answer = router.answer(Request("macrophages vs regulatory T cells", Surface.SLASH)).answer
    tags = [{tag.concept for tag in hit.record.concepts} for hit in answer.hits[:5]]
    assert any("tumour-associated-macrophages" in each for each in tags)
    assert any("regulatory-t-cells" in each for each in tags)
    sides = router.services.comparing.sides
    assert sides("CAR-T vs TCR-T in melanoma") == ("CAR-T in melanoma", "TCR-T in melanoma")
    assert sides("CAR-T") is None


@pytest.mark.parametrize(
    "text",
    [
        "can anyone point me to papers on macrophages?", "does anybody know of macrophages",
        "hey all, has anyone seen good data on macrophages", "I'm looking for something on macrophages",
        "do we have anything about macrophages?", "could you help me with macrophages",
    ],
)  # fmt: skip
def test_whom_one_asks_is_no_subject(router: Router, text: str) -> None:
    parts = router.services.search.interpret(text).parts
    assert [part.typed for part in parts] == ["macrophages"]


def test_of_a_drug_that_is_not_stored_its_class_is_nearest(tmp_path: Path) -> None:
    records = [
        work(1, "T cells and T cell receptors", "T cells."),
        work(2, "Oncolytic virotherapy of glioma", "Oncolytic viruses."),
    ]
    with router_over(tmp_path, records) as router:
        answer = router.answer(Request("T-VEC", Surface.SLASH)).answer
    assert answer.total == 0
    assert [hit.record.title for hit in answer.hits] == ["Oncolytic virotherapy of glioma"]


def test_what_is_near_is_of_the_subject(tmp_path: Path) -> None:
    """A question is of another subject only where nothing found has half of what it asks."""
    with router_over(tmp_path, [work(1, "Larynx voice quality", "Voices.")]) as router:
        near = router.answer(Request("is voice quality worse with larynx stents?", Surface.SLASH))
        far = router.answer(
            Request("is the quality of olive oil and red wine taxed?", Surface.SLASH)
        )
    assert not any("I only have papers" in note for note in near.answer.understood.notes)
    assert any("I only have papers" in note for note in far.answer.understood.notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("number of records on macrophages", ["macrophages"]),
        ("count macrophages trials", ["macrophages", "trials"]),
        ("is there anything in our library about macrophages?", ["macrophages"]),
        ("macrophages plus nivolumab", ["macrophages", "nivolumab"]),
    ],
)
def test_how_and_where_is_looked_is_no_subject(router: Router, text: str, words: list[str]) -> None:
    parts = router.services.search.interpret(text).parts
    assert [part.typed for part in parts] == words


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("pls alert us about new macrophages papers on fridays", "macrophages"),
        ("alert me when there are new papers about macrophages", "macrophages"),
        ("notify me of anything new on macrophages monthly", "macrophages"),
        ("subscribe new macrophages", "new macrophages"),
    ],
)
def test_that_what_is_watched_is_new_is_understood(router: Router, text: str, topic: str) -> None:
    answer = router.answer(Request(text, Surface.TERMINAL)).answer
    assert answer.understood.notes[0].startswith(f"Would watch “{topic}”")


def test_what_looks_like_a_made_word_is_a_slip_for_a_common_one(tmp_path: Path) -> None:
    many = [work(n, f"Cultivators of kinase {n}", "Cultivators.") for n in range(20)]

    def corrected(home: Path, records: list[Record]) -> list[tuple[str, str]]:
        with router_over(home, records) as router:
            said = router.answer(Request("kinase cultivaters", Surface.SLASH)).answer.understood
        return [(each.typed, each.used) for each in said.corrected]

    assert corrected(tmp_path / "many", many) == [("cultivaters", "cultivators")]
    assert corrected(tmp_path / "few", many[:19]) == []


def test_a_part_of_a_concept_is_not_answered_with_the_whole(tmp_path: Path) -> None:
    """Phase 3 is a clinical trial, and a trial of phase 1 is no full match; nor is phase I/II."""
    trials = [
        work(number, f"A phase {phase} trial of nivolumab in sarcoma")
        for number, phase in enumerate(("III", "3", "I", "I/II"))
    ]
    with router_over(tmp_path, trials) as router:
        found = router.answer(Request("phase 3 sarcoma", Surface.TERMINAL)).answer
        titles = {hit.record.title.split()[2] for hit in found.hits if hit.strict}
        assert (titles, found.total) == ({"III", "3"}, 2)
        first = router.answer(Request("phase one sarcoma", Surface.TERMINAL)).answer
        assert {hit.record.title.split()[2] for hit in first.hits if hit.strict} == {"I", "I/II"}
        assert router.answer(Request("clinical trial sarcoma", Surface.TERMINAL)).answer.total == 4


def test_what_is_named_tells_more_than_a_word_as_rare(tmp_path: Path) -> None:
    records = [work(1, "A zebrafish atlas of fins"), work(2, "Pericytes in sarcoma")]
    with router_over(tmp_path, records) as router:
        found = router.answer(Request("zebrafish pericytes", Surface.TERMINAL)).answer
        assert found.hits[0].record.title == "Pericytes in sarcoma"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("cheers, that was useful", "smalltalk"), ("you're wrong", "smalltalk"),
        ("good evening, anybody there?", "smalltalk"), ("ok", "smalltalk"),
        ("ping me about macrophages on Fridays", "subscribe"),
        ("let us know when there's something new on macrophages", "subscribe"),
        ("every two weeks send new papers about macrophages", "subscribe"),
        ("macrophages mornings", "search"), ("tell me about macrophages in tumours", "search"),
        ("daily life of macrophages", "search"),
    ],
)  # fmt: skip
def test_more_of_what_people_type(router: Router, text: str, wanted: str) -> None:
    assert action(router, text) == wanted


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("oldest papers on macrophages", "date_asc"), ("macrophages oldest first", "date_asc"),
        ("earliest stage of tumours", "relevance"), ("oldest old patients", "relevance"),
    ],
)  # fmt: skip
def test_the_oldest_first(router: Router, text: str, order: str) -> None:
    query = router.read(Request(text, Surface.SLASH), None).query
    assert query.filters.sort == order


def test_a_year_or_a_colon_ends_a_name(router: Router) -> None:
    read = router.read(Request("papers from this year", Surface.SLASH), None).query
    assert not read.filters.authors
    read = router.read(Request("in Nature Medicine: macrophages", Surface.SLASH), None).query
    assert read.filters.journals == ("Nature Medicine",)
    assert [part.typed for part in read.parts] == ["macrophages"]


def test_a_letter_with_its_cells_is_one_thing(router: Router) -> None:
    read = router.read(Request("lazy T cells", Surface.SLASH), None).query
    assert [part.typed for part in read.parts] == ["lazy", "T cells"]


def test_a_symbol_with_another_number_is_not_offered(router: Router) -> None:
    read = router.read(Request("CXCL7", Surface.SLASH), None).query
    assert (read.action, read.problems) == ("search", ())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("top 3 papers on sarcoma", ["sarcoma"]), ("best evidence on sarcoma", ["sarcoma"]),
        ("non-invasive sarcoma", ["non-invasive", "sarcoma"]),
        ("Rolle der Makrophagen beim Plattenepithelkarzinom",
         ["macrophages", "squamous cell carcinoma"]),
    ],
)  # fmt: skip
def test_what_says_how_many_or_how_good_is_not_asked_for(
    router: Router, text: str, parts: list[str]
) -> None:
    read = router.read(Request(text, Surface.SLASH), None).query
    assert [part.typed for part in read.parts] == parts


def test_papers_that_are_free_are_open_ones(router: Router) -> None:
    read = router.read(Request("free papers about sarcoma", Surface.SLASH), None).query
    assert read.filters.open_access is True
    acids = router.read(Request("free fatty acids", Surface.SLASH), None).query
    assert acids.filters.open_access is None


def test_a_reference_list_on_one_line_is_read_entry_by_entry(router: Router) -> None:
    listed = (
        "1. Ames B. A first title of six words. J Own 2020. 2. Best C. A second title of six words."
        " J Own 2021. 3. Cole D. A third title of six words. J Own 2022."
    )
    answer = router.answer(Request(listed, Surface.TERMINAL)).answer
    assert len([note for note in answer.understood.notes if note.startswith("not stored")]) == 3
    assert action(router, "phase 2. 3. and 4. of 2020") == "search"


def test_a_rarer_everyday_name_counts_for_less_than_the_word_asked(tmp_path: Path) -> None:
    records = [work(number, f"Womb {number} lining") for number in range(3)]
    with router_over(tmp_path, [*records, work(3, "Uterine 3 lining")]) as router:
        found = router.answer(Request("womb", Surface.TERMINAL)).answer
        assert found.total == 4
        assert found.hits[-1].record.title == "Uterine 3 lining"


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("squamous cell carcinoma of the tongue", ["oral-squamous-cell-carcinoma"]),
        ("SCC of the oral tongue", ["oral-squamous-cell-carcinoma"]),
        ("melanoma of the uvea", ["uveal-melanoma"]),
        ("small cell carcinoma of the bladder", ["bladder-cancer"]),
        ("neoantigen cancer vaccine", ["neoantigen-vaccines"]),
        ("oral cancer microbiome", ["oral-cancer", "microbiome"]),
        ("brain cancer metastases", ["brain-tumours", "metastatic-cancer"]),
    ],
)
def test_a_tumour_of_a_site_and_a_compound_are_what_they_name(
    router: Router, text: str, concepts: list[str]
) -> None:
    parts = router.services.search.interpret(text).parts
    named = [part.recognised.concepts[0] for part in parts if part.recognised]
    assert named == concepts


@pytest.mark.parametrize(
    ("text", "genes"),
    [
        ("patients who met criteria", []), ("met amplification", ["MET"]), ("MET", ["MET"]),
        ("inhibition of met", ["MET"]), ("egfr and met", ["EGFR", "MET"]), ("lung mets", []),
        ("brain mets and immunotherapy", []), ("k-ras mutations", ["KRAS"]),
    ],
)  # fmt: skip
def test_a_gene_in_small_letters_is_a_word_unless_it_stands_like_a_gene(
    router: Router, text: str, genes: list[str]
) -> None:
    parts = router.services.search.interpret(text).parts
    assert [g for p in parts if p.recognised for g in p.recognised.genes] == genes


@pytest.mark.parametrize(
    "text", ["CAR-NK rather than CAR-T", "CAR-NK instead of CAR-T", "not CAR-T but CAR-NK"]
)
def test_what_is_asked_instead_leaves_the_other_out(router: Router, text: str) -> None:
    query = router.services.search.interpret(text)
    assert [part.typed for part in query.parts] == ["CAR-NK"]
    assert [part.typed for part in query.excluded] == ["CAR-T"]
