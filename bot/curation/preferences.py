"""Service: what each person sets for themselves, by one table for words and the Home tab."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.errors import UsageError
from bot.formats.export import titles
from bot.formats.styles import USUAL, near, style_of
from bot.schedule import zone_named
from bot.store.preferences import PreferenceStore

# What stands for the usual in words.
AS_USUAL = "usual"
_DEFAULT = re.compile(r"(?:as )?usual|default|reset|slack(?:'s)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person has set; "" is as usual.

    `zone` is the zone of schedules; `answers` who sees what they ask ("private" or "public");
    `style` how works are cited, by its name; `format` what is exported; `labels` the spelling of
    the vocabulary's names ("us"); `links` whether links they paste get cards ("off").
    """

    zone: str = ""
    answers: str = ""
    style: str = ""
    format: str = ""
    labels: str = ""
    links: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to set: what it is called, what it is as usual, and what it can be.

    `offer` gives the (value, label) pairs to choose from; what a file can be written as is known
    when a format is needed, not at a start. Where `is_open`, other values are read too.
    """

    name: str
    label: str
    usual: str
    offer: Callable[[], tuple[tuple[str, str], ...]] = tuple
    is_open: bool = False

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What there is to choose from."""
        return self.offer()

    def said(self, value: str) -> str:
        """A value in words."""
        return dict(self.choices).get(value, value) if value else self.usual


# Those to choose from; any other can be typed.
_ZONES = (
    "Europe/London", "Europe/Paris", "Europe/Athens", "Africa/Johannesburg", "Asia/Dubai",
    "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
    "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "UTC",
)  # fmt: skip
SETTINGS = (
    Setting(
        "answers", "Answers", "commands privately, mentions for all",
        lambda: (("private", "always privately"), ("public", "always for all in the channel")),
    ),
    Setting(
        "style", "Citations", ", ".join((*USUAL, "BibTeX")),
        lambda: tuple((name, name) for name in USUAL), is_open=True,
    ),
    Setting(
        "format", "Exports", "BibTeX",
        lambda: tuple((name, title) for name, title in titles().items() if name != "bibtex"),
    ),
    Setting(
        "labels", "Spelling of topics", "British (tumour)", lambda: (("us", "American (tumor)"),)
    ),
    Setting("links", "Cards under links you paste", "shown", lambda: (("off", "not shown"),)),
    Setting(
        "zone", "Time zone of digests", "as in your Slack profile",
        lambda: tuple((name, name) for name in _ZONES), is_open=True,
    ),
)  # fmt: skip


def american(text: str) -> str:
    """The vocabulary's names as they are spelt in American English: only one word differs."""
    return text.replace("tumour", "tumor").replace("Tumour", "Tumor")


class PersonSettings:
    """Reads and changes what people have set. Methods raise UsageError and StoreError."""

    def __init__(self, store: PreferenceStore) -> None:
        self._store = store

    def of(self, workspace: str, user: str) -> Preferences:
        """What a person has set."""
        known = {each.name for each in SETTINGS}
        stored = self._store.of(workspace, user) if user else {}
        return Preferences(**{name: value for name, value in stored.items() if name in known})

    def set(self, workspace: str, user: str, name: str, words: str) -> Preferences:
        """Change one of them, as it was typed or chosen. UsageError says what it can be."""
        setting = setting_of(name)
        self._store.set(workspace, user, setting.name, _read(setting, words))
        return self.of(workspace, user)


def setting_of(name: str) -> Setting:
    """The setting of this name. Raises UsageError."""
    found = next((each for each in SETTINGS if each.name == name), None)
    if found is None:
        names = ", ".join(f"`{each.name}`" for each in SETTINGS)
        raise UsageError(f"There is no setting “{name[:40]}”.", f"There are {names}.")
    return found


def _read(setting: Setting, words: str) -> str | None:
    """The value that words mean; None is as usual."""
    words = " ".join(words.split())
    if not words or _DEFAULT.fullmatch(words):
        return None
    folded = words.casefold()
    for value, label in setting.choices:
        if folded in (value.casefold(), label.casefold(), label.split()[0].casefold()):
            return value
    if folded in _usual_words(setting):
        return None
    if setting.name == "zone" and (zone := zone_named(words)):
        return zone
    if setting.name == "style" and style_of(words):
        return next((name for name in USUAL if name.casefold() == folded), words[:80])
    raise UsageError(
        f"“{words[:60]}” is nothing that `{setting.name}` can be.", _hint(setting, words)
    )


def _usual_words(setting: Setting) -> Mapping[str, None]:
    """What is typed for the usual."""
    named = {"labels": ("uk", "british"), "links": ("on", "yes"), "format": ("bibtex",)}
    return dict.fromkeys(named.get(setting.name, ()))


def _hint(setting: Setting, words: str) -> str:
    if setting.name == "zone":
        return f"Write it like `settings zone Europe/London`, or `settings zone {AS_USUAL}`."
    values = [value for value, _ in setting.choices]
    if setting.name == "style" and (like := near(words)):
        values = list(like)
    return f"It can be {', '.join(f'`{each}`' for each in (*values, AS_USUAL))}."
