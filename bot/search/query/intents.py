# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""What kind of thing is asked: commands and the ways people say them in plain words.

Patterns only: what the words mean is `bot.search.query`'s. The first that fits wins, so the order is
the rule. Every pattern is anchored and bounded, so that hostile text costs no time.
"""

import re
from dataclasses import dataclass

from bot.records.models import Action


@dataclass(frozen=True, slots=True)
class Intent:
    """What is wanted, and the words it is wanted of (`subject`, cut from the question)."""

    action: Action
    subject: str
    said: str


# A record that is already on the table: "it", "this", "the second one".
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_ORDINAL = re.compile(
    rf"(?<!\w)(?:the )?(?:(?P<word>{'|'.join(_ORDINALS)}|last)(?: one| paper| record| result)?"
    r"|(?:#|no\.? ?|number |result )(?P<digit>\d{1,2})|(?P<nth>\d{1,2})(?:st|nd|rd|th)(?: one)?)\b",
    re.IGNORECASE,
)
# "show 2": nothing but a number, too short for an identifier.
_NUMBER = re.compile(r"#?([1-9]\d?)", re.ASCII)
_DEMONSTRATIVE = re.compile(
    r"\b(?:it|this|that|these|those|them|this one|that one|this paper|that paper|these papers"
    r"|this record|the paper|the record|the list|the results|all of them|all)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:these|those|them|all|list|results|papers)\b", re.IGNORECASE)
_FORMAT = re.compile(
    r"\b(?:in|as|to|into)? ?(bib(?:la)?tex|ris|csl(?:[- ]json)?|nbib|csv|apa|vancouver|ama)\b",
    re.IGNORECASE,
)

# Politeness in front of a command.
_QUESTION = r"(?:please |can you |could you |would you |hey |hi |ok |so )*"

_POLITE_START = re.compile(
    r"(?:(?:please|can you|could you|would you|hey|hi|ok)\b[\s,]+)+(?=\w)", re.IGNORECASE
)
_POLITE_END = re.compile(r"[\s,]+(?:please|pls|thanks|thank you)[\s.!]*$", re.IGNORECASE)

_PATTERNS: tuple[tuple[Action, str], ...] = (
    ("help", r"\?+|help(?: me)?\b.{0,60}|commands?|what can (?:you|i) (?:do|ask).{0,40}|hello|hi"),
    ("status", r"status"),
    ("corrections", r"(?:list |show )?(?:me )?(?:the |our |my )?(?:tag )?corrections|(?:corrected|wrong) tags"),
    ("sources", (r"sources|(?:what|which) (?:are your )?sources\b.{0,60}|where (?:do|does) (?:your|the)"
                r" (?:records|data|papers) come from\??")),
    ("stats", r"stats|statistics|how many (?:records|papers|works)(?: do you (?:have|hold)| are there)?\??"),
    ("page", (r"(?:show )?(?:me )?(?:the )?(?P<subject>next|more|previous|prev|back)"
             r"(?: page| results| ones?| five| 5)?(?: please)?")),
    ("unsubscribe", (r"(?:stop|cancel|end|delete|remove|turn off|pause|resume) (?:all |my |our |the |these )*"
                    r"(?:alerts?|subscriptions?|digests?|notifications?)\b(?P<subject>.{0,200})"
                    r"|(?:unsubscribe|unfollow)\b(?P<subject2>.{0,200})")),
    ("subscribe", (r"(?:(?:show|list)(?: me)? )?(?:my|our|the) (?:subscriptions|alerts|digests)"
                  r"|(?:subscribe(?: me)?(?: to)?(?: (?:all |any )?new (?:papers?|records?|articles?)"
                  r" (?:on|about))?|alert(?: me)?(?: (?:about|on|when|for|to))?"
                  r"|notify me(?: (?:about|on|when|of))?|(?:follow|watch|digest)(?! ?(?:-|up\b|and\b))"
                  r"|tell me (?:when|if)|keep me (?:posted|updated) (?:about|on)"
                  r"|(?:send|email|post)(?: me)? (?:new )?(?:papers?|records?) (?:on|about)"
                  r"|(?:subscriptions|alerts))\b(?P<subject>.{0,400})")),
    ("lists", r"(?:(?:show|open) )?(?:me )?(?:the )?(?:reading )?list\b(?![:-])(?P<subject>.{1,200})"),
    ("save", (r"(?:save|bookmark|add (?:this|it|that|these)? ?to (?:my |the |our )?(?:reading )?list"
             r"|(?:(?:show|open) )?(?:me )?(?:(?:my|our|the|all) )?(?:reading )?lists?$|reading lists?|my lists?)"
             r"\b(?P<subject>.{0,300})")),
    # What is added has a number in it; "add chemotherapy to checkpoint blockade" is a search.
    ("add", (r"add(?: now)?|add\b(?!.{0,600}\bto (?:my|the|our|this|a|reading|list)\b)(?![:-])"
            r"(?P<subject>(?: now\b)?.{0,600}?(?:10\.\d{4}|\d{5}|https?:).{0,600})")),
    ("report", (r"report(?: an?)?(?: (?:error|mistake|problem|wrong|bad|bug|missing|duplicate|issue))"
               r"\b(?P<subject>.{0,300})|(?:this|that|the) (?:tag|record|summary|year|title|author)s?"
               r" (?:is|are|looks?) (?:wrong|incorrect)(?P<subject2>.{0,200})")),
    ("refuse", _QUESTION + r"(?:should|can|could|may|must|would|do) (?:i|we|my|the|our|this|a|an|he|she|they)\b"
               r"(?: \w+){0,3}? ?(?:patients?|mother|father|wife|husband|son|daughter|dad|mum|mom|sister"
               r"|brother|take|give|stop|start|receive|get|switch|prescribe|treat)\b.{0,300}"),
    ("refuse", (r".{0,200}\b(?:my|our|this|the|a) (?:patient|mother|father|wife|husband|child|son|daughter"
               r"|dad|mum|mom)\b.{0,200}\b(?:should|get|take|need|dose|treat\w*|give|switch|eligible"
               r"|candidate|recommend\w*|best|safe)\b.{0,200}")),
    ("refuse", (r".{0,100}\b(?:what|which|how much)\b.{0,60}\b(?:dose|dosage|drug|treatment|therapy|immunotherapy)\b"
               r".{0,60}\b(?:for me|for my|should i|should we give|do i take|would you recommend|for a patient)\b.{0,200}")),
    ("refuse", (r"(?:i|we) (?:have|was diagnosed with|am diagnosed with|'ve got)\b.{0,80}"
               r"\b(?:cancer|melanoma|tumou?r|carcinoma|lymphoma|leuka?emia)\b.{0,300}")),
    ("refuse", (r"(?:who|which(?: \w+){1,3}) ?(?:is|are|'s) (?:the )?(?:best|top|worst|greatest|leading|smartest"
               r"|most (?:famous|important|influential))\b.{0,200}")),
    ("refuse", (r"(?:rank|rate|compare) (?:the )?(?:\w+ )?(?:researchers?|scientists?|immunologists?|doctors?"
               r"|oncologists?|labs?|groups?|hospitals?|authors?|people)\b.{0,200}")),
    ("out_of_scope", (r".{0,40}\b(?:weather|forecast|joke|recipe|football|lottery|stock price|bitcoin"
                     r"|horoscope|restaurant|lunch|flight|hotel|song|poem|translate this"
                     r"|capital of|president of|write (?:me )?(?:some |a )?(?:code|poem|essay|email|grant))\b.{0,200}")),
    ("evidence", (r"evidence\b(?![:-])(?: (?:for|on|of|about|behind|supporting|base for))?\b(?P<subject>.{0,300})")),
    ("evidence", _QUESTION + (r"(?:what(?:'s| is)|how (?:good|strong) is|show(?: me)?|give me|is there)(?: the| any)? evidence"
                              r" (?:for|on|of|about|behind|that|supporting)\b(?P<subject>.{1,300})")),
    ("combine", r"combine\b(?!:)(?P<subject>.{0,300})"),
    # MAP kinase is a protein.
    ("map", r"(?:map|heat ?map|landscape)\b(?![:-]| ?kinases?\b|k\b)(?P<subject>.{0,200})"),
    ("trend", r"(?:trend|timeline)\b(?![:-])(?P<subject>.{0,200})"),
    ("define", r"(?:define|definition(?: of)?|meaning of|glossary)\b(?P<subject>.{0,200})"),
    ("define", _QUESTION + r"(?:what(?:'s| is| are|s)|explain) (?:the )?(?:meaning of |difference between )?"
               r"(?P<subject>(?!(?:.{0,40}\b(?:role|effects?|impact|influence|evidence|mechanisms?|best|function|known)\b)"
               r"|(?:people|they|we|you|being|known|new|happening|going|your|my|on)\b)"
               r"(?:an? |the )?[^?.,]{1,60})\??"),
    ("define", r"(?:the )?difference between (?P<subject>[^?]{1,120})\??"),
    ("define", r"what does (?P<subject>[^?]{1,60}?) (?:mean|stand for)\??"),
    ("export", (r"(?:export|download|give me)(?: me)? (?P<subject>.{0,200}\b"
               r"(?:bib(?:la)?tex|ris|csl(?:[- ]json)?|nbib|csv|endnote|zotero)\b.{0,60})|export\b(?P<subject2>.{0,200})")),
    ("cite", (r"(?:cite|citation(?: (?:for|of))?|how (?:do|should|can) (?:i|we) cite|reference for|bibtex"
             r"(?: (?:for|of))?)\b(?P<subject>.{0,400})")),
    ("abstract", _QUESTION + r"(?:abstract|summary|summari[sz]e|tl;?dr|sum up)\b(?: of| for)?(?P<subject>.{0,400})"
                 r"|(?:show|read|open|give)(?: me)? (?:the |its )?(?:abstract|summary)(?: of| for)?(?P<subject2>.{0,400})"
                 r"|what (?:does|do) (?P<subject3>.{1,200}?) (?:say|find|conclude|report)\??"),
    ("integrity", (r"(?:has|have|was|were|is|are)\b(?!:)(?P<subject>.{0,300}?)\b(?:been )?(?:retract(?:ed|ion)|corrected"
                  r"|withdrawn)\b.{0,300}|(?:check|retraction status(?: of)?|retractions? of)\b(?P<subject2>.{0,300})"
                  r"|can (?:i|we) (?:trust|rely on)(?P<subject3>.{0,300})")),
    ("access", (r"(?:is|are)\b(?!:)(?P<subject>.{0,300}?)\b(?:open[- ]access|free(?:ly available)?(?: to read)?|paywalled"
               r"|open|behind a paywall)\??|(?:where|how) can i (?:read|get|download)(?P<subject2>.{0,300})"
               r"|(?:full[- ]?text|pdf)(?: of| for)\b(?P<subject3>.{0,300})")),
    ("similar", r"(?:similar(?: to)?|more like|related to|papers like)\b(?P<subject>.{0,400})"),
    ("author_more", (r"(?:what else (?:did|has|have) |more |other )(?:papers |records |works )?"
                    r"(?:by|from|did|has) (?:this|that|the|these|the same|same) (?:\w+ )?(?:authors?|person|group)\b.{0,60}"
                    r"|what else (?:did|has|have) (?:they|he|she|the authors?) (?:write|written|publish|published)\b.{0,40}")),
    ("author_lookup", (r"(?:(?:show|list|give|find|get|search)(?: me| for)? )?(?:all |any |the )?(?:papers?|articles?|works?|records?|publications?|anything) (?:by|from|written by)"
                      r" (?P<subject>[^\W\d_][^?:]{0,60})\??")),
    ("lookup", (r"(?:is|was) (?P<subject4>it|this|that|(?:this|that|the) (?:paper|record)|.{0,60}10\.\d{4}.{1,200})"
               r" peer[- ]reviewed\??"
               r"|who (?:wrote|are the authors of|is the author of|authored|published)\b(?P<subject>.{1,400})"
               r"|(?:show|look ?up|fetch)\b(?! me (?:\w+ ){0,2}(?:papers|articles|records|works|publications|studies|reviews|trials)\b)"
               r"(?P<subject2>.{0,400})"
               # "open access" and "open-label trial" are searched.
               r"|open (?P<subject3>(?:it|this|that|(?:#|no\.? ?|number )?\d{1,2}(?:st|nd|rd|th)?"
               rf"|(?:the )?(?:{'|'.join(_ORDINALS)}|last))(?: one| paper| record| result)?)")),
    ("new", (r"(?:what(?:'s| is) new|whats new|new|latest|newest|recent)(?: papers| records| works| this week| today)*\??"
            r"|(?:what(?:'s| is) new|whats new|latest|newest)(?: papers| records| works)?"
            r" (?:on|about) (?P<subject2>.{1,300}?)\??"
            r"|new (?P<subject>.{1,300})")),
)  # fmt: skip

_COMPILED = tuple((action, re.compile(p, re.IGNORECASE | re.DOTALL)) for action, p in _PATTERNS)
# Only this much of a question is matched against patterns; commands are short.
_READ = 600


def recognise(text: str) -> Intent | None:
    """The intent of a cleaned question, or None for plain words to search.

    The subject of `cite the second one in bibtex` is `the second one in bibtex`.
    """
    head = text.strip()[:_READ]
    asked = _POLITE_END.sub("", head)
    ahead = _POLITE_START.match(asked)
    return _matched(asked, head) or (_matched(asked[ahead.end() :], head) if ahead else None)


def _matched(asked: str, head: str) -> Intent | None:
    for action, pattern in _COMPILED:
        match = pattern.fullmatch(asked.rstrip(" .!"))
        if match is not None:
            subjects = [
                s for name, s in match.groupdict().items() if name.startswith("subject") and s
            ]
            subject = subjects[0] if subjects else ""
            return Intent(action, subject.strip(" :?.!,-"), head)
    return None


def searching(words: str) -> str:
    """Words as a question that is searched, even where they begin like a command."""
    return words if recognise(words) is None else f"find {words}"


def ordinal(text: str) -> int | None:
    """Which of the records shown is meant, from 1 (-1: the last), or None."""
    if whole := _NUMBER.fullmatch(text.strip()):
        return int(whole[1])
    match = _ORDINAL.search(text)
    if match is None:
        return None
    if match["word"]:
        word = match["word"].lower()
        return -1 if word == "last" else _ORDINALS.index(word) + 1
    return int(match["digit"] or match["nth"])


def points_at_shown(text: str) -> bool:
    """Whether nothing but "it", "these", "the results" is named: the records shown are meant."""
    if _NUMBER.fullmatch(text.strip()):
        return True
    rest = _FORMAT.sub(" ", _DEMONSTRATIVE.sub(" ", _ORDINAL.sub(" ", text)))
    return not re.search(
        r"\w",
        re.sub(
            r"\b(?:please|for|of|the|one|me|has|been|in|as|to)\b", " ", rest, flags=re.IGNORECASE
        ),
    )


def points_at_several(text: str) -> bool:
    """Whether it is "these" that is meant, not "it"."""
    return bool(_SEVERAL.search(text))


def named_format(text: str) -> str | None:
    """The citation or file format named, lower case, or None."""
    match = _FORMAT.search(text)
    return match[1].lower().replace(" ", "-") if match else None
