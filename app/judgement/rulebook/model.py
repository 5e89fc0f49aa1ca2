"""A rule pack as data: what finance wrote, typed by the glossary, ready to be judged by.

Both keys are made from this model, each in its own way. Packs are stored as editions, so
these types only grow.

Semantics, for both keys. A condition is true, false or unknown; it is unknown when a value
it needs is missing (or two amounts are of different currencies), except that `known` and
`unknown` are never unknown themselves.

* `a`      is satisfied when some item has all conditions true;
* `no`     is satisfied when every item has at least one condition false;
* `every`  is satisfied when every item has all conditions true or is excepted by `unless`;
* `unit`   is satisfied when all conditions on the unit are true.

An amount that equals one of a list is one of it; if it does not, and some amount of the list
is in another currency, that is unknown. Days are compared and never added.

A sum adds like to like: amounts of one currency, numbers, days and whole numbers of days
(a day less a day is a whole number). It is unknown when a part is. A percentage of a value
is exact and never rounded: it is compared, not paid.

Derived facts are computed before any rule looks, in the pack's order (each after those it
is built on), and are names like any other:

* `value`  a sum;
* `when`   yes when all conditions are true, no when one is false, else unknown;
* `count`  how many items have all conditions true; unknown when, for some item, none of its
           conditions is false and one is unknown;
* `sum`    a value added up over those items; unknown when the count is, when one of the
           values is, or when no amount says in which currency nothing is;
* `look up` the value of the most specific row of a table whose cells all equal the names'
           values; a customer's own rows come first; no row, or an unknown name, is unknown.

So what is unknown never satisfies anything and never excepts anything. A requirement fires
when its checklist applies, its `unless` is not true and its pattern is not satisfied; a
permission (release, provisional, no bill) fires when it applies and all its patterns are
satisfied; it has no `unless`, as what is unknown would then permit something. An item that
breaks `no` or `every` is the subject of its firing.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.money import Money
from app.remembered import Remembered

PACKS_REMEMBERED = 256
"""Of what is in force on a day."""


class ValueType(StrEnum):
    """What a name's values are."""

    TEXT = "text"
    WORD = "word"
    """One of a closed list."""
    YES_NO = "yes or no"
    WHOLE = "whole number"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"


