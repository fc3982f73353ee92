"""How a question asks, apart from what it asks for: "can anyone point me to", "papers on"."""

import re
from dataclasses import dataclass

from bot.search.query.model import IS_QUESTION
from bot.text.folding import fold
from bot.text.stop_words import says_little

# How people ask each other: "can anyone point me to", "does anybody know of", "I'm looking for".
_ASKS_PEOPLE = re.compile(
    r"(?:(?:hi|hey|hello)\b[\s,]*(?:all|team|everyone|folks|bot)?[\s,!]*)?"
    r"(?:(?:can|could|would)\s+(?:any|some)?(?:one|body|you|u)\s+(?:please\s+|pls\s+)?"
    r"(?:point|direct|refer|send|link|help)\s+(?:me|us)(?:\s+(?:to|towards|with|find|on))?"
    r"|(?:do|does|has|have)\s+(?:(?:any|some)(?:one|body)|you|we)(?:\s+here)?"
    r"\s+(?:have|know(?:\s+(?:of|about))?|got|seen)(?:\s+(?:more\s+than|at\s+least)\s+(?:one|two|\d))?"
    r"|any(?:one|body)(?:\s+here)?\s+(?:has|have|knows?(?:\s+of)?|got|seen)"
    r"|(?:i\s+am|i['’]?m|we\s+are|we['’]?re)\s+(?:looking\s+(?:for|into)|interested\s+in))"
    r"\s+(?:(?:some|any|a|good|more)\s+)*(?=\S)",
    re.IGNORECASE,
)
# "Pls find me", "wanted: trials in": what asks nicely, and that it is wanted.
_COURTESY = re.compile(
    r"(?:(?:please|pls|plz|kindly|hi|hey|hello|dear (?:all|bot|team))\b[\s,!:]*"
    r"|(?:wanted|needed)\s*:\s*|(?:seeking|in (?:search|need) of)\s+)+(?=\S)",
    re.IGNORECASE,
)
# "What is not known about", "open questions in": what is stored tells it.
_ASKS_WHAT_IS_KNOWN = re.compile(
    r"(?:(?:what(?:['’]s|s)?\s+(?:(?:is|are|do|does|we|people|remains?|has|been|else|really)\s+)*"
    r"(?:(?:not|still|yet|already|currently|so|far)\s+)*(?:un)?(?:known|know|clear|studied|explored|published))"
    r"|what(?:['’]s|s|\s+is)\s+the\s+(?:deal|story|status|latest|word)|(?:is\s+there\s+)?any\s+(?:news|updates?)"
    r"|(?:the\s+)?(?:(?:open|unanswered|outstanding)\s+questions|(?:knowledge\s+|research\s+)?gaps))"
    r"(?:\s+(?:yet|still|so\s+far))?\s+(?:about|on|of|in|around|regarding|with)\s+(?=\S)",
    re.IGNORECASE,
)
# "Which cells make …": whatever answers is one of those.
_WHAT_IS_WANTED = re.compile(
    r"(?P<which>which|what)\s+(?:(?:kinds?|types?|sorts?|other)\s+(?:of\s+)?)?"
    r"(?P<noun>cells?|molecules?|proteins?|genes?|drugs?|agents?|markers?|cytokines?|pathways?"
    r"|processes|receptors?|bacteria|species|treatments?|therapies|cancers?|tumou?rs?)\s+"
    r"(?=(?!(?:type|death|line|therapy|therapies|vaccine|cycle|biology|microenvironment)s?\b)\w)",
    re.IGNORECASE,
)
# "Drugs that deplete …", "therapies to normalise …".
_WANTED_THAT = re.compile(
    r"(?P<which>)(?P<noun>drugs|agents|molecules|compounds|treatments|therapies|cells|genes|markers)"
    r"\s+(?:that|which|to)\s+(?=\S)",
    re.IGNORECASE,
)
# "I'm writing a grant on X, what should I cite?"
_WRITES = re.compile(
    r"(?:i\s+am|i['’]?m|we\s+are|we['’]?re)\s+(?:writing|preparing|working\s+on|doing|planning|drafting)"
    r"(?:\s+(?:up|on|an?|the|my|our|some))*"
    r"\s+(?:grants?|proposals?|papers?|manuscripts?|thes[ie]s|reviews?|chapters?|talks?|presentations?"
    r"|lectures?|posters?|introductions?|essays?|projects?)(?:\s+(?:application|proposal|article))?"
    r"\s+(?:on|about|of|for|regarding)\s+(?=\S)",
    re.IGNORECASE,
)
_WHAT_TO_CITE = re.compile(
    r"[,;.]?\s+(?:what|which(?:\s+\w+)?)\s+(?:should|can|could|do|shall|must)\s+(?:i|we)\s+"
    r"(?:need\s+to\s+|have\s+to\s+)?(?:cite|read|reference|include|start\s+with)\b[^?]{0,30}\?*\s*$",
    re.IGNORECASE,
)
# "CD73 as a target", "as therapeutic targets": whatever acts on it says so in other words.
_AS_TARGET = re.compile(
    r"\s+as\s+(?:an?\s+)?(?:(?:potential|promising|possible|new|novel|therapeutic|drug|treatment"
    r"|immunotherapy|immunotherapeutic|druggable)\s+)*(?P<noun>targets?)\b(?!\s+(?:of|for|by)\b)",
    re.IGNORECASE,
)
# "Most cited", "highly cited": how papers are, and not what they are about.
_CITED_MOST = re.compile(
    r"\b(?:(?:most|highly|best|top|frequently)[ -]cited|most[ -]influential"
    r"|(?:with|having)\s+(?:the\s+)?most\s+citations)\b\s*",
    re.IGNORECASE,
)
NOT_BY_CITATIONS = "Not ranked by citations; `citations of DOI` counts those of one record."
# Where it is looked for: nowhere else.
_IN_THE_STORE = re.compile(
    r"\s*\b(?:in|from|of)\s+(?:the|our|this|your)\s+(?:store|library|database|collection|records)\b",
    re.IGNORECASE,
)
# "Count melanoma trials" asks for them.
_COUNT = re.compile(
    r"(?:count(?:\s+of)?|(?:the\s+)?(?:total\s+)?number\s+of)\s+"
    r"(?=.*\b(?:papers|articles|records|studies|trials|(?:systematic )?reviews|works|publications"
    r"|(?:meta-?|meta )analys[ei]s|rcts|preprints|guidelines|case reports)\b)",
    re.IGNORECASE,
)
# "Read about chordoma", "cite me something on it" ask for it as well; "check whether" asks.
_READ_ABOUT = re.compile(
    r"(?:(?:read|learn|hear|know)(?:\s+(?:more|something|up))?\s+(?:about|on)"
    r"|(?:cite|send|give|get|show)\s+(?:me|us)\s+(?:something|anything|stuff|things)\s+(?:about|on)"
    r"|(?:check|see|verify|find\s+out)\s+(?:whether|if))\s+(?=\S)",
    re.IGNORECASE,
)
# "Papers on" something: what is asked for is always papers.
_ASKS_FOR_PAPERS = re.compile(
    r"(?:(?:find|search|show|get|list|give|count)\s+)?(?:(?:for|me|us)\s+)*"
    r"(?:(?:the\s+)?(?:total\s+)?number\s+of\s+)?"
    r"(?:(?:the|some|any|all|more|your)\s+)*"
    r"(?P<kind>(?:(?:open[- ]access|free|peer[- ]reviewed|latest|recent|newest|new)\s+)*)"
    r"(?:papers?|articles?|publications?|records?|studies|literature|works?)\s+"
    r"(?:on|about|regarding|concerning)\s+(?=\S)",
    re.IGNORECASE,
)
_FREE = re.compile(r"\bfree\b", re.IGNORECASE)
# "Top 3 papers on", "max five reviews of", "…, at most 3": so many are listed.
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MANY = rf"(?P<many>[1-9]\d?|{'|'.join(_COUNTED)})"
_MOST = (
    r"(?:top|best|max(?:imum)?(?:\s+of)?|at\s+most|up\s+to|no\s+more\s+than|limit(?:ed)?(?:\s+to)?)"
)
_KINDS = r"(?:papers?|articles?|records?|publications?|studies|works?|results?|hits?)"
_HOW_MANY = re.compile(
    rf"(?:(?:find|show|get|list|give|send)\s+)?(?:(?:me|us)\s+)?(?:(?:the|a|just|only|first|about|{_MOST})\s+)*"
    rf"{_MANY}\s+(?:(?:best|key|good|relevant)\s+)*"
    rf"(?P<kind>(?:(?:newest|latest|most\s+recent|recent|new|open[- ]access)\s+)*)"
    rf"(?:{_KINDS}|(?P<study>reviews?|trials?))\s+(?:on|about|of|for|regarding)\s+(?=\S)",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    rf"[\s,;(–—-]+(?:only\s+|just\s+)?(?:(?:{_MOST})\s+{_MANY.replace('many', 'most')}"
    rf"|(?:only|just)\s+{_MANY}\s+{_KINDS})(?:\s+{_KINDS})?(?:\s+please)?[\s).!?]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for (`text`), whether it is a question, and which words only say so.

    `generic` are folded words that say of what kind the answer is; `most` how many are to be listed
    (0 where that is not said), `notes` what cannot be done of what is asked.
    """

    text: str
    is_question: bool
    ignored: tuple[str, ...]
    generic: tuple[str, ...]
    most: int = 0
    notes: tuple[str, ...] = ()


def without_asking(text: str) -> Asking:
    """A question without the words that only ask it."""
    ignored: list[str] = []
    generic: list[str] = []
    notes: tuple[str, ...] = ()
    if '"' not in text:
        text = _IN_THE_STORE.sub("", text).strip() or text
        text = _COUNT.sub("", text, count=1) if _COUNT.match(text) else text
        if cited := _CITED_MOST.search(text):
            ignored.append(cited[0].strip())
            notes = (NOT_BY_CITATIONS,)
            text = _CITED_MOST.sub("", text).strip()
        if target := _AS_TARGET.search(text):
            generic.append(fold(target["noun"]))
            text = f"{text[: target.start()]}{text[target.end() :]}"
    courtesy = _COURTESY.match(text)
    text = text[courtesy.end() :] if courtesy else text
    text, most = _how_many(text)
    leads = (_ASKS_PEOPLE, _ASKS_WHAT_IS_KNOWN, _READ_ABOUT, _WRITES)
    if ends := _WHAT_TO_CITE.search(text):
        text = text[: ends.start()] or text
    people = next((m for p in leads if (m := p.match(text))), None)
    if people and people.end() < len(text):
        ignored.append(people[0].strip())
        text = text[people.end() :]
    if asks := _ASKS_FOR_PAPERS.match(text):
        ignored.append(text[asks.end("kind") : asks.end()].strip())
        kind = _FREE.sub("open access", asks["kind"])
        text = f"{kind}{text[asks.end() :]}"
    is_question = bool(most or people or asks or courtesy or IS_QUESTION.match(text))
    noun = _WHAT_IS_WANTED.match(text) or _WANTED_THAT.match(text)
    if noun and noun.end() < len(text):
        generic.append(fold(noun["noun"]))
        text = f"{noun['which'] or ''} {text[noun.end() :]}".strip()
    return Asking(text, is_question, tuple(ignored), tuple(generic), most, notes)


def _how_many(text: str) -> tuple[str, int]:
    """A question without the words that say how many are to be listed, and that number or 0."""
    if found := _HOW_MANY.match(text):
        kept = f"{found['kind']}{found['study'] or ''}".strip()
        rest = f"{kept} {text[found.end() :]}".strip()
    elif (found := _AT_MOST.search(text)) and not says_little(text[: found.start()]):
        rest = text[: found.start()]
    else:
        return text, 0
    number = (found["many"] or found.groupdict().get("most") or "").lower()
    return rest, int(number) if number.isdigit() else _COUNTED.index(number) + 1
