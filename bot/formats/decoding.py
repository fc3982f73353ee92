"""From the bytes of a file to its text."""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from bot.errors import UnreadableFile

# The longer marks first: that of UTF-32 begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLOCK = 262_144
_SAVE_AS = "Save it as plain text in UTF-8 and try again."


def encoding_of(head: bytes) -> tuple[str, int]:
    """The Unicode encoding of a file by its first bytes, and how many of them are its mark.

    Without a mark it is recognised by which bytes are zero, as they are where text is mostly Latin.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    start = head[: min(len(head), 400) // 4 * 4]
    full = len(start) / 4
    zeros = [start[place::4].count(0) > 0.7 * full for place in range(4)] if full > 1 else []
    # A letter that is not Latin has no zero where UTF-16 has its second byte.
    none = [not start[place::4].count(0) for place in range(4)]
    for encoding, shape in (
        ("utf-32-le", (False, True, True, True)),
        ("utf-32-be", (True, True, True, False)),
        ("utf-16-le", (False, True, False, True)),
        ("utf-16-be", (True, False, True, False)),
    ):
        if zeros == list(shape) and all(none[p] for p in range(4) if not shape[p]):
            return encoding, 0
    return "utf-8", 0


def decode(data: bytes, errors: str = "strict") -> str:
    """The text of a file: UTF-8, or UTF-16 or UTF-32.

    A character cut in two by the end of the file is left out. `errors` is what becomes of other
    wrong bytes, as for `bytes.decode`. Raises UnreadableFile for wrong bytes that it does not deal
    with, and under "strict" for a file that is no text at all.
    """
    if errors == "strict" and encoding_of(data)[0] == "utf-8" and b"\x00" in data:
        raise UnreadableFile("The file is not text: it holds binary data.", _SAVE_AS)
    return "".join(decoded(io.BytesIO(data), errors))


def decoded(file: BinaryIO, errors: str) -> Iterator[str]:
    """`decode` piece by piece, from a file that is at its start and can be rewound."""
    encoding, at = encoding_of(file.read(400))
    file.seek(at)
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    while block := file.read(_BLOCK):
        begins = at - len(decoder.getstate()[0])
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            raise UnreadableFile(
                f"The file is not {encoding.upper()} text: byte {begins + error.start} is wrong.",
                _SAVE_AS,
            ) from None
        at += len(block)
        if text:
            yield text
