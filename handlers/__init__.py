"""Slack's requests: heard by listeners, answered by the router, shown by views."""

from bot.lazy import package

# Its own names are its HTTP clients, which an answer in a terminal has no use for.
package("slack_sdk")
