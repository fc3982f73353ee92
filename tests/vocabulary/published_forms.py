"""Small vocabularies in the very forms that NLM and HGNC publish, written for these tests."""

DESCRIPTORS = """\
<?xml version="1.0"?>
<!DOCTYPE DescriptorRecordSet SYSTEM "https://www.nlm.nih.gov/databases/dtd/nlmdescriptorrecordset_20250101.dtd">
<DescriptorRecordSet LanguageCode = "eng">
<DescriptorRecord DescriptorClass = "1">
  <DescriptorUI>D009203</DescriptorUI>
  <DescriptorName>
   <String>Myocardial Infarction</String>
  </DescriptorName>
  <TreeNumberList>
   <TreeNumber>C14.280.647.500</TreeNumber>
   <TreeNumber>C23.550.513.355.750</TreeNumber>
  </TreeNumberList>
  <ConceptList>
   <Concept PreferredConceptYN="Y">
    <ConceptUI>M0014340</ConceptUI>
    <ConceptName><String>Myocardial Infarction</String></ConceptName>
    <ScopeNote>NECROSIS of the MYOCARDIUM caused by an obstruction of the blood supply.</ScopeNote>
    <TermList>
     <Term ConceptPreferredTermYN="Y" IsPermutedTermYN="N" LexicalTag="NON">
      <TermUI>T027415</TermUI><String>Myocardial Infarction</String></Term>
     <Term ConceptPreferredTermYN="N" IsPermutedTermYN="Y" LexicalTag="NON">
      <TermUI>T027415</TermUI><String>Infarction, Myocardial</String></Term>
     <Term ConceptPreferredTermYN="N" IsPermutedTermYN="N" LexicalTag="NON">
      <TermUI>T000001</TermUI><String>Heart Attack</String></Term>
    </TermList>
   </Concept>
  </ConceptList>
</DescriptorRecord>
<DescriptorRecord DescriptorClass = "1">
  <DescriptorUI>D001288</DescriptorUI>
  <DescriptorName><String>Attention</String></DescriptorName>
  <TreeNumberList><TreeNumber>F02.830.104.214</TreeNumber></TreeNumberList>
  <ConceptList><Concept PreferredConceptYN="Y"><TermList>
   <Term IsPermutedTermYN="N"><String>Attention</String></Term>
   <Term IsPermutedTermYN="N"><String>Concentration</String></Term>
  </TermList></Concept></ConceptList>
</DescriptorRecord>
<DescriptorRecord DescriptorClass = "1">
  <DescriptorUI>D008264</DescriptorUI>
  <DescriptorName><String>Macrophages</String></DescriptorName>
  <TreeNumberList><TreeNumber>A11.329.372</TreeNumber></TreeNumberList>
  <ConceptList><Concept PreferredConceptYN="Y"><TermList>
   <Term IsPermutedTermYN="N"><String>Macrophages</String></Term>
   <Term IsPermutedTermYN="N"><String>Monocyte-Derived Macrophages</String></Term>
  </TermList></Concept></ConceptList>
</DescriptorRecord>
<DescriptorRecord DescriptorClass = "1">
  <DescriptorUI>D014937</DescriptorUI>
  <DescriptorName><String>Work</String></DescriptorName>
  <TreeNumberList><TreeNumber>A02.1</TreeNumber></TreeNumberList>
  <ConceptList><Concept PreferredConceptYN="Y"><TermList>
   <Term IsPermutedTermYN="N"><String>Work</String></Term>
   <Term IsPermutedTermYN="N"><String>Toil</String></Term>
  </TermList></Concept></ConceptList>
</DescriptorRecord>
<DescriptorRecord DescriptorClass = "1">
  <DescriptorUI>D009369</DescriptorUI>
  <DescriptorName><String>Neoplasms</String></DescriptorName>
  <TreeNumberList><TreeNumber>C04</TreeNumber></TreeNumberList>
  <ConceptList><Concept PreferredConceptYN="Y"><TermList>
   <Term IsPermutedTermYN="N"><String>Neoplasms</String></Term>
   <Term IsPermutedTermYN="N"><String>Neoplasm</String></Term>
   <Term IsPermutedTermYN="N"><String>Malignancies</String></Term>
  </TermList></Concept></ConceptList>
</DescriptorRecord>
</DescriptorRecordSet>
"""

