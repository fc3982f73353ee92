"""Crossref: the registry of most articles' DOIs."""
