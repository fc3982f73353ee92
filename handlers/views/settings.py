"""What a person has set, each with a menu of what it can be."""

from slack_sdk.models.blocks import Block, StaticSelectElement

from bot.curation.preferences import AS_USUAL, SETTINGS, Preferences, Setting
from handlers.views import buttons
from handlers.views.message import Message
from handlers.views.mrkdwn import bold, literal
from handlers.views.parts import section


def settings(
    stored: Preferences, *, changed: str | None = None, slack_zone: str | None = None
) -> Message:
    """All settings; or the one of the name `changed` alone, which was just set."""
    if changed is not None:
        setting = next(each for each in SETTINGS if each.name == changed)
        return Message((section(f"Set. {_line(setting, stored, slack_zone)}"),))
    return Message((section(bold("Your settings")), *rows(stored, slack_zone)))


def rows(stored: Preferences, slack_zone: str | None = None) -> list[Block]:
    """A line for each setting, with its menu."""
    return [
        section(_line(each, stored, slack_zone), accessory=_menu(each, number))
        for number, each in enumerate(SETTINGS)
    ]


def _line(setting: Setting, stored: Preferences, slack_zone: str | None) -> str:
    text = setting.said(getattr(stored, setting.name))
    if setting.name == "zone" and not stored.zone and slack_zone:
        text += f" ({slack_zone})"
    return f"{bold(literal(setting.label))}: {literal(text)}"


def _menu(setting: Setting, number: int) -> StaticSelectElement | None:
    """Its values to choose from; the words that set it are what is chosen."""
    pairs = [(label[:1].upper() + label[1:], value) for value, label in setting.choices]
    choices = [(label, {"q": f"settings {setting.name} {value}"})
               for label, value in (*pairs, ("As usual", AS_USUAL))]  # fmt: skip
    return buttons.choice("Change…", f"{buttons.ASK}:set{number}", choices)
