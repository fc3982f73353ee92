"""Text as text: folding, markup, sentences, abbreviations and spelling; nothing of the field."""
