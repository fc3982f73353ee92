"""What a person put into an input or chose in a menu, as Slack's payloads spell it.

The page sends plain strings (or lists of them); options and buttons are taken from the block the
bot posted, never from the page.
"""

from collections.abc import Iterable

from bot.playground.limits import elements_of
from bot.playground.workspace import Json

Value = str | list[str] | None

_ONE_OF = frozenset({"static_select", "radio_buttons", "overflow"})
_SOME_OF = frozenset({"multi_static_select", "checkboxes"})
_BUTTON = ("text", "value", "style", "url")
_PLAIN = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
}


def find_element(blocks: Iterable[Json], block_id: str, action_id: str) -> Json | None:
    """The interactive element of those ids, or None."""
    for block in blocks:
        if block.get("block_id") == block_id:
            for element in elements_of(block):
                if element["action_id"] == action_id:
                    return element
    return None


def state_of(element: Json, value: Value) -> Json:
    """The state of one element, e.g. `{"type": "plain_text_input", "value": "..."}`."""
    kind = str(element["type"])
    chosen = value if isinstance(value, list) else [value] if value else []
    if kind in _ONE_OF:
        options = _options(element, chosen)
        return {"type": kind, "selected_option": options[0] if options else None}
    if kind in _SOME_OF:
        return {"type": kind, "selected_options": _options(element, chosen)}
    name = _PLAIN.get(kind, "value")
    return {"type": kind, name: chosen[0] if chosen else None}


def action_of(element: Json, block_id: str, value: Value, at: str) -> Json:
    """One entry of a block_actions payload."""
    action: Json = {"block_id": block_id, "action_id": element["action_id"], "action_ts": at}
    if element["type"] == "feedback_buttons":
        return {**action, "type": element["type"], "value": value}
    if element["type"] != "button":
        return {**action, **state_of(element, value)}
    button = {key: element[key] for key in _BUTTON if key in element}
    return {**action, "type": "button", **button}


def view_values(view: Json, given: dict[str, dict[str, Value]]) -> Json:
    """The `state.values` of a modal: block id, then action id, then the element's state."""
    values: Json = {}
    for block in view["blocks"]:
        for element in elements_of(block):
            if element["type"] == "button":
                continue
            value = given.get(block["block_id"], {}).get(element["action_id"])
            state = state_of(element, value)
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def missing(view: Json, values: Json) -> dict[str, str]:
    """The inputs that must be filled in and are not: block id and what to say there."""
    empty = {}
    for block in view["blocks"]:
        if block["type"] == "input" and not block.get("optional"):
            state: Json = next(iter(values.get(block["block_id"], {}).values()), {})
            if not any(current for key, current in state.items() if key != "type"):
                empty[block["block_id"]] = "Please fill in this field."
    return empty


def _options(element: Json, chosen: Iterable[object]) -> list[Json]:
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    options = [option for group in groups for option in group["options"]]
    wanted = set(chosen)
    return [option for option in options if option.get("value") in wanted]
