# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""What the bot does not do: advice on a patient, ranking people, and other subjects."""

from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.query.forms import Form
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import errors

_ADVICE = (
    "I cannot advise on anyone's treatment or rank people; a clinician who knows the case can."
    " I can search the literature for you."
)
_ELSEWHERE = (
    "That is outside my field: papers on reprogramming the tumour microenvironment and"
    " resistance to immunotherapy."
)


def run(context: Context) -> Reply:
    """Decline in one polite sentence, and offer what can be searched instead."""
    query = context.query
    about = context.services.search.interpret(query.text)
    named = describe_query(about, query.action)
    tries = (*named.drugs, *(part.typed for part in about.parts if part.recognised))
    note = _ELSEWHERE if query.action == "out_of_scope" else _ADVICE
    answer = Answer(
        query=query.text,
        understood=describe_query(query, query.action, (note,)),
        suggestions=tuple(dict.fromkeys(tries))[:3] or ("CAF acquired resistance", "help"),
    )
    return Reply(answer, errors.hint(answer, context.audience))


_ASKING = r"(?:please |can you |could you |would you |hey |hi |ok |so )*"
_KIN = r"patient|mother|father|wife|husband|child|son|daughter|dad|mum|mom"

COMMAND = Command(
    run=run,
    action="refuse",
    patterns=(
        _ASKING
        + r"(?:should|can|could|may|must|would|do) (?:i|we|my|the|our|this|a|an|he|she|they)\b"
        rf"(?: \w+){{0,3}}? ?(?:{_KIN}|sister|brother)s?\b.{{0,300}}",
        # "Can we get T cells into tumours?" is a question to the literature.
        _ASKING + r"(?:should|can|could|may|must|would|do) (?:i|he|she|they)\b(?: \w+){0,3}?"
        r" (?:take|give|stop|start|receive|get|switch|prescribe|treat)\b.{0,300}",
        (
            rf".{{0,200}}\b(?:my|our|this|the|a) (?:{_KIN})\b.{{0,200}}"
            r"\b(?:should|get|take|need|dose|treat\w*|give|switch|eligible|candidate|recommend\w*|best|safe)\b.{0,200}"
        ),
        (
            r".{0,100}\b(?:what|which|how much)\b.{0,60}\b(?:dose|dosage|drug|treatment|therapy|immunotherapy)\b"
            r".{0,60}\b(?:for me|for my|should i|should we give|do i take|would you recommend|for a patient)\b.{0,200}"
        ),
        (
            r"(?:i|we) (?:have|was diagnosed with|am diagnosed with|'ve got)\b.{0,80}"
            r"\b(?:cancer|melanoma|tumou?r|carcinoma|lymphoma|leuka?emia)\b.{0,300}"
        ),
        (
            r"(?:who|which(?: \w+){1,3}) ?(?:is|are|'s) (?:the )?(?:best|top|worst|greatest|leading|smartest"
            r"|most (?:famous|important|influential))\b.{0,200}"
        ),
        (
            r"(?:rank|rate|compare) (?:the )?(?:\w+ )?(?:researchers?|scientists?|immunologists?|doctors?"
            r"|oncologists?|labs?|groups?|hospitals?|authors?|people)\b.{0,200}"
        ),
    ),
    also=(
        Form(
            "out_of_scope",
            r"(?:.{0,20}\b(?:tell|give|know)(?: me| us)? (?:a|another|some) )?jokes?\b.{0,100}"
            r"|(?:what(?:'s| is)|whats|how(?:'s| is)|hows).{0,12} (?:the )?(?:weather|forecast|time|date|score)\b.{0,60}"
            r"|(?:write|compose|draft|generate)(?: me)?(?: us)? (?:some |an? |the |my )?(?:\w+ )?"
            r"(?:code|poem|song|essay|e-?mail|letter|grant|story|script|program|introduction|abstract)\b.{0,200}"
            r"|(?:what(?:'s| is)|whats|how much is|calculate|compute|solve) [\d\s().,]*\d\s*[-+*/x×÷^]\s*[\d\s().,+*/x×÷^=-]+"
            r"|translate\b.{0,300}"
            r"|(?:book|order|reserve|buy)(?: me| us)? (?:a|an|some|the) .{0,100}"
            r"|(?:who|what) (?:is|was|'s) (?:the )?(?:capital|president|prime minister|king|queen|ceo) of\b.{0,100}"
            r"|.{0,40}\b(?:recipes?|football|lottery|stock price|bitcoin|horoscope|restaurants?)\b.{0,200}",
        ),
    ),
)
