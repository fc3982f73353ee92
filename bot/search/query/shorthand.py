# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""What people type for short in a chat, written out: any1, abt, teh, tcells, "nvm, HCC".

Only what has one meaning in a question, little words in the wrong order among them; what clinicians shorten beside its long form (RT, neoadj)
is a name in `seeds/everyday_names.txt`, which finds both.
"""

import re

_WRITTEN_OUT = {
    "any1": "anyone", "some1": "someone", "every1": "everyone", "abt": "about",
    "b4": "before", "btw": "", "gimme": "give me", "lemme": "let me", "wanna": "want to",
    "gonna": "going to", "ppl": "people", "pts": "patients", "smth": "something",
    "smthg": "something", "sth": "something", "sthg": "something", "stuff": "papers", "thru": "through",
    "w/": "with", "wrt": "regarding", "tho": "", "ur": "your", "r": "are", "u": "you",
    "waht": "what", "wat": "what", "whta": "what", "wich": "which", "whcih": "which",
    "whihc": "which", "n": "and", "b/w": "between", "btwn": "between", "teh": "the", "hte": "the", "adn": "and", "taht": "that", "yrs": "years", "yr": "year", "asap": "", "fyi": "", "afaik": "", "imo": "", "kinda": "",
}  # fmt: skip
# In capitals they are symbols: PTS, UR, R.
_SHORT = re.compile(rf"(?<![\w:/.-])(?:{'|'.join(map(re.escape, _WRITTEN_OUT))})(?![\w:=-])")
# "I'm new here", "we've seen"; what belongs to somebody ("Crohn's") stays.
_CONTRACTED = re.compile(
    r"\b(?P<who>i|we|you|they|he|she|it|that|there|who|what|how)['’](?P<verb>m|d|ll|ve|re)\b",
    re.IGNORECASE,
)
_VERBS = {"m": "am", "d": "would", "ll": "will", "ve": "have", "re": "are"}
# "Difference btw hot and cold": between two things; "any news, btw" only speaks.
_BETWEEN = re.compile(r"(?<=[a-z] )btw(?= [\w-]+ and )", re.IGNORECASE)
# "Prof. Quail": how somebody is addressed is no name.
_ADDRESSED = re.compile(r"\b(?:[Pp]rof(?:essor)?|[Dd]r)\b\.? (?=[A-Z])")
_LOOKING_4 = re.compile(r"\b(?P<ask>looking|searching|hunting|asking) 4(?= )", re.IGNORECASE)
# "Tcells", "NKcells": what is written apart everywhere else.
_CELLS = re.compile(r"(?<![\w-])(?P<kind>[tTbB]|[nN][kK]|[dD][cC])(?P<cells>cells?)(?![\w-])")
# What takes back what was said before: what follows begins anew.
_TAKEN_BACK = re.compile(
    r"(?:(?:ok|okay|oh|hmm+|ah|no|sorry|oops|actually|wait|well|but|and|so)\b[\s,.!…-]*)*"
    r"(?:never ?mind|nvm|scrap (?:that|it|this)|forget (?:that|it|this|about (?:that|it|this))|start (?:over|again)"
    r"|(?:new|another|different|other) (?:topic|question|subject))"
    r"(?:[\s,.:;!…–—-]+|$)",
    re.IGNORECASE,
)
# What only announces that something is said: "wait, only in melanoma".
_SAID_FIRST = re.compile(
    r"(?:(?:sorry|oops|no)[\s,.!]+)*(?:i|we) meant?\s+(?=\S)"
    r"|(?:(?:(?:no|oh|ok) )?wait|sorry|oops|hold on|hang on|one more thing|quick question|question)\s*[,.:!…–—-]+\s*(?=\S)",
    re.IGNORECASE,
)
# "B cells in breast, meta": the kind of study.
_META = re.compile(r"(?<![\w-])metas?(?![\w-])(?!\s+(?:analy|regress|data|cohort|stud))")
_QUOTED_OR_FIELD = re.compile(r"\"[^\"]*\"|\b[A-Za-z_-]{2,20}:\S+")


def written_out(text: str) -> str:
    """A question with its short forms written out; what is quoted or a filter stays."""
    text = _SAID_FIRST.sub("", text, count=1) if _SAID_FIRST.match(text) else text
    if _QUOTED_OR_FIELD.search(text):
        return text
    text = _ADDRESSED.sub("", text)
    text = _META.sub("meta-analysis", _BETWEEN.sub("between", text))
    text = _CONTRACTED.sub(lambda said: f"{said['who']} {_VERBS[said['verb'].lower()]}", text)
    text = _LOOKING_4.sub(r"\g<ask> for", text)
    text = _CELLS.sub(lambda found: f"{found['kind'].upper()} {found['cells']}", text)
    return " ".join(_SHORT.sub(lambda found: _WRITTEN_OUT[found[0]], text).split()) or text


def taken_back(text: str) -> str | None:
    """What follows where a text takes back what was asked before; None where it does not."""
    found = _TAKEN_BACK.match(text)
    rest = text[found.end() :].strip() if found else ""
    return rest or None
