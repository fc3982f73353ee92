"""A library of Zotero kept in step with the store, collections as reading lists."""
