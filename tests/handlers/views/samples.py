"""Records and answers that every view must cope with."""

from datetime import UTC, datetime

from bot.records.answers import Answer, Correction, Hit, Quote, Sense, Understood, Why
from bot.records.dates import PartialDate
from bot.records.models import (
    Access,
    AccessStatus,
    ConceptTag,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Known,
    Provenance,
    Record,
    Scheme,
    Section,
)

CHECKED = datetime(2025, 12, 3, 9, 30, tzinfo=UTC)
SENTENCE = (
    "These emerging approaches include modulating tumour metabolism, normalising the tumour "
    "vasculature and employing engineered cell therapies."
)

SEED = Record(
    id="wseed",
    type="Journal article",
    subtype="Review",
    title=(
        "Reprogramming the tumour microenvironment: Emerging strategies to overcome "
        "immunotherapy resistance"
    ),
    abstract=f"Background: Resistance is common. Main body: {SENTENCE} Conclusion: A shift.",
    sections=(
        Section(label="Background", text="Resistance is common."),
        Section(label="Main body", text=SENTENCE),
        Section(label="Conclusion", text="A shift."),
    ),
    contributors=(
        Contribution(orcid="0000-0002-1050-2771", roles=("Author",)),
        Contribution(affiliation="University of Oxford", roles=("Author",)),
    ),
    journal=Journal(
        title="Clinical and Translational Discovery", issn="2768-0622", eissn="2768-0622"
    ),
    volume="5",
    issue="6",
    article_number="e70098",
    publisher="Wiley",
    published=PartialDate(2025, 11, 9),
    accepted=PartialDate(2025, 10, 26),
    deposited=PartialDate(2025, 11, 10),
    language="en",
    identifiers=(
        Identifier(scheme=Scheme.DOI, value="10.1002/ctd2.70098"),
        Identifier(scheme=Scheme.PUBS, value="2342049"),
        Identifier(scheme=Scheme.ISSN, value="2768-0622"),
    ),
    publication_status="Published",
    peer_reviewed=Known.YES,
    integrity=(IntegrityNotice(kind=IntegrityKind.CHECKED, checked=CHECKED),),
    provenance=(
        Provenance(
            source="ora",
            at=CHECKED,
            note="External metadata, not edited by ORA.",
            fields=("doi:publisher_copy",),
        ),
    ),
    concepts=(ConceptTag(concept="vascular-normalisation", field="abstract", words="vasculature"),),
    warnings=("author_name_missing", "doi_label_empty", "issn_equals_eissn"),
)
RETRACTED = SEED.model_copy(
    update={
        "id": "wretracted",
        "integrity": (
            IntegrityNotice(
                kind=IntegrityKind.CORRECTION, date=PartialDate(2023), source="Crossref"
            ),
            IntegrityNotice(
                kind=IntegrityKind.RETRACTION,
                date=PartialDate(2024, 3),
                notice="10.1234/notice.1",
                source="Retraction Watch",
                checked=CHECKED,
            ),
        ),
    }
)
PUBMED_ONLY = Record(
    id="wpubmed",
    type="Clinical trial",
    title="A trial of CD8<sup>+</sup> T cells <i>in vivo</i>, p < 0.05 and x > 3",
    contributors=(Contribution(name="Chen R"), Contribution(name="The TME Study Group")),
    journal=Journal(title="Cancer Cell"),
    volume="12",
    pages="100-110",
    published=PartialDate(2024, 2),
    identifiers=(Identifier(scheme=Scheme.PMID, value="39910037"),),
    access=Access(status=AccessStatus.OPEN, url="https://example.org/paper.pdf", licence="CC BY"),
    peer_reviewed=Known.NO,
)
BARE = Record(id="wbare", title="Only a title")
HOSTILE_TITLE = (
    "<!channel> <@U01ALICE> <https://evil.example|click> *bold* _x_ ~s~ `code` @here :100: &amp; "
    "\u202egnp.exe \u200bHLA-A*02:01 [x](http://evil.example) <script>alert(1)</script>\n> quote"
)
HOSTILE = SEED.model_copy(
    update={
        "id": "whostile",
        "title": HOSTILE_TITLE,
        "abstract": HOSTILE_TITLE * 10,
        "sections": (Section(label=HOSTILE_TITLE, text=HOSTILE_TITLE * 30),) * 5,
        "subtype": HOSTILE_TITLE,
        "type": HOSTILE_TITLE,
        "journal": Journal(title=HOSTILE_TITLE, issn="<!here>", eissn="x"),
        "publisher": HOSTILE_TITLE,
        "contributors": (
            Contribution(name=HOSTILE_TITLE, affiliation=HOSTILE_TITLE, roles=(HOSTILE_TITLE,) * 9),
            Contribution(orcid="<!channel>"),
        )
        * 6,
        "volume": "<!channel>",
        "issue": "*5*",
        "article_number": "_e1_",
        "language": "<!here>",
        "keywords": (HOSTILE_TITLE,) * 20,
        "identifiers": (
            Identifier(scheme=Scheme.DOI, value="10.1234/<!channel>|x y"),
            Identifier(scheme=Scheme.LOCAL, value="<!channel>"),
            Identifier(scheme=Scheme.SOURCE, value="&" * 2000),
        ),
        "publication_status": "<!channel>",
        "access": Access(status=AccessStatus.OPEN, url="javascript:alert(1)", licence="<!here>"),
        "integrity": (
            IntegrityNotice(kind=IntegrityKind.CONCERN, notice=HOSTILE_TITLE, source=HOSTILE_TITLE),
        ),
        "provenance": (Provenance(source=HOSTILE_TITLE, note=HOSTILE_TITLE * 5),) * 9,
        "warnings": (HOSTILE_TITLE, "<!channel>", "bad_date:published") * 9,
        "concepts": (ConceptTag(concept="<!channel>", field="title", words="x"),),
    }
)
LONG = SEED.model_copy(
    update={"id": "wlong", "title": "& " * 1500, "abstract": "&" * 60_000, "sections": ()}
)
CROWD = SEED.model_copy(
    update={
        "id": "wcrowd",
        "contributors": tuple(
            Contribution(name=f"Person{n} AB", orcid="0000-0002-1050-2771", affiliation="&" * 300)
            for n in range(120)
        ),
    }
)
RECORDS = {
    "seed": SEED,
    "retracted": RETRACTED,
    "without a DOI": PUBMED_ONLY,
    "with only a title": BARE,
    "hostile": HOSTILE,
    "long": LONG,
    "of 120 authors": CROWD,
}


