"""The vocabulary of the seeds, which the tests of digests share."""

import pytest

from bot.app.composition import seeds_folder
from bot.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary.load(seeds_folder() / "taxonomy.yaml")
