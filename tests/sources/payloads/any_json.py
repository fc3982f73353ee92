"""Any JSON value, for tests that no answer of a service makes a parser fail."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
# How fast examples come depends on what else the machine does.
QUIETLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
