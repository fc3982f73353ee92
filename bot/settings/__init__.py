"""Every setting of the bot, read once from the environment and passed in."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from bot.settings.environment import setting
from bot.settings.folders import DataFolder
from bot.settings.values import (
    ADDRESS,
    SEMANTIC_MODEL,
    UNFURL_DOMAINS,
    Address,
    DailyLimits,
    DatabaseUrl,
    Domains,
    IndexUrl,
    LeastKinds,
    Model,
    People,
    Zone,
)


class Settings(DataFolder):
    """The environment as the bot sees it. Secrets never show in a log or a repr."""

    database_url: DatabaseUrl = setting(
        None,
        "A PostgreSQL database for several servers, postgresql://USER@HOST/NAME, with"
        " the extra `postgres` (default: one SQLite file in the data folder).",
    )
    index_url: IndexUrl = setting(
        None,
        "An OpenSearch (3 or newer) for an index that no machine's disk has room for,"
        " opensearch+https://USER:PASSWORD@HOST:9200,HOST:9200/tme?shards=2&replicas=1 (default: a"
        " folder in the data folder).",
    )
    slack_bot_token: SecretStr | None = setting(None, "Bot token (xoxb-…): needed by `tme serve`.")
    slack_app_token: SecretStr | None = setting(
        None, "App-level token (xapp-…): with it, `tme serve` uses Socket Mode."
    )
    sockets: int = setting(
        1,
        "How many sockets this server opens in Socket Mode (default 1); Slack allows an"
        " app ten on all servers together, and sends each request over one of them.",
        ge=1,
        le=10,
    )
    slack_signing_secret: SecretStr | None = setting(
        None, "Signing secret: without an app token, `tme serve` listens for HTTP."
    )
    slack_client_id: str | None = setting(
        None,
        "Client ID of the app: with it and no bot token, any number of workspaces"
        " install the bot at /slack/install (extra `oauth`).",
        pattern=r"^[0-9]+\.[0-9]+$",
    )
    slack_client_secret: SecretStr | None = setting(None, "Client secret of the app, for that.")
    token_keys: SecretStr | None = setting(
        None,
        "Keys that seal the workspaces' tokens, separated by spaces: the first seals,"
        " each opens. `tme workspaces --new-key` makes one.",
    )
    slack_api_url: str = setting(
        "https://slack.com/api/",
        "Where Slack's Web API is; changed only to test against a local Slack.",
    )
    host: str = setting(
        "127.0.0.1", "The address `tme serve` listens on in HTTP mode (default 127.0.0.1)."
    )
    port: int = setting(
        3000, "The port `tme serve` listens on in HTTP mode (default 3000).", ge=0, le=65535
    )
    vocabulary: Path | None = setting(
        None, "Your own additions to the vocabulary, a YAML file; then run `tme retag`."
    )
    sources: Path | None = setting(
        None, "What is harvested, a TOML file (default: `sources.toml` in the data folder)."
    )
    contact: str | None = setting(
        None,
        "Your e-mail address, sent to the sources that are harvested: they require it.",
        pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
    )
    zotero_key: SecretStr | None = setting(
        None, "Key of Zotero's API (zotero.org/settings/keys), for `tme zotero`."
    )
    openalex_key: SecretStr | None = setting(
        None,
        "Key of OpenAlex's API (openalex.org/settings/api), without which it answers"
        " little since 2026.",
    )
    opencitations_token: SecretStr | None = setting(
        None,
        "Token of OpenCitations (opencitations.net/accesstoken), which answers without one too.",
    )
    starter: bool = setting(
        True, "Whether an empty store is filled with the starter set: yes (default) or no."
    )
    complete: bool = setting(
        True,
        "Whether `tme serve` and `tme demo` complete stored records (abstracts,"
        " authors, access …) from Europe PMC and, with `TME_CONTACT`, other services: yes (default)"
        " or no.",
    )
    fulltext: bool = setting(
        False,
        "Whether the full texts of stored works under CC BY, CC BY-SA or CC0 are"
        " fetched from Europe PMC, searched (`in:results …`) and quoted: yes or no (default; they"
        " take some 60 kB and a request each).",
    )
    semantic: Model = setting(
        SEMANTIC_MODEL,
        "The model that finds by meaning, where that extra is installed: yes (default: "
        "a small one of the hub), the name of another, its folder, or no.",
    )
    time_zone: Zone = setting(
        "UTC", "The time zone of subscriptions that name none, e.g. Europe/London (default UTC)."
    )
    subscription_changes: Literal["channel", "creator", "admins"] = setting(
        "channel",
        "Who may change a subscription: anyone in its channel (`channel`, default),"
        " who made it (`creator`), or only `admins`: those of the workspace, if the app has the"
        " scope users:read, and those in `TME_ADMINS`.",
    )
    admins: People = setting(
        "", "Slack ids of the people who may do everything, separated by commas (U0…,U0…)."
    )
    rights: LeastKinds = setting(
        "",
        "Who may do what, where it is not the usual: `read`, `save`, `report`,"
        " `correct`, `subscribe`, `add` and `import`, each with the least kind of person,"
        " `external`, `guest`, `member` (usual; `external` for `read`) or `admin`:"
        " `report=guest,import=admin`.",
    )
    daily: DailyLimits = setting(
        "",
        "How often one person may do it in a day, where it is not the usual:"
        " `subscribe=20,report=20,add=50,import=20`.",
    )
    unfurl: Domains = setting(
        ",".join(UNFURL_DOMAINS),
        "The domains whose pasted links get a card, at most five, separated by commas"
        f" (default: {', '.join(UNFURL_DOMAINS)}), or no; then `tme manifest` anew.",
    )
    agent_view: bool = setting(
        True,
        "Whether direct messages are Slack's agent view, with questions to begin with"
        " and a status: yes (default) or no; then `tme manifest` anew.",
    )
    keep_threads: int = setting(
        7, "Days for which the last question of a thread is kept (default 7).", ge=1, le=3650
    )
    keep_audit: int = setting(
        730, "Days for which the audit trail is kept (default 730).", ge=1, le=36500
    )
    keep_deliveries: int = setting(
        730,
        "Days for which is kept what a digest listed (default 730); that no work is"
        " posted twice is kept for ever.",
        ge=30,
        le=36500,
    )
    share_imports: bool = setting(
        False,
        "Whether what people bring in files is seen by every workspace at once (yes),"
        " or by theirs alone until `tme imports --share` (no, default).",
    )
    mcp_tokens: SecretStr | None = setting(
        None,
        "Who may ask `tme mcp --http`: tokens of 20 characters or more, separated by"
        " spaces; TOKEN:/T0123:U0456 asks in the name of that workspace and person.",
    )
    model_url: str | None = setting(
        None,
        "An endpoint in the form of OpenAI's (https://host/v1) that may word a summary"
        " of the quotes that `ask` shows; the question and the quotes are sent to it. Off by"
        " default: nothing is sent anywhere.",
        pattern=r"^https?://[^\s/@]+(/[^\s]*)?$",
    )
    model: str = setting("", "The name of the model at `TME_MODEL_URL`.", max_length=200)
    model_key: SecretStr | None = setting(None, "The key of that endpoint, sent as a bearer token.")
    model_local: bool = setting(
        False,
        "Whether that endpoint may be on this machine or a private network, and"
        " without https: yes or no (default).",
    )
    index_memory: int = setting(
        256,
        "Megabytes the search index gathers in memory before it writes (default 256).",
        ge=16,
        le=4096,
    )
    health: Address = setting(
        "127.0.0.1:3001",
        "Where `tme serve` answers `/healthz` and `/metrics`: an address and port"
        " (default 127.0.0.1:3001), `public` (over HTTP, on the port that Slack calls), or no.",
    )
    alarm_channel: str | None = setting(
        None,
        "The id of a channel (C0…) where the bot posts a line when something is bad"
        " for ten minutes, and one when it is in order again; invite it there. Where workspaces"
        " install the app, with the one that it is in: T0…/C0…, or E0…/T0…/C0….",
        pattern=r"^((E[A-Z0-9]+/)?T[A-Z0-9]+/)?[CG][A-Z0-9]+$",
    )
    log_format: Literal["text", "json"] = setting(
        "text", "How is logged: `text` (default), or `json`, one object a line."
    )
    log_level: str = setting(
        "INFO",
        "How much is logged: DEBUG, INFO (default), WARNING or ERROR.",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
    )

    def secret(self, name: str) -> str | None:
        """The value of a secret setting by its field's name; None for "" or where it is not set."""
        given = getattr(self, name) if name else None
        return given.get_secret_value() if isinstance(given, SecretStr) else None

    @property
    def health_address(self) -> tuple[str, int] | None:
        """Host and port of `/healthz` and `/metrics`; None: none of their own."""
        found = ADDRESS.fullmatch(self.health)
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
    def sources_file(self) -> Path:
        """What is harvested."""
        return self.sources or self.home / "sources.toml"

    @property
    def serves_many(self) -> bool:
        """Whether workspaces install the bot themselves, rather than one token being given."""
        return self.slack_client_id is not None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in `TME_TOKEN_KEYS`."""
        given = self.token_keys.get_secret_value() if self.token_keys else ""
        return tuple(given.split())
