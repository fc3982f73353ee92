"""Python's garbage collector in a process that answers questions.

What is loaded once stays, and the answers themselves leave hardly any cycles behind. Left alone,
the collector walks over every word and text that is kept for later, and holds up a question now
and then by a tenth of a second.
"""

import gc

_USUAL = gc.get_threshold()
# New objects until it looks at the youngest, and how often it does so until it looks further back.
_RARELY = (50_000, 20, 50)


def leave_alone() -> None:
    """Keep what there is out of the collector's way, and let it look at the rest rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_RARELY)


def look_again() -> None:
    """Back to how it was: a process that goes on must be able to let go of what was kept."""
    gc.unfreeze()
    gc.set_threshold(*_USUAL)
