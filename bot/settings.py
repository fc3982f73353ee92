"""Every setting of the bot, read once from the environment and passed in.

Slack's variables keep their usual names; the bot's own begin with `TME_`.
"""

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import platformdirs
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from bot.errors import SettingsError
from bot.rights import daily_limits, least_kinds
from bot.schedule import zone_named

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


# What is wrong with a value, in words for the operator, by pydantic's name for it.
_WRONG = {
    "int_parsing": "it is no whole number",
    "bool_parsing": "it is neither yes nor no",
    "greater_than_equal": "it must be {ge} or more",
    "less_than_equal": "it must be {le} or less",
    "literal_error": "it must be {expected}",
    "string_pattern_mismatch": "it is not of the form that is needed",
    "value_error": "{error}",
}
# 22 million weights, 384 numbers a text, Apache-2.0; 23 MB with 8-bit products.
SEMANTIC_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
# Slack takes five; each covers what is below it: pubmed.ncbi.nlm.nih.gov, dx.doi.org.
UNFURL_DOMAINS = (
    "doi.org", "ncbi.nlm.nih.gov", "europepmc.org", "clinicaltrials.gov", "ora.ox.ac.uk",
)  # fmt: skip
_MOST_DOMAINS = 5
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
# A host and a port, an IPv6 address in brackets.
_ADDRESS = re.compile(r"(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+\]):(?P<port>\d{1,5})")
_PERSON = re.compile(r"[UW][A-Z0-9]+")


def make_private_folder(folder: Path) -> None:
    """Make a data folder, and those above it, for this user alone, regardless of the umask.

    One that is there keeps its permissions. Raises OSError.
    """
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _usual_home() -> Path:
    """The platform's folder for data; where 0.1.0 put it, if it did: in the person's own folder."""
    usual = Path(platformdirs.user_data_dir("tme-bot", appauthor=False))
    before = Path.home()
    was_used = (before / "tme.db").is_file() and not (usual / "tme.db").exists()
    return before if was_used else usual


class SlackMode(StrEnum):
    """How Slack reaches the bot."""

    SOCKET = "socket"
    HTTP = "http"


