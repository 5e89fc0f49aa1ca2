"""What has to be so of every family at every step, checked against the ledger."""

from collections import Counter
from collections.abc import Sequence
from random import Random

import msgspec

from app.billing.documents import documents_of
from app.billing.release_token import may_be_claimed
from app.decide import Concluded
from app.digest import canonical
from app.family.document import DocumentKind, FamilyDocument
from app.family.family import Family, must_follow
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from tests.laws.family_events import Happenings
from tests.laws.family_terms import some_terms
from tests.laws.family_world import World

ADJUSTS = {Verdict.RELEASE, Verdict.CREDIT}
FIRST = {DocumentKind.FINAL, DocumentKind.PROVISIONAL}


class BrokenLawError(Exception):
    """A law that did not hold, and after what."""


class Life:
    """One family from its first fact on, with everything that was seen of it."""

    def __init__(self, seed: int, eager: float | None = None) -> None:
        self.by = Random(f"life {seed}")
        terms = some_terms(self.by)
        self.eager = self.by.random() if eager is None else eager
        """How often what may be claimed is claimed."""
        self.world = World(seed, terms)
        self.next = Happenings(self.world, seed, timeless=eager is not None)
        self.told: list[str] = []
        self.seen: Counter[str] = Counter()

    def lives(self, events: int) -> "Life":
        """That many events, each decided, and at the end whatever it waits for."""
        for _ in range(events):
            self.told.append(self.next.happens())
            self.seen["events"] += 1
            self.decides(claims=self.by.random() < self.eager)
        self.same_in_any_order()
        self.ends()
        return self

    def ends(self) -> None:
        """Once everything is approved and settled, exactly what is owed is billed."""
        self.told.append("everything clears")
        self.next.everything_clears()
        for _ in range(3):
            concluded = self.decides(claims=True)
        owed = self.world.ledger.owed()
        self.law(owed is not None, "at the end it is known what is owed")
        verdict = concluded.decision.verdict
        if not self.world.family and sum((owed or {}).values()) <= 0:
            self.seen["credited before it was billed"] += 1
            self.law(verdict in {Verdict.NO_BILL, Verdict.HOLD}, f"nothing is owed: {verdict}")
            return
        self.law(verdict in {Verdict.BILLED, Verdict.NO_BILL}, f"at the end it is {verdict}")
        self.law(self.world.ledger.live == owed, f"billed at the end, and owed: {owed}")

    def law(self, holds: bool, says: str) -> None:
        """Raise BrokenLawError where it does not hold."""
        if not holds:
            ledger = self.world.ledger
            raise BrokenLawError(
                f"{says}\n  by {self.world.terms}\n  after {self.told[-12:]}\n"
                f"  out {ledger.live}\n  owed {ledger.owed()}\n  waiting {ledger.waiting()}"
            )

    def decides(self, *, claims: bool) -> Concluded:
        """Decided, and claimed where it may be, until nothing changes by itself."""
        concluded = self.decision()
        if self.world.ends_by_itself(concluded):
            self.seen[f"settled: {concluded.decision.settles}"] += 1
            concluded = self.decision()
        if claims and may_be_claimed(concluded.decision):
            self.claimed(concluded)
            concluded = self.decision()
        return concluded

    def decision(self) -> Concluded:
        """A decision that keeps the laws of decisions."""
        concluded = self.world.decided()
        decision, ledger = concluded.decision, self.world.ledger
        self.seen[f"verdict: {decision.verdict}"] += 1
        wrong = [proof.says for proof in concluded.trace.proofs if not proof.holds]
        self.law(not wrong, f"every proof holds: {wrong}")
        codes = {hold.code for hold in decision.holds}
        self.law("TIE_OUT_FAILED" not in codes, "it adds up")
        must_follow(Family(documents=self.world.family), documents_of(decision))
        if decision.verdict is Verdict.BILLED and decision.settles != "final at estimate":
            owed = ledger.owed()
            self.law(owed is not None, "billed is what is known to be owed")
            held = _held(decision)
            for key in {*(owed or {}), *ledger.live} - held:
                same = (owed or {}).get(key, 0) == ledger.out.get(key, 0)
                self.law(same, f"{key} is billed as it is owed")
        if decision.verdict is Verdict.NO_BILL and not decision.documents:
            self.law(not ledger.live, "what is not billed has nothing billed")
        return concluded

    def claimed(self, concluded: Concluded) -> None:
        """A claim that keeps the laws of documents."""
        decision, ledger = concluded.decision, self.world.ledger
        before, was = self.world.family, dict(ledger.out)
        owed, waiting = ledger.owed(), ledger.waiting()
        out = self.world.claims(concluded)
        for each in out:
            self.seen[f"document: {each.kind}{' that reverses' if each.reverses else ''}"] += 1
            self.document(each)
        again = self.world.claims_again()
        self.law(again == tuple(each.reference for each in out), "claimed twice it is the same")
        self.family(Family(documents=self.world.family))
        in_full = decision.settles == "credited in full"
        if not ledger.called_off and not in_full:
            for key in waiting:
                same = was.get(key, 0) == ledger.out.get(key, 0)
                self.law(same, f"{key} waits, and nothing of it changes")
        if out[0].kind is DocumentKind.PROVISIONAL:
            self.ahead(out[0], owed or {})
            return
        opened = Family(documents=self.world.family).open_provisional
        self.law(opened is None, "what follows on a provisional invoice ends it")
        held = _held(decision)
        wanted: dict[str, int] = {} if in_full else owed or {}
        self.law(owed is not None, "what goes out is known to be owed")
        for key in {*wanted, *ledger.out}:
            stays = key in held and not in_full
            due = was.get(key, 0) if stays else wanted.get(key, 0)
            self.law(ledger.out.get(key, 0) == due, f"{key} is billed as it is owed, {due}")
        self.law(bool(before) or out[0].total.minor_units > 0, "a first invoice bills something")

    def ahead(self, document: FamilyDocument, owed: dict[str, int]) -> None:
        """A provisional invoice bills no line beyond its estimate."""
        for line in document.lines:
            part, whole = line.amount.minor_units, owed.get(line.key, 0)
            self.law(abs(part) <= abs(whole) and part * whole >= 0, f"{line.key} ahead is {part}")
        most = 30000 if self.world.terms.bills == "not to exceed" else 150000
        self.law(0 < document.total.minor_units <= most, f"{document.total} goes out ahead")

    def document(self, document: FamilyDocument) -> None:
        """One invoice by itself."""
        cents = [line.amount.minor_units for line in document.lines]
        self.law(any(cents), "a document has a line that is something")
        self.law(sum(cents) == document.total.minor_units, "its lines are its total")
        keys = [line.key for line in document.lines]
        self.law(len(keys) == len(set(keys)) or self.world.terms.taxed, "a service is one line")
        if document.reverses:
            named = [d for d in self.world.family if d.reference == document.reverses]
            self.law(len(named) == 1, "what is taken back went out")
            taken = [(line.key, -line.amount.minor_units) for line in named[0].lines]
            mine = [(line.key, line.amount.minor_units) for line in document.lines]
            self.law(mine == taken, "what is taken back is negated line by line")

    def family(self, family: Family) -> None:
        """All invoices together."""
        ledger, documents = self.world.ledger, family.documents
        self.law(family.balance is not None, "what was claimed has a balance")
        balance = family.balance.minor_units if family.balance else 0
        self.law(balance == ledger.balance, "the balance is what went out")
        live = {key: line.amount.minor_units for key, line in family.live_lines.items()}
        live = {key: cents for key, cents in live.items() if cents}
        self.law(live == ledger.live, f"each service has one live line: {live}")
        for key, of in ledger.taxed_out.items():
            line = key.removeprefix("tax/US-GA SALES ")
            self.law(of == ledger.out[line], f"{key} is of {of}, and its line {ledger.out[line]}")
        events = Counter(
            subject
            for code, _, subject in (key.partition("/") for key in live)
            if code != "tax" and subject and not subject.startswith("dispute ")
        )
        self.law(not events or max(events.values()) == 1, f"one line for one event: {events}")
        for line, granted in _credited(live).items():
            self.law(live.get(line, 0) + granted >= 0, f"{line} is credited beyond its bill")
        references = [each.reference for each in documents]
        self.law(len(references) == len(set(references)), "no two documents share a name")
        first = [each for each in documents if each.kind in FIRST]
        self.law(first == [documents[0]], "there is one original invoice")
        reversed_ = [each.reverses for each in documents if each.reverses]
        self.law(len(reversed_) == len(set(reversed_)), "nothing is taken back twice")

    def same_in_any_order(self) -> None:
        """The same facts in another order are the same decision, to the byte."""
        once, again = self.world.decided(), self.world.decided()
        self.law(canonical(once) == canonical(again), "decided anew it is the same to the byte")
        order = list(self.world.facts)
        self.by.shuffle(order)
        other = self.world.decided(order).decision
        self.law(_apart(other) == _apart(once.decision), "no order of facts changes a decision")


def _apart(decision: Decision) -> bytes:
    """The decision without the names that are digests of the order itself."""
    return canonical(msgspec.structs.replace(decision, decision_id="", dossier=""))


def _held(decision: Decision) -> set[str]:
    return {line.key for line in decision.lines if not line.billed}


def _credited(live: dict[str, int]) -> dict[str, int]:
    """What is billed of the credits of a charge; of one of its lines where it has a single one."""
    found: dict[str, int] = {}
    for key, cents in live.items():
        charge, _, subject = key.partition("/")
        lines = [k for k in live if k.partition("/")[0] == charge and "/dispute " not in k]
        if subject.startswith("dispute ") and len(lines) <= 1:
            line = lines[0] if lines else charge
            found[line] = found.get(line, 0) + cents
    return found


def counted(lives: Sequence[Life]) -> Counter[str]:
    """What was seen in all of them."""
    seen: Counter[str] = Counter()
    for each in lives:
        seen.update(each.seen)
    return seen
