"""A local workspace in the browser, for `tme demo`.

The same Bolt app as in production, against a Slack stand-in served on loopback:

    playground = create(build_app)       # binds the port; `playground.url` is known
    playground.serve()                   # until Ctrl-C

Nothing leaves the machine, and nothing is printed.
"""

from bot.playground.playground import PREFERRED_PORT, Playground, create

__all__ = ["PREFERRED_PORT", "Playground", "create"]
