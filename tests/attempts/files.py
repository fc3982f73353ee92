"""Files that froze the bot, filled its memory, or were read as something else."""

from tests.attempts.trying import Checkout, attempt

AREA = "files"
# A reader of files has a limit of its own; what stayed below these did no harm.
MOST_MEMORY = 900_000_000
MANY = 64_000
RIS = "TY  - JOUR\nTI  - {title}\nAB  - {abstract}\nDO  - {doi}\nER  - \n"
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Chen, R
TI Tumour-associated macrophages
SO NATURE CANCER
C3 University of Oxford; Ludwig
WE Science Citation Index Expanded (SCI-EXPANDED)
PY 2004
DI 10.1021/bi0497291
ER

EF
"""
SICI = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<{}::AID-SIM968>3.0.CO;2-2"


def ris(title: str = "A title", abstract: str = "Words.", doi: str = "10.1234/a") -> str:
    """A record as RIS."""
    return RIS.format(title=title, abstract=abstract, doi=doi)


@attempt(AREA, "741 bytes of BibTeX whose names never end")
def names(bot: Checkout) -> str:
    """An exponential pattern: the reader never came back."""
    data = "@article{k, title={A title},\n author = {{" + "DATA {a=a # a} " * 45 + "} X}}"
    assert len(data) <= 741
    return bot.reading("refs.bib", data).trouble


@attempt(AREA, "A title of 64,000 `<![CDATA[`")
def cdata(bot: Checkout) -> str:
    """The square of the title's length."""
    return bot.reading("refs.ris", ris("<![CDATA[" * MANY)).trouble


@attempt(AREA, "9 MB of `@article{`: time and memory")
def entries(bot: Checkout) -> str:
    """Entries that never close."""
    done = bot.reading("refs.bib", "@article{" * 1_000_000, seconds=90)
    return done.trouble or (
        f"{done.peak / 1e9:.2f} GB of memory" if done.peak > MOST_MEMORY else ""
    )


@attempt(AREA, "128,000 `@string`")
def strings(bot: Checkout) -> str:
    """The square of their number."""
    data = "".join(f"@string{{a{n} = {{x}}}}\n" for n in range(2 * MANY))
    return bot.reading("refs.bib", data).trouble


@attempt(AREA, 'A BibTeX title of 64,000 `\\"`')
def accents(bot: Checkout) -> str:
    """Accents over nothing."""
    data = "@article{k, title = {A title " + '\\"' * MANY + "}}\n"
    return bot.reading("refs.bib", data).trouble


def pumped(bot: Checkout, modules: str, function: str, text: str) -> str:
    """Whether a function takes the square of a text at most; `text` has an `n` to multiply."""
    code = f"""
import importlib, time
for name in {modules.split()!r}:
    try: module = importlib.import_module(name)
    except ImportError: continue
    break
def seconds(n):
    text, began = {text}, time.process_time()
    module.{function}(text)
    return time.process_time() - began
seconds(10)
once, twice, four = (min(seconds(n * 250) for _ in range(2)) for n in (1, 2, 4))
print("CUBIC" if four > 0.5 and four > 20 * once else "fine", once, twice, four)
"""
    done = bot.program(code)
    if done.trouble:
        return done.trouble
    assert "fine" in done.out or "CUBIC" in done.out, done.out[-200:]
    _, once, twice, four = next(each for each in done.out.splitlines() if " " in each).split()
    said = f"{float(once):.2f} s, {float(twice):.2f} s, {float(four):.2f} s at n, 2n and 4n"
    return said if "CUBIC" in done.out else ""


@attempt(AREA, "Headings of an abstract over blanks: time at n, 2n, 4n")
def sections(bot: Checkout) -> str:
    """A cubic pattern."""
    modules = "bot.records.sections bot.formats.sections"
    return pumped(bot, modules, "split_sections", "('<title>' + ' ' * 200) * (n // 40) + ' ' * n")


@attempt(AREA, "Emphasis of JATS over blanks: time at n, 2n, 4n")
def jats(bot: Checkout) -> str:
    """A cubic pattern."""
    modules = "bot.sources.reading.jats bot.sources.payloads.jats"
    return pumped(bot, modules, "sections_of", "'<i>' + ' ' * n")


@attempt(AREA, "`cite x`, blanks, `in`, blanks: time at n, 2n, 4n")
def cite(bot: Checkout) -> str:
    """The fourth power, in what reads the style; blanks are one where a question is typed."""
    return pumped(
        bot, "handlers.commands.cite", "_IN_STYLE.match", "'x' + ' ' * n + 'in' + ' ' * n + ','"
    )


@attempt(AREA, "A line of CSV of a million characters")
def csv_line(bot: Checkout) -> str:
    """Cut in pieces, each of which became a row."""
    data = "title,doi\nOne,\n" + "A title,10.1000/a," * 60_000 + "\nTwo,\n"
    titles = [each["title"] for each in bot.parsed("refs.csv", data)]
    return "" if titles == ["One", "Two"] else f"{len(titles)} records of 2 rows"


@attempt(AREA, "Web of Science with `C3` and `WE`, as every export since 2022")
def web_of_science(bot: Checkout) -> str:
    """A traceback."""
    found = bot.parsed("savedrecs.txt", WOS)
    return (
        ""
        if [each["title"] for each in found] == ["Tumour-associated macrophages"]
        else (f"{len(found)} records of 1")
    )


@attempt(AREA, "A file in UTF-32")
def utf_32(bot: Checkout) -> str:
    """Not read."""
    found = bot.parsed("refs.ris", ris("Tumour").encode("utf-32"))
    return "" if [each["title"] for each in found] == ["Tumour"] else f"{len(found)} records of 1"


@attempt(AREA, "Two DOIs that differ behind `<`, and two behind `|`")
def dois(bot: Checkout) -> str:
    """Cut there, and their works merged."""
    wanted = [SICI.format(1661), SICI.format(1713), "10.1234/a|b", "10.1234/a|c"]
    data = "".join(ris(f"Work number {n}", "", doi) for n, doi in enumerate(wanted))
    found = bot.parsed("refs.ris", data)
    read = [str(_doi(each)).lower() for each in found]
    if read != [each.lower() for each in wanted]:
        return f"read as {', '.join(dict.fromkeys(read))}"
    [imported] = bot.reading("refs.ris", data, "--json").lines
    return "" if imported["new"] == 4 else f"{imported['new']} records of 4"


def _doi(record: dict[str, object]) -> object:
    named = record.get("identifiers")
    assert isinstance(named, (list, dict)), record
    if isinstance(named, dict):
        return named.get("doi")
    return next((each["value"] for each in named if each["scheme"] == "doi"), None)
