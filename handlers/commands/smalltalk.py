"""Greetings, thanks and the like: one friendly line, with two examples from this store."""

import re
from collections import Counter

from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.text.folding import fold
from bot.text.stop_words import STOP
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import errors

# What a line of small talk turns on, and how it is answered; the first that fits.
_TURNS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset(("sorry", "oops", "whoops", "mistake", "ignore", "nevermind", "never")),
     "No harm done."),
    (frozenset((
        "useless", "rubbish", "nonsense", "stupid", "terrible", "awful", "wrong", "bad", "garbage",
        "unhelpful", "crap", "irrelevant", "disappointing", "hopeless",
    )), "Sorry. Try other words, or say what is wrong with a record: `report error DOI: …`."),
    (frozenset(("bye", "goodbye", "cu", "later", "night", "tomorrow")), "Goodbye."),
    (frozenset(("who", "human", "robot", "name", "real", "chatgpt", "gpt", "ai", "claude", "llm")),
     "I am a bot that finds papers for this team."),
    (frozenset((
        "hello", "hi", "hey", "howdy", "greetings", "morning", "afternoon", "evening", "welcome",
        "yo", "hiya", "sup", "lol", "haha", "test", "testing",
    )), "Hello."),
    (frozenset((
        "thanks", "thank", "thx", "ty", "cheers", "great", "awesome", "cool", "nice", "perfect",
        "brilliant", "excellent", "wonderful", "lovely", "amazing", "wow", "good", "love",
        "helpful", "helped", "bravo", "rock", "rocks", "fantastic", "super", "useful",
    )), "You are welcome."),
    (frozenset((
        "ok", "okay", "k", "yes", "yep", "yeah", "no", "nope", "sure", "fine", "right", "alright",
        "understood", "agreed", "correct",
    )), "All right."),
)  # fmt: skip
# Who is asked about: these tell of the bot, and otherwise of patients or of methods.
_ASKED_WHAT = frozenset(("you", "bot"))
_OF_IT, _IT = _TURNS[3][0] - {"who"}, frozenset(("you", "u", "ya", "your", "ur", "this", "bot"))
# What may stand beside them without asking for anything.
_BESIDE = frozenset((
    "there", "tme", "bot", "you", "your", "meet", "to", "job", "work", "done", "so", "much",
    "a", "lot", "very", "really", "are", "is", "was", "it", "this", "that", "all", "everyone",
    "everybody", "team", "again", "today", "answer", "answers", "result", "results", "reply",
    "anyone", "anybody", "channel", "chat",
    "room", "thread", "message", "person", "mind", "not", "how's", "hows",
    "going", "doing", "ok", "okay", "yes", "no", "well", "for", "help", "sorry", "day", "i",
    "am", "i'm", "im", "me", "what's", "whats", "what", "made", "nice", "one", "day", "friend",
    "mate", "dear", "guys", "folks", "please", "just", "only", "thing", "see", "goodbye",
    "hear", "from", "u", "ya", "r", "ur",
))  # fmt: skip
# "You're" is "you": a verb that is shortened says nothing more.
_SHORTENED = re.compile(r"(?<=\w)'(?:re|m|s|ve|ll|d)\b")
_EMOJI = re.compile(r"[^\w\s]*[^\x00-\u02ff\s][^\w]*|(?:\s*:[a-z0-9_+-]+:\s*)+")
# What has no word of courtesy in it and is small talk as a whole.
_HOW_ARE_YOU = re.compile(
    r"(?:(?:hi|hey|hello|so|and|morning)[\s,!]+)*"
    r"(?:how (?:are|r) (?:you|u|things)(?: (?:doing|today|going))*"
    r"|how(?:'s| is) (?:it|everything|life) going(?: today)?"
    r"|(?:(?:are|r) )?(?:you|u|anyone|anybody)(?: still)? (?:there|here|awake|alive)"
    r"|(?:what's|whats|what is) up)\W*",
    re.IGNORECASE,
)
_LANGUAGES = re.compile(
    r"(?:(?:do|can|could) (?:you|u) (?:speak|understand|talk|read|answer(?: in)?|reply(?: in)?)"
    r"|(?:what|which) languages? (?:do|can) (?:you|u) (?:speak|understand|read))"
    r"\b(?: [a-z]+){0,3}\W*",
    re.IGNORECASE,
)
_OF_LANGUAGES = (
    "The records are in English, and so are my answers; names and titles are found in any language."
)
_EXAMPLES = ("CAF acquired resistance", "help")
_LOOKED_AT = 40


def run(context: Context) -> Reply:
    """Answer in kind, and say what can be asked here."""
    tries = _examples(context)
    line = f"{_turn(context.query.text)} Ask me for papers: {' or '.join(f'`{t}`' for t in tries)}."
    answer = Answer(
        query=context.query.text,
        understood=describe_query(context.query, "smalltalk", (line,)),
        suggestions=tries,
    )
    return Reply(answer, errors.hint(answer, context.audience))


def _turn(text: str) -> str:
    if _LANGUAGES.fullmatch(text):
        return _OF_LANGUAGES
    words = set(_words(text))
    reply = (line for turn, line in _TURNS if words & turn)
    return next(reply, _TURNS[3][1] if words >= _ASKED_WHAT else "Hello.")


def _words(text: str) -> list[str]:
    bare = re.sub(r":[a-z0-9_+-]+:", " ", text.lower())
    found = re.findall(r"[\w'’]+", _SHORTENED.sub("", bare.replace("’", "'")))
    return [fold(word) or word for word in found]


def _is_small_talk(context: Context) -> bool:
    """Nothing but words of courtesy, or nothing but emoji."""
    text = context.query.text
    if _HOW_ARE_YOU.fullmatch(text.replace("’", "'")) or _LANGUAGES.fullmatch(text):
        return True
    words = _words(text)
    if words[:1] == ["help"]:
        return False
    if not words or _EMOJI.fullmatch(text):
        return bool(_EMOJI.fullmatch(text))
    if _OF_IT.intersection(words) and _IT.isdisjoint(words):
        return False
    turns = frozenset().union(*(turn for turn, _ in _TURNS))
    return (_ASKED_WHAT.issubset(words) or any(word in turns for word in words)) and all(
        word in turns or word in _BESIDE or word in STOP for word in words
    )


def _examples(context: Context) -> tuple[str, str]:
    """Two subjects of which much came in lately, as questions; set ones for an empty store."""
    recent = context.services.store.newest(_LOOKED_AT, 0)
    tagged = Counter(tag.concept for record in recent for tag in record.concepts)
    concepts = context.services.vocabulary.concepts
    common = [concepts[c].label for c, _ in tagged.most_common()
              if c in concepts and concepts[c].facet in ("component", "strategy")]  # fmt: skip
    first, second = (*common[:2], *_EXAMPLES)[:2]
    return first, second


COMMAND = Command(
    run=run, action="smalltalk", patterns=(r".{1,100}", r"[^\w]{1,100}"), needs=_is_small_talk
)
