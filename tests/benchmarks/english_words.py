"""Make `seeds/english_words.txt.gz`: `python tests/benchmarks/english_words.py SCOWL_FOLDER`.

SCOWL_FOLDER is the folder of word lists of SCOWL (Debian's package `scowl` has it as
/usr/share/dict/scowl). SCOWL up to size 70 is taken whole. Of wordfreq's words, which hold names,
drugs and terms of medicine that SCOWL lacks, and people's misspellings too, those are taken that no
word one slip away is 30 times commoner than: a misspelling is rare beside the word that was meant.
README.md beside this file has what other lists were measured at.
"""

import gzip
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import wordfreq

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.text.folding import fold

_TARGET = Path(__file__).resolve().parents[2] / "seeds" / "english_words.txt.gz"
_LARGEST, _COMMONER = 70, 30
_KINDS = ("american", "british", "british_z", "canadian", "english", "variant_1")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ABOUT = """\
# Words of English, folded, one a line: none of them is read as the misspelling of another word.
# Made by tests/benchmarks/english_words.py from two lists; this file is under CC BY-SA 4.0.
#
# wordfreq 3.1 (Robyn Speer, https://github.com/rspeer/wordfreq), data under CC BY-SA 4.0
# (https://creativecommons.org/licenses/by-sa/4.0/). Changed: folded, likely misspellings left out.
#
# SCOWL is Copyright 2000-2019 by Kevin Atkinson. Permission to use, copy, modify, distribute and
# sell these word lists, the associated scripts, the output created from the scripts, and its
# documentation for any purpose is hereby granted without fee, provided that the above copyright
# notice appears in all copies and that both that copyright notice and this permission notice
# appear in supporting documentation. Kevin Atkinson makes no representations about the suitability
# of this array for any purpose. It is provided "as is" without express or implied warranty.
"""


def scowl(folder: Path) -> set[str]:
    """The folded words of SCOWL's lists up to the largest size taken."""
    found: set[str] = set()
    for path in folder.iterdir():
        named = re.fullmatch(r"([a-z_1]+)-words\.(\d\d)", path.name)
        if named and named[1] in _KINDS and int(named[2]) <= _LARGEST:
            lines = path.read_text(encoding="latin-1").splitlines()
            found.update(part for line in lines for part in fold(line.replace("'s", "")).split())
    return {word for word in found if word.isalpha()}


def frequent() -> set[str]:
    """wordfreq's words but for those that look like the misspelling of a commoner one."""
    frequencies: dict[str, float] = defaultdict(float)
    for word, frequency in wordfreq.get_frequency_dict("en", "large").items():
        if (folded := fold(word)).isalpha():
            frequencies[folded] += frequency
    return {
        word
        for word, frequency in frequencies.items()
        if not any(frequencies.get(near, 0) >= _COMMONER * frequency for near in _near(word))
    }


def _near(word: str) -> Iterator[str]:
    """The words one slip away; none for short ones, and not another inflection."""
    if len(word) < 4:
        return
    for at in range(len(word) + 1):
        yield from (word[:at] + letter + word[at:] for letter in _LETTERS
                    if at < len(word) or letter not in "sd")  # fmt: skip
    for at in range(len(word)):
        if at < len(word) - 1 or word[at] not in "sd":
            yield word[:at] + word[at + 1 :]
        yield from (
            word[:at] + letter + word[at + 1 :]
            for letter in _LETTERS
            if letter != word[at] and not (at == len(word) - 1 and {letter, word[at]} <= set("sdr"))
        )
        if at:
            yield word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def main() -> int:
    """Write the file; the exit code is 2 without a folder."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    words = sorted(scowl(Path(sys.argv[1])) | frequent())
    text = _ABOUT + "\n".join(words) + "\n"
    _TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{len(words):,} words, {_TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
