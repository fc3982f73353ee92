"""Slack's requests: heard by listeners, answered by the router, shown by views."""
