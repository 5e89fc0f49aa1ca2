"""Until when a charge can be claimed, by the contract's claim windows."""

from datetime import date, timedelta

import msgspec

from app.pricing.contract.contract import ANY_CHARGE, Contract


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """The last day on which a charge can be claimed, and the clause that says so."""

    last_day: date
    days: int
    source: str

    def has_passed(self, on: date) -> bool:
        """Whether the day is too late."""
        return on > self.last_day


def claim_deadline(contract: Contract | None, charge: str, service_day: date) -> Deadline | None:
    """The last day to claim a charge; None where the contract sets no limit.

    Args:
        contract: what was agreed; None where there is no contract.
        charge: our charge code; a window of its own goes before the one for `any`.
        service_day: the local day on which the service was complete; it does not count.
    """
    windows = {window.charge: window for window in contract.claim_windows} if contract else {}
    window = windows.get(charge) or windows.get(ANY_CHARGE)
    if window is None:
        return None
    last_day = service_day + timedelta(days=window.days)
    return Deadline(last_day=last_day, days=window.days, source=window.source)
