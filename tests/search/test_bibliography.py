"""A pasted list of references is read entry by entry, however long and however it is set."""

import pytest

from bot.search.bibliography import is_list, split
from bot.search.query import LONGEST
from handlers.router import Request, Router, Surface
from tests.block_check import check_message

SHARMA = (
    "Sharma P, Hu-Lieskovan S, Wargo JA, Ribas A. Primary, Adaptive, and Acquired Resistance to"
    " Cancer Immunotherapy. Cell 2017;168:707-723."
)
SEED = "Reprogramming the tumour microenvironment. Clin Transl Discov 2025. doi:10.1002/ctd2.70098"
NONE = "Nobody N. A work that no store has ever seen. J Nowhere 1999;1:1-9. doi:10.9999/none.1"
BROKEN = SHARMA.replace("Acquired ", "Acquired\n   ")
LISTS = {
    "numbered": f"1. {SHARMA}\n2. {SEED}\n3. {NONE}\n4. see above",
    "brackets": f"[1] {SHARMA}\n[2] {SEED}\n[3] {NONE}\n[4] see above",
    "in a row": f"[1] {SHARMA} [2] {SEED} [3] {NONE} [4] see above",
    "blank lines": f"{SHARMA}\n\n{SEED}\n\n{NONE}\n\nsee above",
    "lines": f"{SHARMA}\n{SEED}\n{NONE}\nsee above",
    "broken lines": f"1. {BROKEN}\n2. {SEED}\n3. {NONE}\n4. see above",
}  # fmt: skip


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_every_entry_is_told(router: Router, text: str) -> None:
    assert len(split(text)) == 4
    reply = router.answer(Request(text, Surface.DIRECT))
    outcomes = [note.partition(":")[0] for note in reply.answer.understood.notes]
    assert outcomes == ["stored", "stored", "not stored", "not understood"]
    assert reply.answer.understood.action == "lookup_many"
    assert [hit.record.year for hit in reply.answer.hits] == [2017, 2025]
    assert "Add what is not stored: add 10.9999/none.1" in reply.message.text
    check_message(reply.message.payload())


def test_a_list_of_any_length_is_read(router: Router) -> None:
    """Other text of that length is refused in one line."""
    text = "\n".join(f"{n}. {NONE}{n}" for n in range(1, 151))
    assert len(text) > LONGEST * 10
    reply = router.answer(Request(f"{text}\n151. {SEED}", Surface.SLASH))
    assert reply.error is None
    assert "151 references: 1 stored, 150 not stored." in reply.message.text
    check_message(reply.message.payload())
    refused = router.answer(Request("word " * LONGEST, Surface.SLASH))
    assert refused.error is not None


@pytest.mark.parametrize(
    "text",
    ["macrophages\nin melanoma", "Macrophages drive resis-\ntance in melanoma", SHARMA, "10.1/a",
     "what is hypoxia?\n\nand TAMs?", ""],
)  # fmt: skip
def test_what_is_no_list_is_none(text: str) -> None:
    assert not is_list(text)


def test_bare_ids_are_entries() -> None:
    assert split("10.1002/ctd2.70098, 28187290 and 10.9999/none") == [
        "10.1002/ctd2.70098", "28187290", "10.9999/none",
    ]  # fmt: skip
