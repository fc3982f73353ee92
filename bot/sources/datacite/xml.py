"""DataCite's XML (kernel 2 to 4) in the shape of its JSON, so that one reader serves both."""

from typing import Any
from xml.etree.ElementTree import Element

from bot.sources.reading.xml import local_name, text_of

_ONE = ("publisher", "publicationYear", "language", "version")


def attributes(resource: Element) -> dict[str, Any]:
    """What a `resource` says, under the names of DataCite's JSON."""
    found: dict[str, Any] = {}
    for child in resource:
        name = local_name(child)
        if name in _ONE:
            found[name] = text_of(child)
        elif name == "identifier":
            found["doi"] = text_of(child)
        elif name == "resourceType":
            general = child.get("resourceTypeGeneral")
            found["types"] = {"resourceTypeGeneral": general, "resourceType": text_of(child)}
        elif name in _LISTS:
            found[name] = [_LISTS[name](entry) for entry in child]
    return found


def _person(entry: Element) -> dict[str, Any]:
    parts = {local_name(part): part for part in entry}
    name = parts.get("creatorName", parts.get("contributorName"))
    return {
        "name": text_of(name),
        "nameType": name.get("nameType") if name is not None else None,
        "givenName": text_of(parts.get("givenName")),
        "familyName": text_of(parts.get("familyName")),
        "contributorType": entry.get("contributorType"),
        "affiliation": [text_of(part) for part in entry if local_name(part) == "affiliation"],
        "nameIdentifiers": [
            {
                "nameIdentifier": text_of(part),
                "nameIdentifierScheme": part.get("nameIdentifierScheme"),
            }
            for part in entry
            if local_name(part) == "nameIdentifier"
        ],
    }


def _valued(key: str, *kept: str) -> Any:
    """A reader of an entry whose text is under `key`, with these of its attributes."""

    def read(entry: Element) -> dict[str, Any]:
        return {key: text_of(entry), **{name: entry.get(name) for name in kept}}

    return read


def _rights(entry: Element) -> dict[str, Any]:
    return {
        "rights": text_of(entry),
        "rightsUri": entry.get("rightsURI"),
        "rightsIdentifier": entry.get("rightsIdentifier"),
    }


_LISTS = {
    "creators": _person,
    "contributors": _person,
    "titles": _valued("title", "titleType"),
    "dates": _valued("date", "dateType"),
    "subjects": _valued("subject"),
    "descriptions": _valued("description", "descriptionType"),
    "rightsList": _rights,
    "relatedIdentifiers": _valued("relatedIdentifier", "relatedIdentifierType", "relationType"),
}
