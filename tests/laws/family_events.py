"""What may happen to the shipment of `family_world`, each with how often it does."""

from datetime import timedelta
from random import Random

from app.evidence.facts.papers import DocumentStatus
from tests.laws.family_ledger import FLAT, Disputed
from tests.laws.family_world import World


class Happenings:
    """Chooses what happens next.

    Args:
        world: to which it happens.
        seed: by which it is chosen.
        timeless: nothing happens whose meaning hangs on what is billed by then: no timer, and
            nobody gives up a charge (of what is billed that takes a credit).
    """

    def __init__(self, world: World, seed: int, *, timeless: bool = False) -> None:
        self.world, self.ledger = world, world.ledger
        self.by = Random(f"happens {seed}")
        self.timeless = timeless

    def happens(self) -> str:
        """Something, and what it was."""
        self.world.now += timedelta(minutes=self.by.choice((7, 90, 600, 2000)))
        event = self.by.choices(list(_EVENTS), list(_EVENTS.values()))[0]
        if self.timeless and event == "expiry":
            event = "accept"
        getattr(self, f"_{event}")()
        return event

    def _reweigh(self) -> None:
        before = (
            self.world.weighed.fact_id if self.world.weighed and self.by.random() < 0.5 else None
        )
        self.world.weigh(
            self.by.choice((450, 990, 1800, 1830, 2000, 2600, 4999, 7200)), None, before
        )

    def _late_word(self) -> None:
        self.world.weigh(self.by.randrange(400, 9000), self.world.weighed_at - timedelta(hours=1))

    def _resend(self) -> None:
        self.world.resend()

    def _accept(self) -> None:
        self.world.paper(DocumentStatus.ACCEPTED)

    def _refuse_paper(self) -> None:
        self.world.paper(DocumentStatus.REJECTED)

    def _extra(self) -> None:
        name = self.by.choice(("A-1", "A-2", "A-3"))
        self.world.claim(name, self.by.choice(list(FLAT)))

    def _stand(self) -> None:
        self.world.wait(self.by.choice((110, 130, 240)))
        if "DT-1" not in self.ledger.claims:
            self.world.claim("DT-1", "detention")

    def _allow(self) -> None:
        if self.ledger.claims:
            who = self.by.choice(("ops", "customer", "customer", "reject", "waive"))
            if self.timeless and who in {"reject", "waive"}:
                who = "customer"
            most = None if who in {"reject", "waive"} else self.by.choice((None, 8500, 20000))
            self.world.approve(self.by.choice(sorted(self.ledger.claims)), who, most)

    def _slip(self) -> None:
        if self.ledger.claims:
            name = self.by.choice(sorted(self.ledger.claims))
            self.world.show(name, shown=self.by.random() < 0.8)

    def _adjust(self) -> None:
        self.world.approve("adjustment", "customer", self.by.choice((None, 5000, 20000)))

    def _complain(self) -> None:
        lines = dict(self.ledger.services())
        name = f"D-{len(self.ledger.disputes) + 1}"
        line = self.by.choice(sorted(lines))
        cents = lines[line] if self.by.random() < 0.3 else self.by.randrange(1, lines[line] + 1)
        if not self.ledger.called_off and len(self.ledger.disputes) < 4:
            self.ledger.disputes[name] = Disputed(line, cents)
            self.world.dispute(name, "opened")

    def _resolve(self) -> None:
        if not self.ledger.disputes:
            return
        name = self.by.choice(sorted(self.ledger.disputes))
        known = self.ledger.disputes[name]
        step = self.by.choice(("answered", "credited", "credited", "rejected", "withdrawn"))
        step = step if known.open else self.by.choice(("opened", "rejected", "credited"))
        cents = known.claimed if self.by.random() < 0.5 else self.by.randrange(known.claimed) + 1
        capacity = self.by.choice(("finance", "billing_manager", "billing_clerk"))
        self.world.dispute(name, step, cents if step == "credited" else 0, capacity)

    def _grant_more(self) -> None:
        if self.ledger.disputes:
            name = self.by.choice(sorted(self.ledger.disputes))
            self.world.approve(f"dispute {name}", "customer", 100000)

    def _index(self) -> None:
        self.world.publish(self.by.choice((3301, 3650, 3698, 3702, 3777, 4210)))

    def _tariff(self) -> None:
        self.world.retariff()

    def _books(self) -> None:
        self.world.period(closed=self.by.random() < 0.4)

    def _cancel(self) -> None:
        (self.world.call_on if self.ledger.called_off else self.world.call_off)()

    def _expiry(self) -> None:
        self.world.expire()

    def everything_clears(self) -> None:
        """Whatever anybody waits for comes, and is approved."""
        self.world.now += timedelta(hours=1)
        if self.ledger.called_off:
            self.world.call_on()
        for name in sorted(self.ledger.claims):
            self.world.approve(name, "customer")
            self.world.show(name, shown=True)
        for name, known in sorted(self.ledger.disputes.items()):
            if known.open:
                self.world.dispute(name, "withdrawn")
            self.world.approve(f"dispute {name}", "customer", 10**7)
        while self.ledger.owed() is None:
            granted = [n for n, each in self.ledger.disputes.items() if each.granted]
            self.world.now += timedelta(minutes=1)
            self.world.dispute(granted[0], "rejected")
        self.world.period(closed=False)
        self.world.approve("adjustment", "customer")
        self.world.paper(DocumentStatus.ACCEPTED)


_EVENTS = {
    "reweigh": 6,
    "late_word": 1,
    "resend": 3,
    "accept": 7,
    "refuse_paper": 1,
    "extra": 4,
    "stand": 2,
    "allow": 6,
    "slip": 2,
    "adjust": 7,
    "complain": 3,
    "resolve": 7,
    "grant_more": 2,
    "index": 3,
    "tariff": 2,
    "books": 2,
    "cancel": 2,
    "expiry": 2,
}