class Settings(BaseModel):
    """The environment as the bot sees it. Secrets never show in a log or a repr."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    home: Path = Field(
        default_factory=_usual_home,
        validation_alias=AliasChoices("TME_HOME", "home"),
        description="The data folder: database and search index (default: the platform's own).",
    )
    database_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TME_DATABASE", "database_url"),
        description="A PostgreSQL database for several servers, postgresql://USER@HOST/NAME, with"
        " the extra `postgres` (default: one SQLite file in the data folder).",
    )  # fmt: skip
    index_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TME_INDEX", "index_url"),
        description="An OpenSearch (3 or newer) for an index that no machine's disk has room for,"
        " opensearch+https://USER:PASSWORD@HOST:9200,HOST:9200/tme?shards=2&replicas=1 (default: a"
        " folder in the data folder).",
    )  # fmt: skip
    slack_bot_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("SLACK_BOT_TOKEN", "slack_bot_token"),
        description="Bot token (xoxb-…): needed by `tme serve`.",
    )  # fmt: skip
    slack_app_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("SLACK_APP_TOKEN", "slack_app_token"),
        description="App-level token (xapp-…): with it, `tme serve` uses Socket Mode.",
    )  # fmt: skip
    sockets: int = Field(
        default=1, ge=1, le=10, validation_alias=AliasChoices("TME_SOCKETS", "sockets"),
        description="How many sockets this server opens in Socket Mode (default 1); Slack allows an"
        " app ten on all servers together, and sends each request over one of them.",
    )  # fmt: skip
    slack_signing_secret: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("SLACK_SIGNING_SECRET", "slack_signing_secret"),
        description="Signing secret: without an app token, `tme serve` listens for HTTP.",
    )  # fmt: skip
    slack_client_id: str | None = Field(
        default=None, pattern=r"^[0-9]+\.[0-9]+$",
        validation_alias=AliasChoices("SLACK_CLIENT_ID", "slack_client_id"),
        description="Client ID of the app: with it and no bot token, any number of workspaces"
        " install the bot at /slack/install (extra `oauth`).",
    )  # fmt: skip
    slack_client_secret: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("SLACK_CLIENT_SECRET", "slack_client_secret"),
        description="Client secret of the app, for that.",
    )  # fmt: skip
    token_keys: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TME_TOKEN_KEYS", "token_keys"),
        description="Keys that seal the workspaces' tokens, separated by spaces: the first seals,"
        " each opens. `tme workspaces --new-key` makes one.",
    )  # fmt: skip
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        validation_alias=AliasChoices("SLACK_API_URL", "slack_api_url"),
        description="Where Slack's Web API is; changed only to test against a local Slack.",
    )  # fmt: skip
    host: str = Field(
        default="127.0.0.1", validation_alias=AliasChoices("TME_HOST", "host"),
        description="The address `tme serve` listens on in HTTP mode (default 127.0.0.1).",
    )  # fmt: skip
    port: int = Field(
        default=3000, ge=0, le=65535, validation_alias=AliasChoices("TME_PORT", "port"),
        description="The port `tme serve` listens on in HTTP mode (default 3000).",
    )  # fmt: skip
    vocabulary: Path | None = Field(
        default=None, validation_alias=AliasChoices("TME_VOCABULARY", "vocabulary"),
        description="Your own additions to the vocabulary, a YAML file; then run `tme retag`.",
    )  # fmt: skip
    sources: Path | None = Field(
        default=None, validation_alias=AliasChoices("TME_SOURCES", "sources"),
        description="What is harvested, a TOML file (default: `sources.toml` in the data folder).",
    )  # fmt: skip
    contact: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        validation_alias=AliasChoices("TME_CONTACT", "contact"),
        description="Your e-mail address, sent to the sources that are harvested: they require it.",
    )  # fmt: skip
    zotero_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("ZOTERO_API_KEY", "zotero_key"),
        description="Key of Zotero's API (zotero.org/settings/keys), for `tme zotero`.",
    )  # fmt: skip
    openalex_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TME_OPENALEX_KEY", "openalex_key"),
        description="Key of OpenAlex's API (openalex.org/settings/api), without which it answers"
        " little since 2026.",
    )  # fmt: skip
    opencitations_token: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("TME_OPENCITATIONS_TOKEN", "opencitations_token"),
        description="Token of OpenCitations (opencitations.net/accesstoken), which answers without"
        " one too.",
    )
    starter: bool = Field(
        default=True, validation_alias=AliasChoices("TME_STARTER", "starter"),
        description="Whether an empty store is filled with the starter set: yes (default) or no.",
    )  # fmt: skip
    complete: bool = Field(
        default=True, validation_alias=AliasChoices("TME_COMPLETE", "complete"),
        description="Whether `tme serve` and `tme demo` complete stored records (abstracts,"
        " authors, access …) from Europe PMC and, with `TME_CONTACT`, other services: yes (default)"
        " or no.",
    )  # fmt: skip
    fulltext: bool = Field(
        default=False, validation_alias=AliasChoices("TME_FULLTEXT", "fulltext"),
        description="Whether the full texts of stored works under CC BY, CC BY-SA or CC0 are"
        " fetched from Europe PMC, searched (`in:results …`) and quoted: yes or no (default; they"
        " take some 60 kB and a request each).",
    )  # fmt: skip
    semantic: str = Field(
        default=SEMANTIC_MODEL, validation_alias=AliasChoices("TME_SEMANTIC", "semantic"),
        description="The model that finds by meaning, where that extra is installed: yes (default: "
                    "a small one of the hub), the name of another, its folder, or no.",
    )  # fmt: skip
    time_zone: str = Field(
        default="UTC", validation_alias=AliasChoices("TME_TIME_ZONE", "time_zone"),
        description="The time zone of subscriptions that name none, e.g. Europe/London"
        " (default UTC).",
    )  # fmt: skip
    subscription_changes: Literal["channel", "creator", "admins"] = Field(
        default="channel",
        validation_alias=AliasChoices("TME_SUBSCRIPTION_CHANGES", "subscription_changes"),
        description="Who may change a subscription: anyone in its channel (`channel`, default),"
        " who made it (`creator`), or only `admins`: those of the workspace, if the app has the"
        " scope users:read, and those in `TME_ADMINS`.",
    )  # fmt: skip
    admins: str = Field(
        default="", validation_alias=AliasChoices("TME_ADMINS", "admins"),
        description="Slack ids of the people who may do everything, separated by commas"
        " (U0…,U0…).",
    )  # fmt: skip
    rights: str = Field(
        default="", validation_alias=AliasChoices("TME_RIGHTS", "rights"),
        description="Who may do what, where it is not the usual: `read`, `save`, `report`,"
        " `correct`, `subscribe`, `add` and `import`, each with the least kind of person,"
        " `external`, `guest`, `member` (usual; `external` for `read`) or `admin`:"
        " `report=guest,import=admin`.",
    )  # fmt: skip
    daily: str = Field(
        default="", validation_alias=AliasChoices("TME_DAILY", "daily"),
        description="How often one person may do it in a day, where it is not the usual:"
        " `subscribe=20,report=20,add=50,import=20`.",
    )  # fmt: skip
    unfurl: str = Field(
        default=",".join(UNFURL_DOMAINS), validation_alias=AliasChoices("TME_UNFURL", "unfurl"),
        description="The domains whose pasted links get a card, at most five, separated by commas"
        f" (default: {', '.join(UNFURL_DOMAINS)}), or no; then `tme manifest` anew.",
    )  # fmt: skip
    agent_view: bool = Field(
        default=True, validation_alias=AliasChoices("TME_AGENT_VIEW", "agent_view"),
        description="Whether direct messages are Slack's agent view, with questions to begin with"
        " and a status: yes (default) or no; then `tme manifest` anew.",
    )  # fmt: skip
    keep_threads: int = Field(
        default=7, ge=1, le=3650, validation_alias=AliasChoices("TME_KEEP_THREADS", "keep_threads"),
        description="Days for which the last question of a thread is kept (default 7).",
    )  # fmt: skip
    keep_audit: int = Field(
        default=730, ge=1, le=36500, validation_alias=AliasChoices("TME_KEEP_AUDIT", "keep_audit"),
        description="Days for which the audit trail is kept (default 730).",
    )  # fmt: skip
    keep_deliveries: int = Field(
        default=730, ge=30, le=36500,
        validation_alias=AliasChoices("TME_KEEP_DELIVERIES", "keep_deliveries"),
        description="Days for which is kept what a digest listed (default 730); that no work is"
        " posted twice is kept for ever.",
    )  # fmt: skip
    share_imports: bool = Field(
        default=False, validation_alias=AliasChoices("TME_SHARE_IMPORTS", "share_imports"),
        description="Whether what people bring in files is seen by every workspace at once (yes),"
        " or by theirs alone until `tme imports --share` (no, default).",
    )  # fmt: skip
    mcp_tokens: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TME_MCP_TOKENS", "mcp_tokens"),
        description="Who may ask `tme mcp --http`: tokens of 20 characters or more, separated by"
        " spaces; TOKEN:/T0123:U0456 asks in the name of that workspace and person.",
    )  # fmt: skip
    model_url: str | None = Field(
        default=None, pattern=r"^https?://[^\s/@]+(/[^\s]*)?$",
        validation_alias=AliasChoices("TME_MODEL_URL", "model_url"),
        description="An endpoint in the form of OpenAI's (https://host/v1) that may word a summary"
        " of the quotes that `ask` shows; the question and the quotes are sent to it. Off by"
        " default: nothing is sent anywhere.",
    )  # fmt: skip
    model: str = Field(
        default="", max_length=200, validation_alias=AliasChoices("TME_MODEL", "model"),
        description="The name of the model at `TME_MODEL_URL`.",
    )  # fmt: skip
    model_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TME_MODEL_KEY", "model_key"),
        description="The key of that endpoint, sent as a bearer token.",
    )  # fmt: skip
    model_local: bool = Field(
        default=False, validation_alias=AliasChoices("TME_MODEL_LOCAL", "model_local"),
        description="Whether that endpoint may be on this machine or a private network, and"
        " without https: yes or no (default).",
    )  # fmt: skip
    index_memory: int = Field(
        default=256, ge=16, le=4096,
        validation_alias=AliasChoices("TME_INDEX_MEMORY", "index_memory"),
        description="Megabytes the search index gathers in memory before it writes (default 256).",
    )  # fmt: skip
    health: str = Field(
        default="127.0.0.1:3001", validation_alias=AliasChoices("TME_HEALTH", "health"),
        description="Where `tme serve` answers `/healthz` and `/metrics`: an address and port"
        " (default 127.0.0.1:3001), `public` (over HTTP, on the port that Slack calls), or no.",
    )  # fmt: skip
    alarm_channel: str | None = Field(
        default=None, pattern=r"^((E[A-Z0-9]+/)?T[A-Z0-9]+/)?[CG][A-Z0-9]+$",
        validation_alias=AliasChoices("TME_ALARM_CHANNEL", "alarm_channel"),
        description="The id of a channel (C0…) where the bot posts a line when something is bad"
        " for ten minutes, and one when it is in order again; invite it there. Where workspaces"
        " install the app, with the one that it is in: T0…/C0…, or E0…/T0…/C0….",
    )  # fmt: skip
    log_format: Literal["text", "json"] = Field(
        default="text", validation_alias=AliasChoices("TME_LOG_FORMAT", "log_format"),
        description="How is logged: `text` (default), or `json`, one object a line.",
    )  # fmt: skip
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        validation_alias=AliasChoices("TME_LOG_LEVEL", "log_level"),
        description="How much is logged: DEBUG, INFO (default), WARNING or ERROR.",
    )  # fmt: skip

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: SecretStr | None) -> SecretStr | None:
        given = value.get_secret_value() if value else ""
        if given and not given.startswith(("postgresql://", "postgres://")):
            raise ValueError("it is no address of a PostgreSQL database (postgresql://…)")
        return value if given else None

    @field_validator("index_url")
    @classmethod
    def _is_index(cls, value: SecretStr | None) -> SecretStr | None:
        given = value.get_secret_value() if value else ""
        if given and not given.startswith(("opensearch+https://", "opensearch+http://")):
            raise ValueError("it is no address of an OpenSearch (opensearch+https://…)")
        return value if given else None

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        zone = zone_named(value)
        if zone is None:
            raise ValueError("it is no time zone; write it like Europe/London")
        return zone

    @field_validator("semantic", mode="before")
    @classmethod
    def _is_model(cls, value: object) -> object:
        """A yes is the default model, a no none."""
        word = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else value
        if not isinstance(word, str):
            return word
        if word.strip().lower() in {"yes", "true", "on", "1"}:
            return SEMANTIC_MODEL
        return (
            "" if word.strip().lower() in {"", "no", "none", "false", "off", "0"} else word.strip()
        )

    @field_validator("rights", "daily")
    @classmethod
    def _are_rights(cls, value: str, info: ValidationInfo) -> str:
        """They are read where they are used; here only that they can be."""
        (least_kinds if info.field_name == "rights" else daily_limits)(value)
        return value

    @field_validator("unfurl")
    @classmethod
    def _are_domains(cls, value: str) -> str:
        if value.strip().lower() in {"", "no", "none", "off"}:
            return ""
        domains = [each.strip().lower() for each in value.split(",") if each.strip()]
        if wrong := next((each for each in domains if not _DOMAIN.fullmatch(each)), None):
            raise ValueError(f"“{wrong[:40]}” is no domain; write it like doi.org")
        if len(domains) > _MOST_DOMAINS:
            raise ValueError(f"Slack takes {_MOST_DOMAINS} domains, not {len(domains)}")
        return ",".join(domains)

    @field_validator("health")
    @classmethod
    def _is_address(cls, value: str) -> str:
        """A no is ""; an address is checked where it is read, in `health_address`."""
        word = value.strip().lower()
        if word in {"", "no", "none", "off"}:
            return ""
        if word != "public" and not _ADDRESS.fullmatch(word):
            raise ValueError("it is no address; write it like 127.0.0.1:3001")
        return word

    @field_validator("admins")
    @classmethod
    def _are_people(cls, value: str) -> str:
        for each in filter(None, map(str.strip, value.split(","))):
            if not _PERSON.fullmatch(each):
                raise ValueError(f"“{each[:40]}” is no Slack id of a person (U0…)")
        return value

    def __init__(self, **given: Any) -> None:
        """What is `given`, by the name of its field, counts more than the environment."""
        there = {name.upper(): value for name, value in os.environ.items()}
        read = {
            alias: there[alias]
            for alias, name in zip(self.names(), type(self).model_fields, strict=True)
            if alias in there and name not in given
        }
        super().__init__(**read, **given)

    @classmethod
    def load(cls, **given: object) -> Self:
        """The settings, from the environment and what is given. Raises SettingsError."""
        try:
            return cls(**given)
        except ValidationError as error:
            raise cls._refused(error.errors()[0]) from None

    @classmethod
    def _refused(cls, problem: "ErrorDetails") -> SettingsError:
        """Which setting is wrong and why, with what it is for. The value itself is not repeated."""
        name = str(problem["loc"][0]) if problem["loc"] else ""
        why = _WRONG.get(problem["type"], problem["msg"]).format(**problem.get("ctx", {}))
        meaning = cls._meanings().get(name)
        hint = f"What it is: {meaning}" if meaning else None
        return SettingsError(f"{name or 'A setting'} cannot be used: {why}.", hint)

    @classmethod
    def _meanings(cls) -> dict[str, str]:
        """What each setting is for, by the name of its variable."""
        return {
            str(field.validation_alias.choices[0]): field.description or ""
            for field in cls.model_fields.values()
            if isinstance(field.validation_alias, AliasChoices)
        }

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The variables that are read."""
        return tuple(cls._meanings())

    @classmethod
    def given(cls) -> tuple[str, ...]:
        """The variables that are set. Letters count as their capitals, as they do when read."""
        there = {name.upper() for name in os.environ}
        return tuple(name for name in cls.names() if name in there)

    @classmethod
    def unknown(cls) -> tuple[str, ...]:
        """The variables that are set, look like the bot's and are not read: misspelt ones."""
        there = sorted(name for name in os.environ if name.upper().startswith("TME_"))
        return tuple(name for name in there if name.upper() not in cls.names())

    def secret(self, name: str) -> str | None:
        """The value of a secret setting by its field's name; None for "" or where it is not set."""
        given = getattr(self, name) if name else None
        return given.get_secret_value() if isinstance(given, SecretStr) else None

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.home / "tme.db"

    @property
    def zotero_file(self) -> Path:
        """Where it is kept which library of Zotero is connected, and how far it was read."""
        return self.home / "zotero.json"

    @property
    def health_address(self) -> tuple[str, int] | None:
        """Host and port of `/healthz` and `/metrics`; None: none of their own."""
        found = _ADDRESS.fullmatch(self.health)
        return (found["host"].strip("[]"), int(found["port"])) if found else None

    @property
    def unfurl_domains(self) -> tuple[str, ...]:
        """The domains whose pasted links get a card."""
        return tuple(filter(None, self.unfurl.split(",")))

    @property
    def admin_ids(self) -> frozenset[str]:
        """The ids in `TME_ADMINS`."""
        return frozenset(each.strip() for each in self.admins.split(",") if each.strip())

    @property
    def index_folder(self) -> Path:
        """The folder of the search index."""
        return self.home / "index"

    @property
    def full_text_folder(self) -> Path:
        """The folder of the index of full texts; may be deleted."""
        return self.home / "fulltext"

    @property
    def sources_file(self) -> Path:
        """What is harvested."""
        return self.sources or self.home / "sources.toml"

    @property
    def kept_folder(self) -> Path:
        """Where forms of the vocabulary are kept that are read faster; may be deleted."""
        return self.home / "compiled"

    @property
    def vocabularies_folder(self) -> Path:
        """The folder of imported vocabularies."""
        return self.home / "vocabularies"

    @property
    def semantic_folder(self) -> Path:
        """The folder of the vectors of meaning-based ranking, and of its model."""
        return self.home / "semantic"

    @property
    def serves_many(self) -> bool:
        """Whether workspaces install the bot themselves, rather than one token being given."""
        return self.slack_client_id is not None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in `TME_TOKEN_KEYS`."""
        given = self.token_keys.get_secret_value() if self.token_keys else ""
        return tuple(given.split())

    def _mode_for_many(self) -> SlackMode:
        """Installing needs an address of the bot's, so the rest is heard there too."""
        if self.slack_bot_token is not None:
            raise SettingsError(
                "Both SLACK_BOT_TOKEN and SLACK_CLIENT_ID are set.",
                "Keep the first for one workspace, or the second for any number that install it.",
            )
        needed = {
            "SLACK_CLIENT_SECRET": self.slack_client_secret,
            "SLACK_SIGNING_SECRET": self.slack_signing_secret,
            "TME_TOKEN_KEYS": self.token_keys,
        }
        if missing := [name for name, value in needed.items() if value is None]:
            raise SettingsError(
                f"SLACK_CLIENT_ID is set, but not {', '.join(missing)}.",
                "Installing by many workspaces takes them all, and listens for HTTP.",
            )
        return SlackMode.HTTP

    def check_tokens(self) -> None:
        """Raises SettingsError for a token of another kind: the two are easily swapped."""
        kinds = (
            ("SLACK_BOT_TOKEN", self.slack_bot_token, ("xoxb-", "xoxe."), "OAuth & Permissions"),
            ("SLACK_APP_TOKEN", self.slack_app_token, ("xapp-",), "Basic Information"),
        )
        for name, token, begins, page in kinds:
            if token is not None and not token.get_secret_value().startswith(begins):
                raise SettingsError(
                    f"{name} does not begin with {begins[0]}: it is no token of that kind.",
                    f"Copy it again from the page {page} of the app's settings at Slack.",
                )

    def slack_mode(self) -> SlackMode:
        """How `tme serve` talks to Slack. Raises SettingsError naming what is missing."""
        if self.serves_many:
            return self._mode_for_many()
        if self.slack_bot_token is None:
            raise SettingsError(
                "SLACK_BOT_TOKEN is not set.",
                "Set it to the bot token (xoxb-…) of the app, or run `tme demo` without Slack.",
            )
        if self.slack_app_token is not None:
            return SlackMode.SOCKET
        if self.slack_signing_secret is not None:
            return SlackMode.HTTP
        raise SettingsError(
            "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.",
            "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.",
        )
