"""What is logged, where and how: plain lines on standard error, or JSON, one object a line.

JSON by the standard library, not by structlog: the calls stay as they are, and what people write
is in no log, so that there are no fields to bind.
"""

import json
import logging
import sys
from datetime import UTC, datetime

# The lowest level of a library's log that holds nothing of what is said.
_LOUD = {
    "bolt": logging.ERROR, "slack_bolt": logging.ERROR, "slack_sdk": logging.INFO,
    "httpx2": logging.WARNING, "httpx": logging.WARNING, "httpcore": logging.WARNING,
    "httpcore2": logging.WARNING, "asyncio": logging.INFO, "websockets": logging.INFO,
    "uvicorn.access": logging.WARNING, "psycopg": logging.ERROR,
}  # fmt: skip


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, thread, and the message with its error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "message": super().format(record),
        }
        return json.dumps(line, ensure_ascii=False)


def configure(level: str, form: str = "text") -> None:
    """Log to standard error from this level on, as `text` or as `json`."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if form == "json" else plain)
    logging.basicConfig(level=level, handlers=[handler])
    keep_quiet()


def keep_quiet() -> None:
    """Keep what people write, and tokens, out of the logs of the libraries, at every level.

    Below these levels they log whole requests and answers, or addresses with keys in them.
    """
    for name, level in _LOUD.items():
        logging.getLogger(name).setLevel(level)
