"""`python -m bot.app.cli` is `tme`."""

from bot.app.cli import main

main()
