"""Tests of the stores; the contract's asserts explain themselves like a test file's."""

import pytest

pytest.register_assert_rewrite(
    f"{__name__}.contract", f"{__name__}.contract_corrections", f"{__name__}.contract_lists"
)