class Name(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A name that rules may use, as the glossary explains it."""

    entity: str
    """`unit` or the kind of item: document, charge, ..."""
    name: str
    value_type: ValueType
    says: str
    source: str
    """The system, or the room of the product, the value comes from."""
    unit: str = ""
    allowed: tuple[str, ...] = ()
    always: bool = False
    """It has a value on every unit; only such names may stand in `applies to`."""
    personal: bool = False
    """Personal data; no rule may use it."""


class Operator(StrEnum):
    """How a value is compared."""

    IS = "is"
    IS_NOT = "is not"
    ONE_OF = "one of"
    NONE_OF = "none of"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    MORE_THAN = "more than"
    LESS_THAN = "less than"
    KNOWN = "known"
    UNKNOWN = "unknown"


Constant = bool | int | Decimal | date | Money | str


class Literal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A constant as written, with its type; exactly one way to read it."""

    value_type: ValueType
    text: str
    """`yes`/`no`, digits, a decimal, `2026-03-01`, `75.00 USD`, or the word itself."""


class Term(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One summand of what a value is compared with: a name, or a literal."""

    name: str = ""
    of_unit: bool = False
    """The name is the unit's although the pattern is about an item."""
    literal: Literal | None = None
    negative: bool = False
    percent: str = ""
    """Not empty: so many hundredths of it, a decimal as text."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One comparison: `name operator operand`.

    `literals` is the list for `one of` and `none of` and the single constant for `is` and
    `is not`; `terms` is the sum compared with by the ordering operators, and by `is` and
    `is not` when they compare with a name.
    """

    name: str
    operator: Operator
    literals: tuple[Literal, ...] = ()
    terms: tuple[Term, ...] = ()


class Quantifier(StrEnum):
    """How many items must fit."""

    SOME = "a"
    NONE = "no"
    EVERY = "every"
    UNIT = "unit"


class Pattern(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What must be found: `a document: {type: POD, status: accepted}`."""

    quantifier: Quantifier
    entity: str
    conditions: tuple[Condition, ...]
    unless: tuple[Condition, ...] = ()
    """Excepts an item (for `every`) when all of them are true of it."""


class Kind(StrEnum):
    """What a rule does when it fires."""

    REQUIRE = "require"
    """Holds the invoice or a line."""
    RELEASE = "release"
    NO_BILL = "no bill"
    PROVISIONAL = "provisional"


class Scope(StrEnum):
    """What a hold stops."""

    INVOICE = "invoice"
    LINE = "line"


FULL_ESTIMATE = "full estimate"
PERCENT_OF_ESTIMATE = "percent of estimate"
COST_PLUS = "cost plus"
LAST_KNOWN = "last known"
"""What a provisional bills."""


class ProvisionalTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a provisional permission covers and where it ends."""

    waives: tuple[str, ...]
    """Hold codes."""
    up_to: Money
    """The whole estimate, whatever part of it is billed; lines kept back count."""
    exposure_up_to: Money
    """What is billed, across all open provisional invoices; settled when it is claimed."""
    expires_after_days: int
    on_expiry: str
    """`escalate`, `credit in full` or `final at estimate`."""
    bills: str = FULL_ESTIMATE
    """`full estimate`, `percent of estimate`, `cost plus` or `last known`."""
    percent: str = ""
    """Of `percent of estimate` and `cost plus`: a decimal as text."""
    not_to_exceed: Money | None = None
    """No provisional invoice comes to more than this, whatever is estimated."""
    oldest_open_days: int | None = None
    """While the customer has an open provisional invoice as old as this, there is no other."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule; `rule_id` is never used again for another."""

    rule_id: str
    kind: Kind
    checklist: str
    owner: str
    effective_from: date
    effective_before: date | None = None
    edition_by: str = "as-of"
    """Which day selects it: `as-of` or `service date`."""
    applies: tuple[Condition, ...] = ()
    """On names of the unit that always have a value; all must be true."""
    patterns: tuple[Pattern, ...]
    """One for a requirement; a permission may have several and needs them all."""
    unless: tuple[Condition, ...] = ()
    """Excepts the unit when all of them are true of it."""
    hold: str = ""
    scope: Scope = Scope.INVOICE
    say: str
    ask: str = ""
    """Who can mend it."""
    provisional: ProvisionalTerms | None = None
    written_at: str
    """`file:line` of the rule as accepted."""


class Derivation(StrEnum):
    """How a derived fact is computed."""

    VALUE = "value"
    WHEN = "when"
    COUNT = "count"
    SUM = "sum"
    LOOK_UP = "look up"


class TableRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a table beside the rules; a key that is None fits anything."""

    keys: tuple[Literal | None, ...]
    value: Literal
    own: bool = False
    """It stands in the customer's own table, and comes before the rows for everybody."""
    effective_from: date = date.min
    effective_before: date | None = None
    written_at: str

    @property
    def specific(self) -> tuple[bool, int]:
        """What comes first: the customer's own, then the row with more cells filled in."""
        return self.own, sum(key is not None for key in self.keys)


class Derived(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A name that the rules themselves define, for the unit or for each item of a kind."""

    entity: str
    name: str
    value_type: ValueType
    says: str
    owner: str
    derivation: Derivation
    terms: tuple[Term, ...] = ()
    """Of a value: what is added up."""
    conditions: tuple[Condition, ...] = ()
    """Of `when`, on the thing itself; of a count or sum, on the items counted."""
    over: str = ""
    """Of a count or sum: the kind of item."""
    of_name: str = ""
    """Of a sum: the name of the item that is added up."""
    by: tuple[Term, ...] = ()
    """Of a look-up: the names whose values the rows' keys are compared with."""
    rows: tuple[TableRow, ...] = ()
    effective_from: date = date.min
    effective_before: date | None = None
    written_at: str


class Severity(StrEnum):
    """What a hold does."""

    BLOCK = "block"
    WARN = "warn"


class HoldKind(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the closed catalogue of holds."""

    code: str
    says: str
    owner: str
    """The queue that works it; a hold without an owner is a bug."""
    waits_for: str
    way_out: str
    due_hours: int
    waivable: bool
    """Whether a provisional policy may waive it."""
    severity: Severity = Severity.BLOCK
    by_service: bool = False
    """Placed by the product itself; it can only stop."""


class RulePack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All rules that may apply to a customer's units, with the words they are written in."""

    name: str
    rules: tuple[Rule, ...]
    glossary: tuple[Name, ...]
    holds: tuple[HoldKind, ...]
    derived: tuple[Derived, ...] = ()
    """Each after those it is built on."""

    def hold(self, code: str) -> HoldKind:
        """The catalogue entry; a code outside the catalogue never gets into a pack."""
        found = next((kind for kind in self.holds if kind.code == code), None)
        assert found is not None, f"hold {code} is not in the catalogue"
        return found


def constant_of(literal: Literal) -> Constant:
    """The literal as a value; the checker has proved that it can be read."""
    match literal.value_type:
        case ValueType.YES_NO:
            return literal.text == "yes"
        case ValueType.WHOLE:
            return int(literal.text)
        case ValueType.NUMBER:
            return Decimal(literal.text)
        case ValueType.DATE:
            return date.fromisoformat(literal.text)
        case ValueType.MONEY:
            amount, _, currency = literal.text.partition(" ")
            return Money(Decimal(amount), currency)
        case ValueType.TEXT | ValueType.WORD:
            return literal.text


def in_force(pack: RulePack, as_of: date, service_date: date | None) -> RulePack:
    """The pack with only the rules in force; a rule by service date needs that date.

    A unit without a service date keeps rules selected by it: an unknown day never makes
    a requirement disappear.
    """
    return _in_force.of(
        pack, lambda: _only_in_force(pack, as_of, service_date), also=(as_of, service_date)
    )


_in_force: Remembered[RulePack, RulePack] = Remembered(PACKS_REMEMBERED)


def _only_in_force(pack: RulePack, as_of: date, service_date: date | None) -> RulePack:
    def counts(rule: Rule) -> bool:
        day = service_date if rule.edition_by == "service date" else as_of
        if day is None:
            return rule.kind is Kind.REQUIRE
        return rule.effective_from <= day and (
            rule.effective_before is None or day < rule.effective_before
        )

    return msgspec.structs.replace(
        pack,
        rules=tuple(rule for rule in pack.rules if counts(rule)),
        derived=_derived_in_force(pack.derived, as_of),
    )


def _derived_in_force(derived: tuple[Derived, ...], day: date) -> tuple[Derived, ...]:
    """What is defined on the day, with the rows in force; anything else is unknown to rules."""

    def counts(what: Derived | TableRow) -> bool:
        return what.effective_from <= day and (
            what.effective_before is None or day < what.effective_before
        )

    return tuple(
        msgspec.structs.replace(each, rows=tuple(row for row in each.rows if counts(row)))
        if not all(map(counts, each.rows))
        else each
        for each in derived
        if counts(each)
    )
