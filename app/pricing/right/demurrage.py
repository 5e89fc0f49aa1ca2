"""46 CFR 541.6: what an invoice for demurrage or detention has to say at the least.

541.5: an invoice that lacks any of it need not be paid. Each field is known from facts (a
number, a report of the terminal), from the line itself (rule and rate), from the act of
invoicing (its date and total), or it is a text of the contract that stands on every invoice.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus
from app.evidence.facts.money import Accessorial
from app.evidence.facts.reference import ReferenceKind
from app.pricing.contract.windows import DemurrageInvoices, Trade
from app.pricing.lines.charge import Charge
from app.pricing.right.clocks import facts_of, terminal_reports


class KnownBy(StrEnum):
    """Where a field of the invoice comes from."""

    NUMBER = "a number of that kind"
    REPORT = "a report of the terminal"
    FREE_TIME = "the claim, or the reports between which the clock ran"
    LINE = "the charge line"
    ISSUING = "the act of invoicing"
    TEXT = "the contract's own words"


class Field(msgspec.Struct, frozen=True):
    """One field of 541.6, its paragraph, and where it comes from."""

    name: str
    paragraph: str
    known_by: KnownBy
    only_for: Trade | None = None


FIELDS = (
    Field("bol", "(a)(1)", KnownBy.NUMBER),
    Field("container", "(a)(2)", KnownBy.NUMBER),
    Field("port_of_discharge", "(a)(3)", KnownBy.REPORT, Trade.IMPORT),
    Field("liable_because", "(a)(4)", KnownBy.TEXT),
    Field("invoice_date", "(b)(1)", KnownBy.ISSUING),
    Field("invoice_due", "(b)(2)", KnownBy.TEXT),
    Field("free_time_allowed", "(b)(3)", KnownBy.FREE_TIME),
    Field("free_time_start", "(b)(4)", KnownBy.FREE_TIME),
    Field("free_time_end", "(b)(5)", KnownBy.FREE_TIME),
    Field("container_available", "(b)(6)", KnownBy.REPORT, Trade.IMPORT),
    Field("earliest_return", "(b)(7)", KnownBy.REPORT, Trade.EXPORT),
    Field("days_charged", "(b)(8)", KnownBy.FREE_TIME),
    Field("total_due", "(c)(1)", KnownBy.ISSUING),
    Field("rule_charged_by", "(c)(2)", KnownBy.LINE),
    Field("rate_charged", "(c)(3)", KnownBy.LINE),
    Field("dispute_contact", "(d)(1)", KnownBy.TEXT),
    Field("dispute_website", "(d)(2)", KnownBy.TEXT),
    Field("dispute_time_limits", "(d)(3)", KnownBy.TEXT),
    Field("certified_by_the_rules", "(e)(1)", KnownBy.TEXT),
    Field("certified_not_our_doing", "(e)(2)", KnownBy.TEXT),
)
"""Paragraphs as the rule of 2024-02-26 (89 FR 14362) has them."""

TEXTS = tuple(each.name for each in FIELDS if each.known_by is KnownBy.TEXT)

REPORTS = {
    "port_of_discharge": MilestoneStatus.CONTAINER_DISCHARGED,
    "container_available": MilestoneStatus.CONTAINER_AVAILABLE,
    "earliest_return": MilestoneStatus.RETURN_OPENED,
}


class FieldSeen(msgspec.Struct, frozen=True):
    """A field that the invoice has to carry, and whether it can."""

    name: str
    present: bool
    fact_ids: tuple[str, ...] = ()


def fields_of(
    unit: BillableUnit, charges: Iterable[Charge], ruled: DemurrageInvoices | None
) -> tuple[FieldSeen, ...]:
    """Every field that 541.6 asks for; none where no line of the unit falls under it."""
    lines = [each for each in charges if ruled is not None and each.code in ruled.charges]
    if ruled is None or not lines:
        return ()
    wanted = (each for each in FIELDS if each.only_for in {None, ruled.trade})
    return tuple(_seen(each, unit, lines, ruled.texts) for each in wanted)


def _seen(
    field: Field, unit: BillableUnit, lines: list[Charge], texts: Mapping[str, str]
) -> FieldSeen:
    match field.known_by:
        case KnownBy.NUMBER:
            kind = ReferenceKind(field.name)
            return _told(field, [f for f in unit.facts.values() if _names(f, kind)])
        case KnownBy.REPORT:
            reports = unit.happened(REPORTS[field.name])
            return _told(field, [f for f in reports if _says(f, field)])
        case KnownBy.FREE_TIME:
            found = [_free_time(field, each, unit) for each in lines]
            ids = tuple(dict.fromkeys(each for ids in found for each in ids))
            return FieldSeen(field.name, all(found), ids)
        case KnownBy.LINE:
            by_rule = field.name == "rule_charged_by"
            return FieldSeen(field.name, all(e.clause if by_rule else e.rows for e in lines))
        case KnownBy.TEXT:
            return FieldSeen(field.name, bool(texts.get(field.name, "").strip()))
        case KnownBy.ISSUING:
            return FieldSeen(field.name, present=True)


def _told(field: Field, facts: Iterable[Fact]) -> FieldSeen:
    ids = tuple(sorted(fact.fact_id for fact in facts))
    return FieldSeen(field.name, bool(ids), ids)


def _names(fact: Fact, kind: ReferenceKind) -> bool:
    return any(reference.kind is kind for reference in fact.references)


def _says(report: Fact, field: Field) -> bool:
    """That it was discharged is no port; the report has to say where."""
    if field.name != "port_of_discharge":
        return True
    said = report.said
    return isinstance(said, Milestone) and said.place is not None and bool(str(said.place))


def _free_time(field: Field, charge: Charge, unit: BillableUnit) -> tuple[str, ...]:
    """The facts by which the line shows its days: its reports, or the claim that tells them."""
    reports = tuple(fact.fact_id for fact in terminal_reports(charge, unit))
    if reports or field.name == "days_charged":
        return reports
    times = ("starts_at", "ends_at") if field.name == "free_time_allowed" else _one_time(field)
    return tuple(
        fact.fact_id
        for fact in facts_of(charge, unit)
        if isinstance(fact.said, Accessorial)
        and all(getattr(fact.said, f"free_time_{time}") is not None for time in times)
    )


def _one_time(field: Field) -> tuple[str, ...]:
    return ("starts_at",) if field.name == "free_time_start" else ("ends_at",)
