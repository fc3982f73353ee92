"""Zotero: the library that a team has already, of a group or a person."""
