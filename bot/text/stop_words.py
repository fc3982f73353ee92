"""The words that say nothing, or little, of a subject: one list for the whole product.

All are folded (`bot.text.folding.fold`). Four kinds, from the emptiest:

    LIGHT      articles and short prepositions, which come and go between two printings of a title
    STOP       all words that carry a sentence rather than a subject (LIGHT is among them)
    REQUEST    how papers are asked for ("find", "papers", "anything"): empty in a question
    GENERIC    what nearly every paper could say of anything ("effective", "patients", "role"): they
               may set the order of a list, and are never needed for a match

FOREIGN has the commonest little words of other languages, FOREIGN_LIGHT those of them that
abbreviated titles of journals leave out (ISO 4).
"""

import re

from bot.text.folding import strip_accents

# The last letter of the Latin scripts, Vietnamese included.
_LAST_LATIN = 0x1EFF
_SHORT_WORD, _SEVERAL = 3, 3
_ET_AL = re.compile(r"\bet\.? al\b")

LIGHT = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"]
)

STOP = LIGHT | frozenset((
    "about", "after", "against", "also", "am", "among", "any", "are", "be", "been", "before",
    "being", "between", "both", "but", "can", "could", "did", "do", "does", "during", "each",
    "either", "else", "had", "has", "have", "having", "he", "her", "his", "how", "i", "if",
    "instead", "into", "is", "it", "its", "itself", "may", "me", "might", "must", "my", "or", "our",
    "ours", "over", "per", "plus", "rather", "shall", "she", "should", "so", "some", "such", "than",
    "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through",
    "toward", "towards", "u", "under", "up", "upon", "us", "using", "versus", "via", "vs", "was",
    "we", "were", "what", "whats", "when", "where", "whether", "which", "while", "who", "whom",
    "whose", "why", "will", "within", "would", "you", "your", "yours", "ok", "okay", "please",
    "pls", "plz", "thanks", "cheers", "hi", "hey", "hello",
))  # fmt: skip

REQUEST = frozenset((
    "anyone", "anything", "article", "articles", "done", "doing", "everything", "evidence",
    "find", "fetch", "get", "give", "got", "happen", "happening", "happens", "interested",
    "know", "known", "like", "list", "literature", "look", "looking", "lot", "many", "more",
    "much", "need", "new", "overcome", "paper", "papers", "publication", "publications",
    "published", "read", "recent", "record", "records", "research", "researchers", "say",
    "says", "saying", "search", "mention", "mentioned", "mentioning", "mentions", "report",
    "reporting", "reports", "discuss", "discussed", "discusses", "discussing", "dealing",
    "searching", "see", "show", "something", "sth", "strategies", "strategy", "studies",
    "study", "studied", "talk", "tell", "thing", "things", "want", "wanted", "work", "works",
))  # fmt: skip

# Of those, papers and what is in them: outside a question they set the order at most.
_WORKS = frozenset((
    "article", "articles", "evidence", "literature", "paper", "papers", "publication",
    "publications", "records", "research", "strategies", "strategy", "studies", "study",
))  # fmt: skip

GENERIC = frozenset((
    "actually", "add", "added", "adding", "affect", "affected", "affecting", "affects", "alone",
    "approach", "approaches", "associated", "association", "available", "bad", "beneficial",
    "benefit", "benefits", "best", "better", "cause", "caused", "causes", "causing", "change",
    "changes", "combined", "combining", "common", "commonly", "compare", "compared",
    "comparing", "comparison", "contribute", "contributes", "current", "currently", "data",
    "deleterious", "depend", "depends", "describe", "described", "determine", "detrimental",
    "differ", "difference", "differences", "different", "drive", "driven", "drives", "effect",
    "effective", "effectively", "effectiveness", "effects", "efficacious", "especially", "ever",
    "explain", "explained", "explains", "factor", "factors", "fail", "failed", "fails", "favorable",
    "function", "functions", "general", "generally", "go", "good", "great", "greatest", "harmful",
    "help",
    "helped", "helpful", "helping", "helps", "impact", "impacts", "importance", "important",
    "improve", "improved", "improvement", "improves", "improving", "influence", "influenced",
    "influences", "involve", "involved", "involves", "just", "key", "latest", "lead", "leading",
    "leads", "least", "less", "link", "main", "mainly", "major", "make", "makes", "matter",
    "matters",
    "mean", "means", "mechanism", "mechanisms", "most", "mostly", "newest", "novel", "often",
    "only", "option", "options", "outcome", "outcomes", "patient", "patients", "play", "played",
    "plays", "possible", "potential", "potentially", "really", "related", "relation",
    "relationship", "relevant", "reported", "respond", "responded", "responding", "responds",
    "response", "responses", "result", "resulting", "results", "role", "roles", "safe",
    "safely", "same", "synergize", "synergized",
    "synergizes", "synergy", "significant", "significantly", "specific", "specifically", "success",
    "successful", "support", "supports", "survival", "survive", "today", "top", "type", "types",
    "use", "used", "useful", "usually", "value", "various", "way", "ways", "well", "working",
    "worse", "worst",
    "out", "worth", "worthwhile", "people", "persons", "individuals",
    # What belongs to the sentence where it leaves nothing out, and how things are put together.
    "cannot", "never", "no", "nor", "not", "pdf", "pdfs", "together", "without", "worsen",
    "worsened", "worsening", "worsens", "blunt", "blunted", "blunting", "blunts", "dampen",
    "dampened", "dampens", "hamper", "hampered", "hampers", "undermine", "undermined",
    "undermines", "weaken", "weakened", "weakens",
))  # fmt: skip

