"""Slack's mrkdwn, written safely.

Whatever comes from a record or a person is *text*: it must not ping, link, format or break out
of the line that quotes it. `literal` makes text safe; `link`, `bold` and `code` are the only
places that write markup. Slack parses `&`, `<` and `>` (escaped here), and forms bold, italic,
strike and code from `*`, `_`, `~` and the backtick, for which it has no escape.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from bot.text.folding import is_unspaced
from bot.text.markup import plain, visible

ELLIPSIS = "…"
# A longer address is shown as text: no identifier's address comes near it.
LONGEST_URL = 200

# Slack has no escape for its formatting characters, and a zero-width character beside them would
# be invisible in what people copy. So each becomes its look-alike, but only where it could
# format: between two letters or digits (HLA-A*02:01, PD_L1) it cannot, and copies unchanged.
_LOOK_ALIKES = str.maketrans({"*": "\u2217", "_": "\u02cd", "~": "\u223c"})
_FORMATTING = re.compile(r"[*_~]{2,}|(?<![^\W_])[*_~]|[*_~](?![^\W_])")
_BACKTICK = "\u02cb"
# `:100:` and `:a:` would turn into pictures; "12:30:45" cannot.
_EMOJI_COLON = re.compile(r":(?=(?:100|1234|[+-]1|[a-z0-9_+'-]{0,60}[a-z][a-z0-9_+'-]{0,60}):)")
_RATIO = "\u2236"
# Slack's `<!date^…>`, without the angles.
_DATE = re.compile(r"!date\^(\d{1,11})\^")
_IN_UTC = re.compile(r"\b(\d{1,2} [A-Z][a-z]{2} \d{4}),? (\d{2}:\d{2}) UTC\b")
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,30}")
_CODE = re.compile(
    r"`([^`\n]+)`|(<!date\^\d{1,11}\^\{date_short_pretty\}, \{time\}\|[\w :]{1,40}>)"
)
# Slack forms bold only where it is bordered by space or by punctuation like this.
_BEFORE_BOLD = frozenset(" ([{/-")
_AFTER_BOLD = frozenset(" )]}/-.,;:!?")
_HYPHENS = "-\u2010\u2011\u2012\u2013'\u2019"


def escape(text: str) -> str:
    """The three characters that Slack's mrkdwn escapes: `&`, `<`, `>`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(text: str) -> str:
    """Plain text as mrkdwn that shows exactly that text, on one line."""
    return escape(_inert(" ".join(visible(text).split())))


def _inert(text: str) -> str:
    """The text with look-alikes where a character could format; of the same length."""
    if "*" in text or "_" in text or "~" in text:
        text = _FORMATTING.sub(lambda match: match.group().translate(_LOOK_ALIKES), text)
    text = text.replace("`", _BACKTICK)
    return _EMOJI_COLON.sub(_RATIO, text) if ":" in text else text


def prose(text: str) -> str:
    """One line of the bot's own words as mrkdwn: backticks make code, and a `moment` stays one."""
    pieces = []
    at = 0
    for match in _CODE.finditer(text):
        pieces += [_edged(literal, text[at : match.start()]), match[2] or code(match[1])]
        at = match.end()
    return "".join([*pieces, _edged(literal, text[at:])])


def is_web_address(url: str) -> bool:
    """Whether this is an absolute http or https address with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def web_address(url: str | None) -> str | None:
    """The address with everything unsafe percent-encoded, or None when it cannot be linked."""
    address = visible(url or "").replace("\n", "").strip()
    if not is_web_address(address):
        return None
    safe = percent_encode(address, safe="/:?#[]@!$&'()+,;=%-._~")
    return safe if len(escape(safe)) <= LONGEST_URL else None


def link(url: str | None, label: str) -> str:
    """A link showing `label`, which is text; the label alone when the address cannot be used."""
    address, shown = web_address(url), literal(label)
    if address is None or not shown:
        return shown
    return f"<{escape(address)}|{shown}>"


def person(user: str) -> str:
    """A mention of a Slack user by id; the name as text where it is no id."""
    return f"<@{user}>" if is_user(user) else literal(user)


def is_user(name: str) -> bool:
    """Whether this is the id of a Slack user."""
    return _USER_ID.fullmatch(name) is not None


def moment(at: datetime) -> str:
    """A moment as Slack writes it in each reader's zone; a terminal has its own (`local`).

    See https://docs.slack.dev/messaging/formatting-message-text#date-formatting.
    """
    fallback = f"{at.astimezone(UTC):%-d %b %Y %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{fallback}>"


def zoned(mrkdwn: str) -> str:
    """Finished mrkdwn of ours, with moments that are written in UTC in each reader's zone."""

    def written(found: re.Match[str]) -> str:
        at = datetime.strptime(f"{found[1]} {found[2]} +0000", "%d %b %Y %H:%M %z")
        return moment(at)

    return _IN_UTC.sub(written, mrkdwn)


def local(mention: str) -> str | None:
    """What `moment` wrote, in this machine's zone; None where it is something else."""
    found = _DATE.match(mention)
    if found is None:
        return None
    at = datetime.fromtimestamp(int(found[1]), UTC).astimezone()
    return f"{at:%-d %b %Y %H:%M} {at:%Z}"


