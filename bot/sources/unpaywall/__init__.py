"""Unpaywall: where a work can be read free of charge."""
