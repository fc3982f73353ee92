"""Slack's listeners, a file a surface: what Slack sends, acknowledged, routed and answered."""
