"""The TME bot: finding, judging, explaining and delivering records of the field."""

__version__ = "0.1.0"