def hit(record: Record, *, strict: bool = True) -> Hit:
    """The record found for its vasculature, quoting the seed's sentence."""
    start = SENTENCE.index("tumour vasc")
    return Hit(
        record=record,
        score=1.0,
        strict=strict,
        why=(
            Why(field="abstract", words="vascular normalisation", concept="vascular-normalisation"),
            Why(field="subtype", words="review"),
        ),
        quotes=(Quote(text=SENTENCE, section="Main body", marks=((start, start + 15),)),),
    )


def hostile_hit(record: Record) -> Hit:
    """Everything that a hit carries besides its record is hostile too."""
    quote = Quote(text=HOSTILE_TITLE * 9, section=HOSTILE_TITLE, marks=((0, 5), (3, 60), (900, 7)))
    why = (Why(field=HOSTILE_TITLE, words=HOSTILE_TITLE),) * 9
    return Hit(record=record, score=0.0, strict=False, why=why, quotes=(quote, quote))


def answer(*records: Record, **more: object) -> Answer:
    """A strict answer of these records."""
    hits = tuple(hit(record) for record in records)
    known = {"query": "vasculature", "total": len(hits), "ranked": len(hits), "hits": hits}
    return Answer.model_validate(known | more)


UNDERSTOOD = Understood(
    senses=(
        Sense(
            typed="CAF",
            taken="cancer-associated fibroblasts",
            concept="cancer-associated-fibroblasts",
            alternatives=(("caffeine", "caffeine aquired resistance"),),
        ),
    ),
    corrected=(Correction(typed="aquired", used="acquired"),),
    filters={
        "type": ("review",),
        "year_from": 2020,
        "year_to": 2024,
        "since": "2020-01-01",
        "until": "2024-12-31",
        "open_access": True,
    },
    ignored=("the",),
    sort="date_desc",
    concepts=("cancer-associated-fibroblasts",),
)
HOSTILE_UNDERSTOOD = Understood(
    senses=(
        Sense(
            typed=HOSTILE_TITLE,
            taken=HOSTILE_TITLE,
            alternatives=((HOSTILE_TITLE, HOSTILE_TITLE),) * 9,
        ),
    )
    * 9,
    corrected=(Correction(typed=HOSTILE_TITLE, used=HOSTILE_TITLE),) * 9,
    filters={"has": (HOSTILE_TITLE,), "<!here>": True, "type": (HOSTILE_TITLE,), "author": "*"},
    ignored=(HOSTILE_TITLE,) * 9,
    sort="<!channel>",
    concepts=("<!channel>",) * 9,
    terms=(HOSTILE_TITLE,) * 99,
    identifiers=(Identifier(scheme=Scheme.DOI, value="10.1/<!channel>"),) * 9,
    notes=(HOSTILE_TITLE * 9,) * 9,
)
