"""From the bytes of a file to its text."""

import codecs

from bot.errors import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAVE_AS = "Save it as plain text in UTF-8 and try again."


def decode(data: bytes, errors: str = "strict") -> str:
    """The text of a file: UTF-8, or UTF-16 with its byte order mark.

    A character cut in two by the end of the file is left out. `errors` is what becomes of other
    wrong bytes, as for `bytes.decode`. Raises UnreadableFile for wrong bytes that it does not deal
    with, and under "strict" for a file that is no text at all.
    """
    mark, encoding = next((m for m in _MARKS if data.startswith(m[0])), (b"", "utf-8"))
    if encoding == "utf-8" and errors == "strict" and b"\x00" in data:
        raise UnreadableFile("The file is not text: it holds binary data.", _SAVE_AS)
    try:
        return codecs.getincrementaldecoder(encoding)(errors).decode(data[len(mark) :])
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"The file is not {encoding.upper()} text: byte {error.start + len(mark)} is wrong.",
            _SAVE_AS,
        ) from None
