"""Lets compiled modules be kept, where the environment says otherwise. Imported before all others.

Each process of the tests, and each bot that they start, would compile half of it again.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
