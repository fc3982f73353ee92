"""`python -m bot.cli` is `tme`."""

from bot.cli import main

main()
