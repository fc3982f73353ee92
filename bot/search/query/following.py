# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""The words of follow-ups: what narrows, widens, replaces, sorts or counts an earlier question."""

import re
from typing import Literal

# How the new words stand to the old: beside them; instead of those of their kind, or beside them
# where there are none; instead of those of their kind, or of everything; as an alternative.
Kind = Literal["narrow", "and", "replace", "widen", "count"]

_OF_THEM = r"(?:of|among|amongst|from|in) (?:them|these|those|the (?:list|results|papers|records|ones|works|\w+ ones))"
_SHOWN = r"(?:it|them|these|those|this|that|(?:the|this|that|my|your|these|those) (?:list|search|results?|papers|records|ones|query|question)|everything|all|results|things?)"
COURTESY = re.compile(r"[\s,]+(?:please|pls|thanks|thank you)[\s.!?]*$", re.IGNORECASE)
LEAD = re.compile(
    r"(?:(?:ok|okay|and|so|now|then|but|please|actually|hmm|well|sorry|oops|can you|could you|would you|can we|let's|lets"
    r"|help (?:me|us)(?: to)?|i(?:'d)? (?:only |just |really )?(?:want|need|would like|like)(?: to see)?|i meant?)\b[\s,]*)+",
    re.IGNORECASE,
)
_VERB = r"(?:(?:show|give|list|find|get|keep|see|display)(?: me| us)?(?: only| just)?(?: the ones| those| ones| the)?)"
_FILTER = rf"(?:filter|restrict|limit|narrow|refine|reduce)(?: {_SHOWN})?(?: down)?(?: to| by| for| on)?(?: only| just)?"
_BE = r"(?:(?:are|were|is|was|have|has|had|do|did|use[ds]?|involved?|come|came|look(?:ed)? at|deal with|report(?:ed|s)?|about|that are|which are)\b ?)*(?:published |written |done |there )?"
_PREPOSITION = r"(?:in the context of|in the setting of|in the case of|in|for|on|with|about|among|using|of|from|by|during|after|regarding|involving)"

