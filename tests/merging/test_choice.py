"""From which version each field of a record of several is taken."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.merging import choice
from bot.merging.choice import RULES, gathered
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Known,
    Provenance,
    Record,
    Relation,
    RelationKind,
    Scheme,
    Section,
)
from bot.sources import trusts

PREPRINT = Identifier(scheme=Scheme.DOI, value="10.1101/2023.05.06.539712")
ARTICLE = Identifier(scheme=Scheme.DOI, value="10.1000/article")


def choose(versions: Sequence[Record]) -> Record:
    """With the trust that each source has."""
    return choice.choose(versions, trusts())


def version(source: str, *identifiers: Identifier, **fields: object) -> Record:
    names = tuple(sorted({"title", *fields}))
    values = {"title": "A title", **fields}
    provenance = (Provenance(source=source, fields=names),)
    return Record(identifiers=identifiers, provenance=provenance, **values)


def people(*names: str) -> tuple[Contribution, ...]:
    return tuple(Contribution(name=name) for name in names)


def test_every_field_has_one_rule_or_adds_up() -> None:
    """A field added to the model has to be given its place here."""
    ruled = [name for rule in RULES for name in rule.fields]
    assert len(ruled) == len(set(ruled))
    others = {"identifiers", "relations", "integrity", "keywords", "warnings", "provenance",
              "concepts", "id", "first_seen", "shelf"}  # fmt: skip
    assert set(ruled) | others == set(Record.model_fields)


def test_a_repositorys_copy_yields_to_the_publisher() -> None:
    copy = version("ora", title="A Title.", volume="05", journal=Journal(title="JCO"))
    deposit = version("crossref", title="A title", journal=Journal(title="J Clin Oncol"))
    for pair in ((copy, deposit), (deposit, copy)):
        chosen = choose(pair)
        assert (chosen.title, chosen.journal) == ("A title", Journal(title="J Clin Oncol"))
        assert chosen.volume == "05"  # the publisher does not say


def test_a_title_in_capitals_yields_to_one_that_can_be_read() -> None:
    shouted = version("crossref", title="A TITLE OF CD8 T CELLS")
    assert choose((shouted, version("ris", title="A title of CD8 T cells"))).title.startswith("A t")


def test_the_fullest_authors_and_the_abstract_with_sections_win() -> None:
    sections = (Section(label="Methods", text="M."), Section(label="Results", text="R."))
    pubmed = version(
        "pubmed", abstract="Short.", sections=sections, contributors=people("A", "B", "C")
    )
    crossref = version("crossref", abstract="Much longer." * 9, contributors=people("A"))
    chosen = choose((crossref, pubmed))
    assert (chosen.abstract, chosen.sections) == ("Short.", sections)
    assert len(chosen.contributors) == 3


def test_the_most_precise_date_and_the_most_open_copy_win() -> None:
    opened = Access(status=AccessStatus.OPEN, url="https://example.org/x")
    chosen = choose((
        version("crossref", published="2024", access=Access(status=AccessStatus.RESTRICTED)),
        version("pubmed", published="2024-03-01", access=opened),
    ))  # fmt: skip
    assert (str(chosen.published), chosen.access) == ("2024-03-01", opened)


def test_what_is_true_of_the_preprint_is_not_said_of_the_article() -> None:
    preprint = version(
        "biorxiv", PREPRINT, type="Preprint", peer_reviewed=Known.NO, abstract="Early.",
        publication_status="Submitted", journal=Journal(title="bioRxiv"),
    )  # fmt: skip
    article = version("crossref", ARTICLE, type="Journal article", volume="5")
    for pair in ((preprint, article), (article, preprint)):
        chosen = choose(pair)
        assert chosen.doi == ARTICLE.value
        assert (chosen.type, chosen.peer_reviewed) == ("Journal article", Known.UNKNOWN)
        assert (chosen.publication_status, chosen.journal) == (None, None)
        assert chosen.abstract == "Early."  # the article has none, and its provenance says whose
        assert chosen.relations == (Relation(kind=RelationKind.HAS_PREPRINT, identifier=PREPRINT),)


def test_what_an_article_does_not_say_is_not_taken_from_its_preprint() -> None:
    preprint = version(
        "biorxiv", PREPRINT, type="Preprint", subtype="New results", publisher="bioRxiv",
        accepted="2023-05-06", publication_status="Submitted", peer_reviewed=Known.NO, volume="1",
        journal=Journal(title="bioRxiv"), language="en",
    )  # fmt: skip
    article = version("pubmed", ARTICLE, abstract="What was found.")
    for pair in ((preprint, article), (article, preprint)):
        chosen = choose(pair)
        kept = (chosen.type, chosen.subtype, chosen.publisher, chosen.accepted, chosen.journal,
                chosen.publication_status, chosen.volume)  # fmt: skip
        assert kept == (None,) * 7
        assert chosen.peer_reviewed is Known.UNKNOWN
        assert chosen.language == "en"


def test_two_versions_of_a_preprint_stay_a_preprint() -> None:
    other = Identifier(scheme=Scheme.PMID, value="1")
    chosen = choose((
        version("biorxiv", PREPRINT, type="Preprint", peer_reviewed=Known.NO),
        version("pubmed", other, PREPRINT),
    ))  # fmt: skip
    assert (chosen.type, chosen.peer_reviewed) == ("Preprint", Known.NO)
    assert chosen.relations == ()


def test_provenance_says_of_each_field_whose_it_is() -> None:
    chosen = choose((
        version("ora", abstract="Text.", volume="5", keywords=("a",)),
        version("crossref", volume="6", keywords=("b",), issue="2"),
    ))  # fmt: skip
    said = {entry.source: set(entry.fields) for entry in chosen.provenance}
    assert said == {"ora": {"abstract", "keywords"}, "crossref": {"title", "volume", "issue",
                                                                 "keywords"}}  # fmt: skip
    assert chosen.keywords == ("b", "a")


def test_a_warning_goes_when_another_version_mends_it() -> None:
    nameless = version("ora", contributors=(Contribution(orcid="0000-0002-1050-2771"),),
                       warnings=("author_name_missing", "ark_empty"))  # fmt: skip
    assert choose((nameless, version("pubmed"))).warnings == ("author_name_missing", "ark_empty")
    named = version("pubmed", contributors=people("Li B"))
    assert choose((nameless, named)).warnings == ("ark_empty",)


def test_notices_add_up_and_checks_do_not() -> None:
    def notice(kind: str, source: str, day: int) -> IntegrityNotice:
        return IntegrityNotice(
            kind=IntegrityKind(kind), source=source, checked=f"2026-01-{day:02}T00:00:00+00:00"
        )

    told = [notice("checked", "crossref", 3), notice("retraction", "pubmed", 2),
            notice("checked", "crossref", 4), notice("retraction", "pubmed", 5),
            notice("retraction", "crossref", 1)]  # fmt: skip
    assert gathered(told) == (told[3], told[4], told[2])


SOURCES = st.sampled_from(["crossref", "pubmed", "ora", "file"])
VERSIONS = st.builds(
    lambda source, stored, **fields: version(source, *stored, **fields),
    SOURCES,
    st.lists(st.sampled_from([PREPRINT, ARTICLE]), max_size=2, unique=True),
    title=st.sampled_from(["One", "Two"]),
    volume=st.sampled_from([None, "1", "2"]),
    abstract=st.sampled_from([None, "Short.", "A longer one."]),
    published=st.sampled_from([None, "2024", "2024-05"]),
    keywords=st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True).map(tuple),
)


@given(st.lists(VERSIONS, min_size=1, max_size=4))
def test_nothing_that_one_version_alone_has_is_lost(versions: list[Record]) -> None:
    chosen = choose(versions)
    assert set(chosen.identifiers) == {i for v in versions for i in v.identifiers}
    assert set(chosen.keywords) == {word for v in versions for word in v.keywords}
    for name in ("abstract", "published"):
        assert bool(getattr(chosen, name)) == any(getattr(v, name) for v in versions)
    assert {p.source for p in chosen.provenance} == {v.provenance[0].source for v in versions}


@given(st.lists(VERSIONS, min_size=2, max_size=4, unique_by=lambda v: v.provenance[0].source))
def test_the_order_in_which_sources_came_does_not_matter(versions: list[Record]) -> None:
    forth, back = choose(versions), choose(versions[::-1])
    for rule in RULES:
        for name in rule.fields:
            assert getattr(forth, name) == getattr(back, name)


def test_the_place_of_a_work_is_filled_from_every_version_and_other_fields_are_not() -> None:
    best = version("crossref", volume="5", issue="6", journal=Journal(title="J", issn="1234-5679"))
    other = version("pubmed", volume="7", pages="10-20", journal=Journal(eissn="8765-4321"))
    for pair in ((best, other), (other, best)):
        chosen = choose(pair)
        assert (chosen.volume, chosen.issue, chosen.pages) == ("5", "6", "10-20")
        assert chosen.journal == best.journal


def brought(*identifiers: Identifier, workspace: str | None = None, **fields: object) -> Record:
    """What a person brought in a file, seen by everybody or by a workspace alone."""
    stated = Provenance(source="ris", file="refs.ris", by="U1", imported=1, workspace=workspace)
    values = {"title": "A title", **fields}
    return Record(identifiers=identifiers, provenance=(stated,), **values)


def test_a_workspace_sees_its_own_versions_beside_those_of_all_and_no_others() -> None:
    shared = version("pubmed", title="Shared")
    mine = brought(workspace="/T1", keywords=("mine",))
    theirs = brought(workspace="/T2", keywords=("theirs",))
    versions = (shared, mine, theirs)
    seen = {
        workspace: choice.choose(versions, trusts(), workspace)
        for workspace in (None, "/T1", "/T2")
    }
    assert {name: record.keywords for name, record in seen.items()} == {
        None: (), "/T1": ("mine",), "/T2": ("theirs",),
    }  # fmt: skip
    assert {record.title for record in seen.values()} == {"Shared"}
    assert choice.choose((mine, theirs), trusts()).keywords == ("mine", "theirs")


def test_a_service_says_what_a_work_is_related_to_and_a_file_where_no_service_does() -> None:
    other = Identifier(scheme=Scheme.DOI, value="10.1000/other")
    comment = Relation(kind=RelationKind.COMMENT_ON, identifier=other)
    known, named = version("pubmed", ARTICLE), brought(ARTICLE, relations=(comment,))
    assert choose((named, known)).relations == choose((known, named)).relations == ()
    assert choose((named, brought(ARTICLE, keywords=("a",)))).relations == (comment,)


def test_a_file_adds_its_librarys_own_names_and_no_other_of_a_kind_that_is_known() -> None:
    local = Identifier(scheme=Scheme.LOCAL, value="Smith2020")
    wrong = Identifier(scheme=Scheme.DOI, value="10.1000/wrong")
    number = Identifier(scheme=Scheme.PMID, value="1")
    own = Identifier(scheme=Scheme.LOCAL, value="record-7")
    trial = Identifier(scheme=Scheme.SOURCE, value="clinicaltrials:NCT02263508")
    other_trial = Identifier(scheme=Scheme.SOURCE, value="clinicaltrials:NCT00000001")
    known = version("pubmed", ARTICLE, own, trial)
    chosen = choose((known, brought(wrong, local, number, other_trial)))
    assert chosen.identifiers == (ARTICLE, own, trial, local, number)


def test_of_one_notice_the_later_look_counts_and_one_without_a_time_never_replaces_it() -> None:
    def notice(checked: str | None) -> IntegrityNotice:
        return IntegrityNotice(kind=IntegrityKind.RETRACTION, source="pubmed", checked=checked)

    never, early, late = notice(None), notice("2026-01-01"), notice("2026-02-01")
    for given_in in ((never, early, late), (late, early, never), (early, late, never)):
        assert gathered(given_in) == (late,)


def test_a_source_that_nobody_knows_is_trusted_with_nothing() -> None:
    """A file is as good as whoever typed it: it comes after every source that is known."""
    assert choice.Trust(0, 0, 0, 0) == choice.NO_TRUST
    for area in ("bibliographic", "kind", "access", "repository"):
        assert {getattr(trust, area) >= 0 for trust in trusts().values()} == {True}
        assert any(getattr(trust, area) for trust in trusts().values())


def test_relations_to_other_works_are_kept_and_those_between_its_versions_are_not() -> None:
    other = Identifier(scheme=Scheme.DOI, value="10.1000/other")
    kept = Relation(kind=RelationKind.COMMENT_ON, identifier=other)
    between = Relation(kind=RelationKind.PREPRINT_OF, identifier=ARTICLE)
    chosen = choose(
        (version("crossref", ARTICLE, relations=(kept,)),
         version("biorxiv", PREPRINT, relations=(between,)))
    )  # fmt: skip
    assert chosen.relations == (
        kept,
        Relation(kind=RelationKind.HAS_PREPRINT, identifier=PREPRINT),
    )