SUPPLEMENT = """\
<?xml version="1.0"?>
<SupplementalRecordSet LanguageCode = "eng">
<SupplementalRecord SCRClass="1">
  <SupplementalRecordUI>C582435</SupplementalRecordUI>
  <SupplementalRecordName><String>pembrolizumab</String></SupplementalRecordName>
  <ConceptList><Concept PreferredConceptYN="Y"><TermList>
   <Term IsPermutedTermYN="N"><String>pembrolizumab</String></Term>
   <Term IsPermutedTermYN="N"><String>SCH-900475</String></Term>
  </TermList></Concept></ConceptList>
</SupplementalRecord>
<SupplementalRecord SCRClass="1">
  <SupplementalRecordUI>C000001</SupplementalRecordUI>
  <SupplementalRecordName><String>exampletinib</String></SupplementalRecordName>
  <ConceptList><Concept PreferredConceptYN="Y"><TermList>
   <Term IsPermutedTermYN="N"><String>exampletinib</String></Term>
   <Term IsPermutedTermYN="N"><String>EX-1234</String></Term>
  </TermList></Concept></ConceptList>
</SupplementalRecord>
</SupplementalRecordSet>
"""

ASCII = """\
*NEWRECORD
RECTYPE = D
MH = Myocardial Infarction
AQ = BL CF CI
ENTRY = Heart Attack|T047|NON|EQV|UNK (19XX)|020502|abbcdef
PRINT ENTRY = Cardiac Infarct|T047|NON|EQV
MN = C14.280.647.500
MS = NECROSIS of the MYOCARDIUM.
UI = D009203

*NEWRECORD
RECTYPE = D
MH = Neoplasms
ENTRY = Neoplasm|T191
MN = C04
UI = D009369
"""

_COLUMNS = ("hgnc_id", "symbol", "name", "locus_group", "locus_type", "status", "location",
            "alias_symbol", "alias_name", "prev_symbol", "prev_name")  # fmt: skip
GENES = (
    ("HGNC:8760", "PDCD1", "programmed cell death 1", "PD1|PD-1|CD279|hSLE1", "", "SLEB2", ""),
    ("HGNC:6407", "KRAS", "KRAS proto-oncogene, GTPase", "KRAS1|K-Ras4B", "", "KRAS2",
     "v-Ki-ras2 Kirsten rat sarcoma viral oncogene homolog"),
    ("HGNC:12731", "WAS", "WASP actin nucleation promoting factor", "WASP|WASPA", "", "THC|IMD2",
     "Wiskott-Aldrich syndrome"),
    ("HGNC:1516", "CAT", "catalase", "", "", "", ""),
    ("HGNC:9966", "REST", "RE1 silencing transcription factor", "NRSF", "", "", ""),
    ("HGNC:17821", "IMPACT", "impact RWD domain protein", "RWDD5", "", "", ""),
    ("HGNC:29260", "MICE", "an invented gene for a trap", "", "", "", ""),
    ("HGNC:6029", "IL9", "interleukin 9", "P40|HP40|IL-9", "", "", ""),
    ("HGNC:9565", "PSMD7", "proteasome 26S subunit, non-ATPase 7", "P40|MOV34", "", "", ""),
    ("HGNC:1678", "CD4", "CD4 molecule", "", "", "", ""),
    ("HGNC:6553", "LEP", "leptin", "", "", "OBS|OB", ""),
    ("HGNC:11892", "TNF", "tumor necrosis factor", "TNF-alpha|TNFSF2", "", "TNFA", ""),
    ("HGNC:1101", "BRCA2", "BRCA2 DNA repair associated", "FAD|FACD|BRCC2", "", "FANCD1", ""),
)  # fmt: skip


def table(genes: tuple[tuple[str, ...], ...] = GENES, status: str = "Approved") -> str:
    """`hgnc_complete_set.txt`: tab-separated, quoted where there is a bar inside."""
    rows = [_COLUMNS]
    for code, symbol, name, aliases, alias_names, previous, previous_names in genes:
        rows.append((
            code, symbol, name, "protein-coding gene", "gene with protein product", status, "1q1",
            *(f'"{cell}"' if "|" in cell else cell
              for cell in (aliases, alias_names, previous, previous_names)),
        ))  # fmt: skip
    return "".join("\t".join(row) + "\n" for row in rows)


def as_json() -> dict[str, object]:
    """`hgnc_complete_set.json`."""
    docs = []
    for code, symbol, name, aliases, _, previous, previous_names in GENES:
        doc: dict[str, object] = {"hgnc_id": code, "symbol": symbol, "name": name}
        doc["status"] = "Approved"
        cells = {"alias_symbol": aliases, "prev_symbol": previous, "prev_name": previous_names}
        doc |= {column: cell.split("|") for column, cell in cells.items() if cell}
        docs.append(doc)
    return {"responseHeader": {"status": 0}, "response": {"numFound": len(docs), "docs": docs}}
