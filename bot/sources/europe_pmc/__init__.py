"""Europe PMC: articles, preprints and open full text."""