# How much of a thing there is. Before what names something they only modify it: "low PD-L1".
DEGREES = frozenset((
    "abundant", "decreased", "elevated", "enhanced", "enriched", "greater", "high", "higher",
    "increased", "low", "lower", "reduced", "scarce", "strong", "weak",
))  # fmt: skip

# How an effect is judged: "negative impact". Alone they are results of tests: HPV-negative.
_JUDGING = frozenset(("negative", "positive"))
_JUDGED = frozenset((
    "association", "effect", "effects", "impact", "impacts", "influence", "influences", "role",
))  # fmt: skip

FOREIGN_LIGHT = frozenset((
    "d", "da", "de", "del", "della", "der", "des", "di", "die", "do", "du", "e", "et", "fur", "l",
    "la", "le", "les", "und", "y",
))  # fmt: skip

# By ISO 639-1 code. Only words that English and the field's abbreviations do not use.
FOREIGN = {
    "de": frozenset((
        "auch", "auf", "aus", "bei", "beim", "dem", "den", "der", "des", "die", "durch", "ein",
        "eine", "einem", "einen", "einer", "es", "fur", "gegen", "gibt", "haben", "hat", "im",
        "ist", "mit", "nach", "nicht", "oder", "sich", "sind", "uber", "und", "vom", "von", "warum",
        "welche", "werden", "wie", "wird", "wirken", "wirkt", "zu", "zum", "zur", "zwischen",
    )),
    "fr": frozenset((
        "au", "aux", "avec", "ce", "cette", "chez", "comment", "contre", "dans", "de", "des", "du",
        "en", "entre", "est", "et", "la", "le", "les", "leur", "ou", "par", "pour", "pourquoi",
        "que", "quel", "quelle", "quels", "qui", "role", "sont", "sur", "une",
    )),
    "es": frozenset((
        "como", "con", "contra", "cual", "de", "del", "el", "en", "entre", "es", "hay", "la", "las",
        "los", "mas", "papel", "para", "por", "que", "se", "sobre", "son", "su", "tiene", "tienen",
        "un", "una", "y",
    )),
    "it": frozenset((
        "alla", "con", "contro", "dei", "del", "della", "delle", "di", "gli", "il", "la", "nei",
        "nel", "nella", "per", "quali", "sono", "sul", "tra", "una",
    )),
    "pt": frozenset((
        "com", "contra", "da", "das", "de", "do", "dos", "e", "em", "entre", "na", "nas", "no",
        "nos", "o", "os", "para", "pelo", "por", "sobre", "sao", "um", "uma",
    )),
    "nl": frozenset((
        "bij", "de", "door", "een", "het", "met", "naar", "tegen", "tussen", "van", "voor", "welke",
        "zijn",
    )),
}  # fmt: skip


# English words that another language has, too.
_SHARED = STOP & frozenset().union(*FOREIGN.values())


def is_empty(word: str, *, question: bool = False) -> bool:
    """Whether a folded word says nothing of a subject; in a question, how papers are wanted."""
    return word in STOP or (question and word in REQUEST)


def is_generic(word: str, following: str = "") -> bool:
    """Whether a folded word may set an order, and is never needed for a match.

    `following` is the word behind it, which it may only judge: "negative impact".
    """
    return word in GENERIC or word in _WORKS or (word in _JUDGING and following in _JUDGED)


def says_little(text: str) -> bool:
    """Whether a folded text has no word that a search would need."""
    words = text.split()
    return all(is_empty(w, question=True) or is_generic(w) or w.isdigit() for w in words)


def foreign(text: str) -> str | None:
    """The code of the language that a question is in, as far as its little words tell; or None.

    Two little words of one language tell, or a longer one among some others where nothing English
    is beside it; "" for a script that English is not written in.
    """
    letters = [character for character in text if character.isalpha()]
    if letters and sum(ord(c) > _LAST_LATIN for c in letters) * 2 > len(letters):
        return ""
    text = _ET_AL.sub(" ", text.lower())
    words = [strip_accents(word).strip(".,;:?!()") for word in text.split()]
    plain = (word for word in text.split() if word.isascii())
    if any(word.strip(".,;:?!()") in STOP - _SHARED for word in plain):
        return None
    for code, little in FOREIGN.items():
        found = [word for word in words if word in little]
        long_one = any(len(word) > _SHORT_WORD for word in found) and len(words) >= _SEVERAL
        if len(found) > 1 or long_one:
            return code
    return None
