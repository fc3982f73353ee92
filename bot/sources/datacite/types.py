"""DataCite's types of resources, as ORA names works."""

from bot.sources.reading.values import Item, item, text

_GENERAL = {
    "Dataset": "Dataset", "Software": "Software", "JournalArticle": "Journal article",
    "DataPaper": "Journal article", "Preprint": "Preprint", "Dissertation": "Thesis",
    "Book": "Book", "BookChapter": "Book section", "ConferencePaper": "Conference item",
    "ConferenceProceeding": "Conference item", "Report": "Report", "PeerReview": "Peer review",
    "PhysicalObject": "Physical object", "Text": None, "Other": None, "Collection": "Collection",
}  # fmt: skip
# "Text" and "Other" say nothing: what is written next to them does, if it is one of these words.
_WORDS = (
    ("preprint", "Preprint"), ("working paper", "Working paper"), ("chapter", "Book section"),
    ("thesis", "Thesis"), ("dissertation", "Thesis"), ("monograph", "Book"), ("book", "Book"),
    ("conference", "Conference item"), ("proceeding", "Conference item"), ("report", "Report"),
    ("journal", "Journal article"), ("article", "Journal article"),
    ("blog", "Internet publication"),
)  # fmt: skip


def types_of(work: Item) -> tuple[str | None, str | None]:
    """Type and subtype of a work; the subtype is the depositor's own word where it says more."""
    types = item(work.get("types"))
    general = text(types.get("resourceTypeGeneral") or types.get("resource-type-general"))
    own = text(types.get("resourceType") or types.get("resource-type"))
    words = (own or "").lower().replace("posting", " posting")
    named_type = next((name for word, name in _WORDS if word in words), None)
    if named_type is None and general == "Text" and text(item(work.get("container")).get("title")):
        named_type = "Journal article"
    known = _GENERAL.get(general, general) if general else None
    work_type = known or named_type
    is_news = (
        own
        and work_type
        and own.lower().replace(" ", "")
        not in (work_type.lower().replace(" ", ""), (general or "").lower())
    )
    return work_type, own if is_news and len(own or "") <= 60 else None
