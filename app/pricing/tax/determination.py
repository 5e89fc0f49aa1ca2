"""The tax engine whose answer was told as a fact before the decision.

It answers for the lines it was asked about: where the invoice has other lines or amounts by
now, the answer is stale and nothing is taken from it.
"""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

import msgspec

from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.tax import DeterminedTax, TaxDetermination
from app.money import Money, total
from app.pricing.tax.engine import NoTax, TaxableLine, TaxAnswer, TaxLine, TaxQuestion


class Determined(msgspec.Struct, frozen=True):
    """The last answer about the unit by a system that may give one; None before the first."""

    fact: Fact | None

    def determine(self, question: TaxQuestion) -> TaxAnswer:
        """The stored answer, if it is about the lines of the question."""
        said = self.fact.said if self.fact else None
        if self.fact is None or not isinstance(said, TaxDetermination):
            why = "no tax engine has determined the tax of these lines yet"
            return TaxAnswer(missing=(NoTax(problem="no_tax_rate", why=why),))
        name = f"{said.tax_determination} of {said.engine}"
        if stale := _stale(said.lines, question.lines):
            why = f"determination {name} is stale: {stale}"
            missing = (NoTax(problem="no_tax_rate", why=why),)
            return TaxAnswer(missing=missing, fact_ids=(self.fact.fact_id,))
        return TaxAnswer(
            lines=tuple(_line(each) for each in said.lines),
            by=f"{said.engine} determined it on {said.determined_on.isoformat()}",
            fact_ids=(self.fact.fact_id,),
        )


def last_determination(unit: BillableUnit) -> Determined:
    """What was last determined about the unit; only who may by authority determines tax."""
    told = [
        fact
        for fact in unit.facts.values()
        if isinstance(fact.said, TaxDetermination)
        and fact.classifier is Classifier.ACTUAL
        and fact.fact_id in unit.owned_acts
    ]
    return Determined(max(told, key=rank, default=None))


def _stale(determined: Iterable[DeterminedTax], rated: Iterable[TaxableLine]) -> str:
    """In which line the answer differs from the invoice, empty where it differs in none.

    A line in several jurisdictions is taxable in each for its part; two taxes of one
    jurisdiction are both on the same part.
    """
    now: dict[tuple[str, str], Money] = {(line.charge, line.subject): line.whole for line in rated}
    parts: dict[tuple[str, str], dict[str, set[Money]]] = defaultdict(lambda: defaultdict(set))
    seen: set[tuple[str, ...]] = set()
    for line in determined:
        parts[line.charge, line.subject][line.jurisdiction].add(line.taxable)
        what = (line.charge, line.subject, line.jurisdiction, line.tax)
        if what in seen:
            return f"it has {line.tax} of {line.jurisdiction} twice on {line.charge}"
        seen.add(what)
    for key in sorted(now.keys() | parts.keys()):
        name = "/".join(filter(None, key))
        if key not in now:
            return f"it taxes {name}, which is not taxable here"
        if key not in parts:
            return f"it does not know {name} of {now[key]}"
        taxed = [amount for amounts in parts[key].values() for amount in amounts]
        foreign = any(amount.currency != now[key].currency for amount in taxed)
        if foreign or total(taxed, now[key].currency).amount != now[key].amount:
            shown = " and ".join(sorted(str(amount) for amount in taxed))
            return f"it taxes {name} of {shown}, which is {now[key]} now"
    return ""


def _line(said: DeterminedTax) -> TaxLine:
    return TaxLine(
        tax=said.tax,
        place=said.jurisdiction,
        percent=said.percent,
        taxable=said.taxable,
        of=("/".join(filter(None, (said.charge, said.subject))),),
        exact=Fraction(said.taxable.amount) * Fraction(said.percent) / 100,
        determined=said.amount,
    )
