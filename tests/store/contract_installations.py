"""What every store promises of installations; see `contract.StateStoreContract`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store import StateStore
from bot.store.installations import Installation

from .examples import START

OURS = Installation(
    "E1/T1", "Ours", ("chat:write",), "B1", "U1", "U9", START, START + timedelta(hours=12), b"\x00a"
)
WHOLE = replace(OURS, workspace="E1/", name="The organisation", expires=None, sealed=b"whole")


class InstallationContract:
    """The promises; `store` is an empty store."""

    @pytest.fixture
    def installed(self, store: StateStore) -> StateStore:
        store.installations.save(OURS)
        store.installations.save(WHOLE)
        return store

    def test_its_own_installation_goes_before_the_organisations(
        self, installed: StateStore
    ) -> None:
        assert installed.installations.find("E1/T1") == OURS
        assert installed.installations.find("E1/T2") == WHOLE
        assert installed.installations.find("/T1") == OURS
        assert installed.installations.find("E2/T3") is None

    def test_an_installation_takes_the_place_of_the_one_before(self, installed: StateStore) -> None:
        again = replace(OURS, name="Renamed", sealed=b"new")
        installed.installations.save(again)
        assert list(installed.installations.all()) == [WHOLE, again]

    def test_tokens_are_made_new_by_one(self, installed: StateStore) -> None:
        assert installed.installations.renew(OURS, b"second", None)
        assert not installed.installations.renew(OURS, b"third", None)
        found = installed.installations.find("E1/T1")
        assert found == replace(OURS, sealed=b"second", expires=None)

    def test_what_has_ended_has_no_token(self, installed: StateStore) -> None:
        assert not installed.installations.end("E1/T1", "revoked", START - timedelta(seconds=1))
        assert installed.installations.end("E1/T1", "revoked", START)
        assert not installed.installations.end("E1/T1", "revoked", START)
        assert installed.installations.find("E1/T1") == WHOLE

    def test_an_install_is_finished_once_and_in_time(self, store: StateStore) -> None:
        for digest in ("one", "two"):
            store.installations.begin(digest, START)
        assert store.installations.finish("one", START)
        assert not store.installations.finish("one", START)
        assert not store.installations.finish("two", START + timedelta(seconds=1))

    def test_every_token_is_sealed_anew(self, installed: StateStore) -> None:
        assert installed.installations.reseal(lambda sealed: sealed + b"!") == 2
        assert [each.sealed for each in installed.installations.all()] == [b"whole!", b"\x00a!"]

    def test_a_workspace_is_forgotten_whole(self, installed: StateStore) -> None:
        installed.lists.make("E1/T1", "U1", "Club", "U1", START)
        installed.installations.forget("E1/T1")
        assert list(installed.installations.all()) == [WHOLE]
        assert installed.lists.lists("E1/T1") == []
