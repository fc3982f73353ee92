"""Merging as the bot does it: with how far each source is trusted."""

from functools import partial

from bot.merging import choice, merge
from bot.sources import trusts

choose = partial(choice.choose, trusts=trusts())
combine = partial(merge.combine, trusts=trusts())
