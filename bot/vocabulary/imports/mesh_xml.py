"""MeSH as XML: `desc2025.xml` (descriptors) and `supp2025.xml` (supplementary concepts).

The form is https://www.nlm.nih.gov/mesh/xml_data_elements.html. Read record by record; entities
of a file's own are refused, and the document type that NLM's files name is never fetched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.lazy import lazy
from bot.vocabulary.imports.source import Source
from bot.vocabulary.imports.terms import Role, Term, TermKind, TermName

etree = lazy("lxml.etree")


@dataclass(frozen=True, slots=True)
class _Form:
    """What the elements of a record are called in one of the two files."""

    record: str
    ui: str
    name: str
    kind: TermKind


_FORMS = {
    "DescriptorRecordSet": _Form("DescriptorRecord", "DescriptorUI", "DescriptorName", "heading"),
    "SupplementalRecordSet": _Form(
        "SupplementalRecord", "SupplementalRecordUI", "SupplementalRecordName", "substance"
    ),
}
NAMES = {"DescriptorRecordSet": "mesh", "SupplementalRecordSet": "mesh-supplement"}


def read(source: Source, root: str) -> Iterator[Term]:
    """The terms of a file whose root element is `root`. Raises UnreadableFile with the line."""
    form = _FORMS[root]
    try:
        events = etree.iterparse(
            source.stream, events=("end",), tag=form.record, resolve_entities=False,
            load_dtd=False, no_network=True, huge_tree=False,
        )  # fmt: skip
        seen: set[str] = set()
        for _, record in events:
            if not seen:
                _refuse_entities(source, record)
            term = _term(source, record, form)
            if term.code in seen:
                raise source.refusal(record.sourceline or 1, f"{term.code} stands there twice")
            seen.add(term.code)
            yield term
            # Done with it: neither it nor what is before it is needed again.
            record.clear(keep_tail=False)
            while record.getprevious() is not None:
                del record.getparent()[0]
    except etree.XMLSyntaxError as error:
        reason = f"not XML: {error.msg}"
        raise source.refusal(error.lineno or 1, reason[:200]) from None


def _refuse_entities(source: Source, record: Any) -> None:
    declared = record.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise source.refusal(2, "declares entities of its own, which MeSH files do not")


def _term(source: Source, record: Any, form: _Form) -> Term:
    code = (record.findtext(form.ui) or "").strip()
    label = (record.findtext(f"{form.name}/String") or "").strip()
    if not code or not label:
        missing = form.name if code else form.ui
        raise source.refusal(record.sourceline or 1, f"a {form.record} without {missing}")
    note = record.findtext("ConceptList/Concept[@PreferredConceptYN='Y']/ScopeNote")
    trees = record.iterfind("TreeNumberList/TreeNumber")
    areas = sorted({(tree.text or "").strip()[:1] for tree in trees})
    names = [TermName(label, Role.LABEL)]
    # A permuted term (`Attack, Heart`) is an index's way to write a name, nobody's way to say it.
    spelt = record.iterfind("ConceptList/Concept/TermList/Term")
    others = ((term.findtext("String") or "").strip() for term in spelt
              if term.get("IsPermutedTermYN") != "Y")  # fmt: skip
    names += [TermName(text, Role.OTHER) for text in dict.fromkeys(others) if text != label]
    meaning = " ".join((note or "").split())
    return Term(code, form.kind, label, meaning, "".join(areas), tuple(names))
