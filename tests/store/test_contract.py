"""The store keeps the promises of every store."""

from .contract import StateStoreContract
from .contract_corrections import CorrectionContract
from .contract_harvests import HarvestStoreContract
from .contract_installations import InstallationContract
from .contract_lists import ListContract
from .contract_lookups import LookupContract
from .contract_references import ReferenceContract
from .contract_reports import ReportContract
from .inbox_contract import InboxContract
from .merges_contract import MergesContract
from .shares_contract import ShareContract
from .standing_contract import StandingContract


class TestStore(
    StateStoreContract,
    CorrectionContract,
    HarvestStoreContract,
    InboxContract,
    InstallationContract,
    ListContract,
    LookupContract,
    MergesContract,
    ReferenceContract,
    ReportContract,
    ShareContract,
    StandingContract,
):
    """Every promise, over each database."""
