"""Attempts on the bot that succeeded once, each of which is tried again on every change."""

from tests.attempts import brought, files, operated, served
from tests.attempts.trying import ATTEMPTS

__all__ = ["ATTEMPTS", "brought", "files", "operated", "served"]
