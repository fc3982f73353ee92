"""The head of an ORA record page: what is before its first label.

Icon, type line and title, in ORA data model 2.4 the fields 1 to 3.
"""

from collections.abc import Callable

from bot.errors import UnreadableFile
from bot.formats.kinds import WORK_TYPES
from bot.sources.ora.layout import LABELS, Page

_LONGEST_TITLE = 2000
_COPY_AGAIN = "Copy the whole page again, from the type of the work down to TO TOP."


def read_head(page: Page, warn: Callable[[str], None]) -> tuple[str | None, str | None, str]:
    """Type, subtype and title from the lines before the first label."""
    lines = [line for line in page.head if not _is_icon(line)]
    for place, line in enumerate(lines):
        work_type, _, subtype = (part.strip() for part in f"{line} ".partition(" : "))
        work_type = work_type.removesuffix(" :")
        if work_type in WORK_TYPES:
            return work_type, subtype or None, _title(lines[place + 1 :])
    paragraphs = [line for line in lines if line]
    if len(paragraphs) > 1 and " : " in paragraphs[0]:
        work_type, _, subtype = (part.strip() for part in paragraphs[0].partition(" : "))
        warn(f"unknown_type:{work_type}")
        return work_type, subtype or None, _title(lines[lines.index(paragraphs[0]) + 1 :])
    if not page.values:
        raise UnreadableFile(
            "This is not the text of an ORA record page: it has none of its labels.",
            _COPY_AGAIN,
        )
    warn("type_missing")
    return None, None, _title(lines)


def _title(lines: list[str]) -> str:
    """The first paragraph, which may be wrapped. Raises UnreadableFile when there is none."""
    paragraph: list[str] = []
    for line in lines:
        if (paragraph and not line) or len(line) > _LONGEST_TITLE:
            break
        paragraph += [line] if line else []
    title = " ".join(paragraph)
    if not title:
        raise UnreadableFile(
            "No title was found: this is not the text of an ORA record page, or its top is "
            "missing.",
            _COPY_AGAIN,
        )
    if sum(f" {label}:" in title for label in LABELS) >= 2:
        raise UnreadableFile(
            "The line breaks of the page are lost, so its fields run together.",
            "Copy the page again, and save it as plain text with its line breaks.",
        )
    return title


def _is_icon(line: str) -> bool:
    """The alternative text of the icon: "Journal article icon"."""
    return line.lower().endswith(" icon") and line[: -len(" icon")].capitalize() in WORK_TYPES
