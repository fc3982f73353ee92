"""From a file of any size to its lines, in any encoding it was saved in.

A file is UTF-8, UTF-16 or UTF-32 unless its bytes say otherwise. Lines that are not UTF-8 are read
in the encoding that the file declares, else in the likeliest one; the rest of the file is untouched
by that, because files of references are often pasted together from several.
"""

import codecs
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO

from bot.errors import UnreadableFile
from bot.formats.decoding import encoding_of

LONGEST_LINE = 1_000_000  # characters; the longest abstracts known have some 20,000
_BLOCK = 16_384
# JabRef writes "% Encoding: windows-1252" at the top of its files.
_DECLARED = re.compile(rb"[^\n]{0,20}\bencoding:\s*([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
_WESTERN = "windows-1252"
# What reference managers outside western Europe save in. A guess between western encodings is
# no better than a coin: "Müller" is a word in five of them.
_OTHER_SCRIPTS = ["cp1251", "gb18030", "shift_jis", "euc_kr", "big5", "cp1253", "cp1255", "cp1256"]


class Lines:
    """The lines of a file, counted from 1, without their ends.

    `guessed` is the encoding that some line so far had to be read in, None while all was plain.
    """

    def __init__(self, file: BinaryIO) -> None:
        """`file` is at its start and can be rewound. Raises UnreadableFile for binary data."""
        self._file = file
        head = file.read(4096)
        file.seek(0)
        encoding, mark = encoding_of(head)
        # By its general name an encoding reads over its mark.
        self._encoding = "utf-8-sig" if encoding == "utf-8" else encoding[: 6 if mark else None]
        if self._encoding == "utf-8-sig" and b"\x00" in head:
            raise UnreadableFile(
                "The file is not text: it holds binary data.",
                "Save it as plain text in UTF-8 and try again.",
            )
        self._declared = _declared(head)
        self._fallback: str | None = None
        self.guessed: str | None = None

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Pairs of line number and text. A line without end is cut near `LONGEST_LINE`."""
        number, rest = 1, ""
        with self._open() as text:
            while block := text.read(_BLOCK):
                block = rest + block
                *lines, rest = block.split("\n")
                if _is_right(block):
                    yield from enumerate(lines, number)
                else:
                    yield from enumerate(self._mended(lines), number)
                number += len(lines)
                if len(rest) >= LONGEST_LINE:
                    yield from ((number, line) for line in self._mended([rest]))
                    rest = ""
            if rest:
                yield from ((number, line) for line in self._mended([rest]))

    @contextmanager
    def _open(self) -> Iterator[io.TextIOWrapper]:
        # Wrong bytes become lone surrogates, so that each line can be read again by itself.
        errors = "surrogateescape" if self._encoding == "utf-8-sig" else "replace"
        text = io.TextIOWrapper(self._file, encoding=self._encoding, errors=errors)
        try:
            yield text
        finally:
            # A caller that stops early may have closed the file by now.
            with suppress(ValueError):
                text.detach()

    def _mended(self, lines: Sequence[str]) -> Iterator[str]:
        """The lines, those with wrong bytes read anew in the likeliest encoding."""
        for place, line in enumerate(lines):
            if _is_right(line):
                yield line
                continue
            if self._fallback is None:
                sample = "\n".join(lines[place:]).encode("utf-8", "surrogateescape")
                self._fallback = self._declared or _likeliest(sample)
            if self._fallback != self._declared:
                self.guessed = self._fallback
            yield line.encode("utf-8", "surrogateescape").decode(self._fallback, errors="replace")


def _is_right(text: str) -> bool:
    """Whether no byte of it was wrong: to encode it is ten times quicker than to search it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _declared(head: bytes) -> str | None:
    match = _DECLARED.match(head)
    if match is None:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return None
    # A file with wrong bytes is not UTF-8, regardless of what it says; others are no text
    # encodings.
    known = name.startswith(("cp", "iso8859", "mac", "koi8", "gb", "shift", "euc", "big5"))
    return name if known else None


def _likeliest(sample: bytes) -> str:
    """Windows-1252 where most letters are plain; else what the letters look like."""
    high = sum(byte >= 0x80 for byte in sample)
    letters = high + sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    if high < 0.4 * max(letters, 1):
        return _WESTERN
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to load, seldom needed

    best = from_bytes(sample, cp_isolation=_OTHER_SCRIPTS).best()
    return best.encoding if best else _WESTERN
