"""Whether the bot is well, for `status`, `doctor`, `/healthz`, `/metrics` and alarms."""