def bold(mrkdwn: str) -> str:
    """Finished mrkdwn in bold; nothing when there is nothing to show."""
    mrkdwn = mrkdwn.strip()
    return f"*{mrkdwn}*" if mrkdwn else ""


def code(text: str) -> str:
    """Text in a code span, where nothing else formats."""
    return f"`{escape(visible(text).replace('`', _BACKTICK).strip())}`" if text.strip() else ""


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word and marked with an ellipsis."""
    return _cut(text, limit, len)


def fit(text: str, limit: int) -> str:
    """As `shorten`, counting the characters that are posted (`&` is five: `&amp;`)."""
    return _cut(text, limit, _posted)


def _cut(text: str, limit: int, size: Callable[[str], int]) -> str:
    if size(text) <= limit:
        return text
    room = _room(text, limit - 1, size)
    head = text[:room]
    if not text[room].isspace():
        words = head.rsplit(None, 1)
        # A word longer than a third of the line is cut through.
        head = words[0] if len(words) == 2 and len(words[1]) < limit / 3 else head
    return head.rstrip(" ,;:.–-") + ELLIPSIS


def _room(text: str, limit: int, size: Callable[[str], int]) -> int:
    """How many characters of the text have at most this size together."""
    used = 0
    for at, character in enumerate(text):
        used += size(character)
        if used > limit:
            return at
    return len(text)


def _posted(text: str) -> int:
    return len(escape(text))


def join_within(
    pieces: Sequence[str], limit: int, separator: str = " · ", total: int | None = None
) -> str:
    """Finished pieces joined, as many as fit into `limit` characters, then "+N more".

    `total` is how many there are in all, where `pieces` are only the first of them.
    """
    total = len(pieces) if total is None else total
    shown: list[str] = []
    # Room is kept for the count of what did not fit.
    room = limit - len(f"{separator}+{total} more")
    for piece in pieces:
        room -= len(piece) + len(separator)
        if room < 0:
            break
        shown.append(piece)
    rest = total - len(shown)
    return separator.join([*shown, f"+{rest} more"] if rest else shown)


def chunks(text: str, limit: int) -> Iterator[str]:
    """Plain text in pieces that take at most `limit` posted characters, split at sentences.

    A sentence longer than that is split at a space, and a word longer than that anywhere.
    """
    piece = ""
    for sentence in re.split(r"(?<=[.!?])\s+", text.strip()):
        rest = sentence
        while rest:
            joined = f"{piece} {rest}" if piece else rest
            if len(escape(joined)) <= limit:
                piece, rest = joined, ""
            elif piece:
                yield piece
                piece = ""
            else:
                room = _room(rest, limit, _posted)
                space = rest.rfind(" ", room // 2, room)
                room = space if space > 0 else room
                yield rest[:room]
                rest = rest[room:].lstrip()
    if piece:
        yield piece


def marked(text: str, marks: Sequence[tuple[int, int]], limit: int) -> str:
    """A quoted text as mrkdwn, with the marked words in bold.

    Marks are (start, end) in the raw text and grow to whole words, hyphens included: Slack shows
    the asterisks of a bold that ends inside a word. The text takes at most `limit` posted
    characters, and the bold adds two for each mark.
    """
    shown, spans = "", []
    for piece, is_marked in _pieces(text, _whole_words(text, marks)):
        tidy = _edged(plain, piece)
        tidy = tidy.lstrip() if not shown or shown.endswith(" ") else tidy
        if is_marked:
            spans.append((len(shown), len(shown) + len(tidy)))
        shown += tidy
    kept = fit(shown.rstrip(), limit)
    return _with_bold(_inert(kept), spans)


def _with_bold(text: str, spans: Sequence[tuple[int, int]]) -> str:
    written, at = "", 0
    for start, end in spans:
        word = text[start:end]
        before, after = text[start - 1 : start] or " ", text[end : end + 1] or " "
        fits = word == word.strip() != "" and before in _BEFORE_BOLD and after in _AFTER_BOLD
        written += escape(text[at:start]) + (bold(escape(word)) if fits else escape(word))
        at = end
    return written + escape(text[at:])


def _whole_words(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The marks grown to whole words, sorted, those that touch joined, the impossible dropped."""
    grown: list[tuple[int, int]] = []
    for mark in sorted(marks):
        start, end = _grown(text, max(mark[0], 0), min(mark[1], len(text)))
        if start >= end:
            continue
        if grown and start <= grown[-1][1]:
            grown[-1] = (grown[-1][0], max(end, grown[-1][1]))
        else:
            grown.append((start, end))
    return grown


def _grown(text: str, start: int, end: int) -> tuple[int, int]:
    while 0 < start < end and _in_word(text[start - 1]):
        start -= 1
    while start < end < len(text) and _in_word(text[end]):
        end += 1
    return start, end


def _in_word(character: str) -> bool:
    return (character.isalnum() and not is_unspaced(character)) or character in _HYPHENS


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    at = 0
    for start, end in spans:
        yield text[at:start], False
        yield text[start:end], True
        at = end
    yield text[at:], False


def _edged(change: Callable[[str], str], text: str) -> str:
    """Change a piece of a longer line, keeping one space at each edge that has white space."""
    changed = change(text)
    if not changed:
        return " " if text[:1].isspace() else ""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{changed}{after}"
