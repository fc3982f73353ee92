"""bioRxiv and medRxiv: preprints."""
