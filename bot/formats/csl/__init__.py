"""References in any style of the Citation Style Language, as lines of plain text.

A processor for bibliographies alone, after the specification:
https://docs.citationstyles.org/en/stable/specification.html
"""
