"""What a customer owes, worked out a second time: whole cents and a few lines of arithmetic.

It imports nothing of the application. What it knows of Northwind's prices is written down here
once more, and it hears of events in its own words, never by facts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

BREAKS = (0, 500, 1000, 2000, 5000, 10000)
TARIFFS = (
    (8266, 6869, 5821, 4939, 4149, 3605),
    (8601, 7012, 5903, 5177, 4233, 3699),
    (7999, 6400, 5555, 4701, 4007, 3501),
)
"""Cents for a hundredweight from Illinois to Georgia, by the edition of the tariff."""
MINIMUM = 9500
DISCOUNT = 70
FLAT = {
    "liftgate": 8500,
    "residential_delivery": 9500,
    "limited_access": 9000,
    "inside_delivery": 7000,
    "redelivery": 11000,
}
TAX_TENTHS = 70
"""Of a percent, where the card has tax."""
NEEDS_APPROVAL_ABOVE = 7500
OPERATIONS_APPROVE_UP_TO = 10000


def half_up(number: int, by: int) -> int:
    """The nearest whole number, a half away from zero."""
    whole = (2 * abs(number) + by) // (2 * by)
    return whole if number >= 0 else -whole


@dataclass
class Claimed:
    """An extra service that somebody claims."""

    charge: str
    acts: list[tuple[str, int | None]] = field(default_factory=list)
    """`ops`, `customer` with the most they approve; `reject`, `waive`."""
    shown: bool = False
    """Whether the paper that it names is accepted."""

    def given_up(self, cents: int, *, billed: bool) -> bool:
        """Whether it is not owed.

        What is billed is taken back by a credit alone; what was rejected comes back by an approval
        of all of it, and what was waived does not.
        """
        state = ""
        for act, most in self.acts:
            gives_up = act in {"reject", "waive"}
            short = not gives_up and most is not None and cents > most
            if not (gives_up and billed) and not short and state != "waive":
                state = act
        return state in {"reject", "waive"}

    def waits(self, cents: int) -> bool:
        """Whether nothing shows it, or it is too much for anybody to have approved it."""
        if not self.shown:
            return True
        if cents <= NEEDS_APPROVAL_ABOVE:
            return False
        act, most = self.acts[-1] if self.acts else ("", 0)
        if act not in {"ops", "customer"} or (most is not None and cents > most):
            return True
        return act == "ops" and cents > OPERATIONS_APPROVE_UP_TO


@dataclass
class Disputed:
    """A dispute of one line."""

    line: str
    claimed: int
    open: bool = True
    granted: int = 0


@dataclass
class Ledger:
    """Everything that happened, and what it comes to."""

    taxed: bool = False
    pounds: int = 1800
    tariff: int = 0
    diesel: int = 3698
    """Tenths of a cent for a gallon, of the week that counts."""
    waited: int = 0
    """Minutes at the consignee's."""
    called_off: bool = False
    claims: dict[str, Claimed] = field(default_factory=dict)
    disputes: dict[str, Disputed] = field(default_factory=dict)
    out: dict[str, int] = field(default_factory=dict)
    """The sum of all that went out, by line."""
    taxed_out: dict[str, int] = field(default_factory=dict)
    """The sum of what each tax line that went out says it is of."""

    def went_out(self, key: str, cents: int, of: int | None) -> None:
        """One line of a document; of a tax what it is of."""
        self.out[key] = self.out.get(key, 0) + cents
        if of is not None:
            self.taxed_out[key] = self.taxed_out.get(key, 0) + of

    @property
    def balance(self) -> int:
        """All that went out."""
        return sum(self.out.values())

    @property
    def live(self) -> dict[str, int]:
        """What is billed for each line."""
        return {key: cents for key, cents in self.out.items() if cents}

    @property
    def linehaul(self) -> int:
        """The cheapest of the own break and every higher one, less the discount."""
        rates = list(zip(BREAKS, TARIFFS[self.tariff], strict=True))
        own = max(at for at, _ in rates if at <= self.pounds)
        gross = min(max(self.pounds, at) * rate for at, rate in rates if at >= own)
        return max(half_up(gross * (100 - DISCOUNT), 100 * 100), MINIMUM)

    def services(self) -> Iterator[tuple[str, int]]:
        """What was rendered, without credits and tax."""
        yield "linehaul", self.linehaul
        tenths = 160 + 5 * ((self.diesel - 2501) // 50)
        yield "fuel_surcharge", half_up(self.linehaul * tenths, 1000)
        for name, claim in self.claims.items():
            key = f"{claim.charge}/{name}"
            cents = self.of_claim(claim)
            if not claim.given_up(cents, billed=bool(self.out.get(key))):
                yield key, cents

    def of_claim(self, claim: Claimed) -> int:
        """What an extra service comes to."""
        if claim.charge != "detention":
            return FLAT[claim.charge]
        free = next(
            m for least, m in ((9000, 60), (5000, 40), (1000, 30), (0, 15)) if self.pounds >= least
        )
        return max(-(-(self.waited - free) // 15) * 5330, 7670)

    def granted(self) -> dict[str, int]:
        """What was granted of each line."""
        found: dict[str, int] = {}
        for each in self.disputes.values():
            found[each.line] = found.get(each.line, 0) + each.granted
        return {line: cents for line, cents in found.items() if cents}

    def owed(self) -> dict[str, int] | None:
        """What each line comes to; None where a credit has no line that bears it."""
        if self.called_off:
            return {}
        services = dict(self.services())
        if any(cents > services.get(line, -1) for line, cents in self.granted().items()):
            return None
        lines = dict(services)
        for name, each in self.disputes.items():
            if each.granted:
                charge = each.line.partition("/")[0]
                lines[f"{charge}/dispute {name}"] = -each.granted
        if self.taxed:
            for key, cents in tuple(lines.items()):
                lines[f"tax/US-GA SALES {key}"] = half_up(cents * TAX_TENTHS, 1000)
        return {key: cents for key, cents in lines.items() if cents}

    def waiting(self) -> set[str]:
        """The lines of which nothing may change now: unapproved, or disputed."""
        disputed = {each.line for each in self.disputes.values() if each.open}
        return disputed | {
            f"{claim.charge}/{name}"
            for name, claim in self.claims.items()
            if claim.waits(self.of_claim(claim))
        }
