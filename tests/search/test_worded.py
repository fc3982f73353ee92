"""A model's summary of quotes: what it made up is struck out, line by line, and said so."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Asked
from werkzeug import Response

from bot.errors import SourceRefused
from bot.index.analysis import stem
from bot.records.answers import Finding, Quote
from bot.search.worded import Line, checked
from bot.settings import Settings
from bot.sources.chat.client import chat
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work

OWN = (
    work(1, "Pembrolizumab in melanoma: a randomised trial",
         "Results: Pembrolizumab improved overall survival compared with chemotherapy (HR 0.61, 95%"
         " CI 0.45-0.82; median OS 32.5 vs. 24.1 months)."),
    work(2, "Pembrolizumab after surgery of melanoma",
         "Results: Pembrolizumab did not improve overall survival in melanoma."),
    work(3, "Pembrolizumab and macrophages in melanoma",
         "Results: Pembrolizumab may improve overall survival in some patients with melanoma."),
)  # fmt: skip
QUESTION = "ask does pembrolizumab improve overall survival in melanoma?"
TRUE = {
    1: "Pembrolizumab improved overall survival compared with chemotherapy (HR 0.61)",
    2: "Pembrolizumab did not improve overall survival in melanoma",
    3: "Pembrolizumab may improve overall survival in some patients",
}
# Ways of lying about the first quote (or the one that is named), and what is said of each.
LIES = {
    "no quote": ("Pembrolizumab improved overall survival.", None, "names no quote"),
    "a quote that is not there": ("Pembrolizumab improved survival", 9, "there is no quote 9"),
    "another number": ("Pembrolizumab improved overall survival (HR 0.51)", 1, "has 0.51"),
    "numbers changed round": ("Median OS was 24.1 vs. 32.5 months", 1, "another order"),
    "another measure": ("Pembrolizumab improved survival (PFS 32.5 vs. 24.1 months)", 1, "PFS"),
    "another way": ("Pembrolizumab worsened overall survival", 1, "worse"),
    "a denial left out": ("Pembrolizumab improved overall survival in melanoma", 2, "denies"),
    "another drug": ("Nivolumab improved overall survival", 1, "nivolumab"),
    "another cancer": ("Pembrolizumab improved overall survival in lymphoma", 1, "lymphoma"),
    "sides changed": (
        "Survival was better with chemotherapy than pembrolizumab",
        1,
        "turned round",
    ),
    "a hedge left out": ("Pembrolizumab improves survival in some melanoma", 3, "surer"),
    "more than was found": ("Pembrolizumab improved survival in all", 1, "“all”"),
    "advice": ("Pembrolizumab should be given", 1, "no quote of it has “given”"),
    "an address": ("Pembrolizumab improved survival, see https://evil.example", 1, "address"),
    "a denial added": ("Pembrolizumab failed to improve survival", 1, "“failed”"),
    "a number in words": ("Pembrolizumab improved survival of two", 1, "“two”"),
}

# What a quote says, what a model makes of it, and why that is struck out.
SUBTLE = (
    ("Median OS was 32.5 vs. 24.1 months.", "Median OS was 32.5 vs. 24.1 weeks", "weeks"),
    ("Tumours shrank after 5 mg/kg.", "Tumours shrank after 5 mg", "has “5 mg”"),
    ("Survival improved (HR 0.6, 95% CI 0.4-0.8).", "Survival improved (95% CI 0.8-0.4)", "order"),
    ("Survival improved (HR 0.6, 95% CI 0.4-0.8).", "Survival improved (HR 0.4)", "HR 0.4"),
    ("Survival improved (HR 0.6).", "Survival worsened (HR 0.6)", "worse"),
    ("Drug X slowed tumour growth in mice.", "Drug X slowed tumour growth", "leaves out “mice”"),
    ("PD-L1-positive patients had longer survival.", "Patients had longer survival",
     "leaves out “pd-l1-positive”"),
    ("Drug X failed to improve survival.", "Drug X improved survival", "denies"),
    ("Drug X was not without toxicity.", "Drug X was without toxicity", "denial"),
    ("Nivolumab improved survival.", "Immunotherapy improved survival", "immunotherapy"),
    ("Of 120 patients enrolled, 36 responded.", "120 patients responded", "120 patients responded"),
    ("Drug X may improve survival.", "Drug X improves survival", "surer"),
    ("High counts were associated with shorter survival.", "High counts caused shorter survival",
     "caused"),
    ("Drug X improved PFS but not survival.", "Drug X improved survival but not PFS", "round"),
    ("Drug X improved survival.", "Drug X significantly improved survival", "significantly"),
    ("Anti-PD-1 therapy was toxic.", "PD-1 therapy was toxic", "leaves out “Anti-”"),
    ("Drug X cut recurrence before surgery.", "Drug X cut recurrence after surgery", "“after”"),
    ("A retrospective study of drug X was positive.", "A study of drug X was positive",
     "leaves out “retrospective”"),
    ("Macrophages promote resistance to blockade.", "Blockade promotes resistance to macrophages",
     "turned round"),
    ("Drug X improved survival only in stage II.", "Drug X improved survival in stage II",
     "leaves out “only”"),
    ("Tumours shrank in half of the mice.", "Tumours shrank in the mice", "leaves out “half”"),
)  # fmt: skip


class Model:
    """A chat endpoint on loopback that says what it is told to, and notes what it was sent."""

    def __init__(self) -> None:
        self.says: Callable[[dict[int, int]], str] = lambda _: ""
        self.raw: str | None = None
        self.sent: list[tuple[str, dict[str, object]]] = []

    def __call__(self, request: Asked) -> Response:
        body = request.get_json()
        self.sent.append((request.headers.get("Authorization", ""), body))
        if self.raw is not None:
            return Response(self.raw, content_type="application/json")
        # The number under which each record of `OWN` was sent.
        lines = body["messages"][1]["content"].splitlines()
        ways = {1: "chemotherapy", 2: "did not", 3: "may"}
        at = {
            own: int(line[1])
            for line in lines
            for own, word in ways.items()
            if line.startswith("[") and word in line
        }
        content = {"choices": [{"message": {"content": self.says(at)}}]}
        return Response(json.dumps(content), content_type="application/json")


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Iterator[Router]:
    with HTTPServer() as server:
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(model)
        settings = {
            "model_url": server.url_for("/v1"),
            "model": "liar",
            "model_key": "k-secret",
            "model_local": True,
        }
        with router_over(tmp_path_factory.mktemp("own"), OWN, **settings) as router:
            yield router


def summarised(own: Router, model: Model, says: Callable[[dict[int, int]], str]) -> str:
    model.says, model.raw = says, None
    return own.answer(Request(f"{QUESTION} as summary", Surface.SLASH)).message.text


def test_true_sentences_stand_beneath_the_table(own: Router, model: Model) -> None:
    text = summarised(own, model, lambda at: " ".join(f"{TRUE[n]} [{at[n]}]." for n in TRUE))
    assert "Worded by liar from the quotes above" in text
    assert "struck out" not in text
    assert text.index("3 records: 1 reports improvement") < text.index("Worded by liar")
    for said in TRUE.values():
        assert said in text[text.index("Worded by") :]


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_struck_out_and_said_so(own: Router, model: Model, lie: str) -> None:
    said, quote, why = LIES[lie]

    def says(at: dict[int, int]) -> str:
        number = at.get(quote, quote) if quote else None
        return f"{TRUE[2]} [{at[2]}]. {said.rstrip('.')}{f' [{number}]' if number else ''}."

    text = summarised(own, model, says)
    worded = text[text.index("Worded by") :]
    assert "1 of 2 sentences struck out" in worded
    assert why in worded
    assert TRUE[2] in worded.partition("struck out")[0]
    assert said.split(",")[0][:60] not in worded.partition("1 of 2")[0]


@pytest.mark.parametrize(
    "raw", ["{}", "[]", '{"choices": []}', '{"choices": [{"message": 1}]}', "no"]
)
def test_an_answer_of_another_shape_leaves_the_table(own: Router, model: Model, raw: str) -> None:
    model.raw = raw
    reply = own.answer(Request(f"{QUESTION} as summary", Surface.SLASH))
    assert "No summary of liar" in reply.message.text
    assert "3 records: 1 reports improvement" in reply.message.text


def test_only_the_question_and_the_quotes_are_sent(own: Router, model: Model) -> None:
    model.sent.clear()
    summarised(own, model, lambda _: "")
    [(key, body)] = model.sent
    assert key == "Bearer k-secret"
    assert body["model"] == "liar"
    text = json.dumps(body["messages"])
    assert "10.1234" not in text
    assert "k-secret" not in text
    model.sent.clear()
    own.answer(Request(QUESTION, Surface.SLASH))
    assert not model.sent, "a table alone sends nothing"


def test_without_the_setting_nothing_is_offered_or_sent(tmp_path: Path) -> None:
    with router_over(tmp_path, OWN) as router:
        assert router.services.summarising is None
        assert "Worded summary" not in router.answer(Request(QUESTION, Surface.SLASH)).message.text
        refused = router.answer(Request(f"{QUESTION} as summary", Surface.SLASH))
        assert refused.error is not None
        assert "No model is set up" in refused.error.message


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/v1", "https://127.0.0.1:9/v1", "http://93.184.216.34/v1",
     "https://10.0.0.1/v1", "https://[::1]:9/v1", "https://169.254.169.254/v1"],
)  # fmt: skip
def test_an_address_within_is_refused_unless_set(address: str) -> None:
    with pytest.raises(SourceRefused, match="TME_MODEL_LOCAL"):
        chat(address, "m", None, local=False)("", "")


def test_a_number_behind_the_full_stop_belongs_to_its_sentence(own: Router) -> None:
    answer = own.services.findings.on(own.services.search.interpret(QUESTION[4:])).answer
    hits = enumerate(answer.hits, start=1)
    rows = {n: (hit.record.title, hit.finding) for n, hit in hits if hit.finding}
    number = next(n for n, (title, _) in rows.items() if "surgery" in title)
    found = checked(f"{TRUE[2]}. [{number}] More.", rows, own.services.index.stem)
    assert found[0] == Line(f"{TRUE[2]}.", (number,))
    assert found[1].struck is not None


def test_an_endless_sentence_is_struck_out(own: Router) -> None:
    [line] = checked("survival " * 100 + "[1].", {}, own.services.index.stem)
    assert line.struck is not None
    assert len(line.text) <= 400


@pytest.mark.parametrize(("quote", "said", "why"), SUBTLE)
def test_what_bends_a_quote_is_struck_out_and_the_quote_itself_is_not(
    quote: str, said: str, why: str
) -> None:
    told = Finding(quote=Quote(text=quote), place=1, sentences=1, direction="unclear")
    [line, itself] = checked(f"{said} [1]. {quote[:-1]} [1].", {1: ("", told)}, stem)
    assert line.struck is not None
    assert why in line.struck
    assert itself.struck is None


def test_what_two_quotes_say_is_not_joined() -> None:
    quotes = ("Nivolumab improved survival.", "Ipilimumab increased toxicity.")
    rows = {
        n: ("", Finding(quote=Quote(text=quote), place=1, sentences=1, direction="unclear"))
        for n, quote in enumerate(quotes, start=1)
    }
    [line] = checked("Nivolumab increased toxicity [1][2].", rows, stem)
    assert line.struck is not None


def test_the_key_shows_nowhere() -> None:
    assert "k-secret" not in repr(Settings(model_key="k-secret"))
