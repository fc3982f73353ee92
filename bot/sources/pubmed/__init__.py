"""PubMed: citations, abstracts by section, subject headings and notices."""