_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("count", rf"(?:how many|what number|count)(?: are there| {_OF_THEM}| them| these| those)?(?P<bare>) ?(?:in total|are there)?"),
    ("count", rf"(?:and )?(?:how many|what number|what (?:share|fraction|proportion)) {_OF_THEM} {_BE}(?P<rest>.+)"),
    ("count", rf"how many (?:are|were) (?P<rest>.+?)(?: {_OF_THEM})?"),
    ("count", rf"(?:and )?(?:how many|count) (?:the )?(?P<kind>.+?)(?: are there| there are| {_OF_THEM})*"),
    ("narrow", rf"(?:and )?(?:which|what|are there any|are any|are some|is any|do any|any|have any|were any)(?: ones?)? {_OF_THEM} {_BE}(?P<rest>.+)"),
    ("narrow", rf"(?:which|what|are there any|are any|any|is there any)(?: ones?)? (?P<rest>.+?) {_OF_THEM}"),
    ("narrow", rf"(?:and )?{_OF_THEM},? (?:the ones |those |only |just )*(?:{_PREPOSITION} )?(?P<rest>.+)"),
    ("narrow", rf"which (?:ones )?(?:are|were|have|use[ds]?|involved?) {_BE}(?P<rest>.+)"),
    ("narrow", rf"(?:are there |is there |do you have |have you )?any(?: ones)? {_PREPOSITION} (?P<rest>.+)"),
    ("narrow", r"(?:(?:are there |is there |do you have |have you )?any|(?:is|are) there(?: an?| some)?) (?P<kind>.+)"),
    ("replace", rf"(?:drop|forget|scrap|leave|skip) (?:it|that|this|them|these|those),? (?:(?:i|we) (?:(?:would )?(?:want|need|like|prefer)|am after)|and|show me|give me|find me|look for)?,? ?(?:{_PREPOSITION} )?(?P<rest>.+?)(?: instead)?"),
    ("replace", rf"(?:what|how) about (?:{_PREPOSITION} )?(?P<rest>.+?)(?: (?:instead|then))?"),
    ("replace", rf"(?:the )?same (?:thing |question |search |query |again )?(?:but )?{_PREPOSITION} (?P<rest>.+?)(?: instead)?"),
    ("replace", rf"(?:try |use |do |search |search for |take |give me |show me |make (?:it|that) )?(?:{_PREPOSITION} )?(?P<rest>.+?)(?:,? (?:instead|rather))"),
    ("replace", rf"(?:{_PREPOSITION} )?(?P<rest>.+?),? (?:instead of|rather than|in place of) (?P<old>.+)"),
    ("replace", rf"(?:instead(?:,| of that,?)?|rather|make (?:it|that)|change (?:it|that|this) to|switch to|(?:swap|replace) (?:it|that|this) (?:with|by|for)) (?:{_PREPOSITION} )?(?P<rest>.+)"),
    ("replace", r"(?:replace|swap|change|exchange) (?P<old>.+?) (?:by|with|for|to|into) (?P<rest>.+)"),
    ("widen", rf"(?:and )?(?:or|also|include|add)(?: also)? (?:{_PREPOSITION} )?(?P<rest>.+?)(?:,? (?:too|as well|also))?"),
    ("widen", rf"(?:and )?(?:{_PREPOSITION} )?(?P<rest>.+?),? (?:too|as well)"),
    ("narrow", r"(?:combine|pair)(?:d)?(?: it| them| this| that)? with (?P<rest>.+)"),
    ("and", rf"(?:and|plus)(?: what about)? (?:{_PREPOSITION} )?(?P<rest>.+)"),
    ("narrow", rf"(?:{_FILTER}|{_VERB}) (?:(?:only|just) )?(?:{_PREPOSITION} )?(?P<rest>.+?)(?: only)?"),
    ("narrow", rf"(?:only|just|solely|exclusively)(?: (?:show|the|those|these|ones|me|that|which|are|papers|records|works|{_PREPOSITION}))* (?P<rest>.+)"),
    ("narrow", rf"(?:{_PREPOSITION} )?(?P<rest>.+?),? (?:only|alone|please only)"),
    ("narrow", rf"(?:the |those |these )?(?:ones )?{_PREPOSITION} (?P<rest>.+)"),
)  # fmt: skip
# The forms of follow-ups, in the order in which they are tried. `rest` is what they are about;
# `kind` is that, where it must be a kind of study; `bare` is about the whole list.
FORMS = tuple((k, re.compile(p, re.IGNORECASE | re.DOTALL)) for k, p in _PATTERNS)
# What stands around the thing and names nothing.
AROUND = re.compile(
    r"^(?:(?:the|those|these|any|only|just|some|all|ones|specifically)\s+)+|\s+(?:ones?|ones only|papers?|records?|please|instead|then|there|again)$"
    r"|^(?:papers?|records?|works|studies|ones?)\s+(?:in|on|about|from|with)\s+",
    re.IGNORECASE,
)
SORT = re.compile(
    rf"(?:(?:which|what)(?: one| paper)? (?:is|are|was|were) (?:the )?)?(?:(?:can you |please )?(?:sort|order|rank|list|show|put)(?:ed)?(?: me)?(?: {_SHOWN})? ?(?:by |in |with |from )?(?:the )?)?(?:by )?"
    r"(?:(?P<new>(?:(?:is there |are there |do you have )?(?:any|some)(?:thing)? (?:newer|more recent)(?: ones| papers| than (?:that|these|this|those))?|newest|latest|most recent|recent|new)(?: ones| papers)?(?: first| on top| at the top| to oldest)?|(?:publication )?(?:date|year|recency)(?: descending)?|reverse chronological(?:ly| order)?)"
    r"|(?P<old>(?:oldest|earliest)(?: ones| papers)?(?: first| on top)?|chronological(?:ly| order)?|(?:date|year) ascending)"
    r"|(?P<cited>(?:most|highly|best)[ -]cited(?: ones| papers)?(?: first)?|citations?(?: counts?)?|(?:number|count) of citations|times cited)"
    r"|(?P<best>relevance|(?:best|most relevant|most important)(?: ones| matches?| papers)?(?: first)?))",
    re.IGNORECASE,
)
# "Just the top 3": so many of the list.
FIRST_FEW = re.compile(
    r"(?:(?:just|only|show|list|give|me|us|keep|limit|to|it|them|the) )*(?:top|best|first|max(?:imum)?|at most)"
    r" (?P<many>[1-9]\d?)(?: (?:of them|of these|papers?|ones?|results?|records?|hits?))?(?: only)?",
    re.IGNORECASE,
)
TAKE_OFF = re.compile(
    r"(?:remove|drop|clear|reset|lift|take off|take away|forget|forget about|undo|ignore|without|no|lose)(?: all)?(?: of)?(?: the| that| this| my)?"
    r" ?(?P<what>.{0,60}?) ?(?P<filter>filters?|limits?|restrictions?|constraints?)?",
    re.IGNORECASE,
)
WIDEN = re.compile(
    rf"(?:widen|broaden|relax|expand|loosen)(?: {_SHOWN})?(?: a bit)?|(?:be |make (?:it|that) )?(?:broader|wider|less strict|more general)",
    re.IGNORECASE,
)
ANY_TIME = re.compile(
    r"(?:from |of |in |for )?(?:any|all|every) (?:years?|times?|dates?)|whenever"
    r"|(?:also |and |include |including )*(?:the )?older(?: ones| papers| records)?(?: too| as well)?",
    re.IGNORECASE,
)
ANY_KIND = re.compile(
    r"(?:any|all|every) (?:kinds?|types?)(?: of (?:study|studies|papers?|records?|evidence))?",
    re.IGNORECASE,
)
