"""What a document that somebody attaches may be: the types that anything asks for.

A type that nobody asks for would be recorded and end nothing.
"""

from collections.abc import Iterator

from app.judgement.rulebook.model import Pattern, RulePack
from app.pricing.contract.contract import Contract, required_documents
from app.reports.standing.missing_paper import EVIDENCE

USUAL = ("POD", "BOL", "LUMPER_RECEIPT", "SCALE_TICKET", "WEIGHT_CERTIFICATE", "PACKING_LIST")
"""The papers of freight that the glossary of the rules names; claims name them as evidence."""


def document_types(rules: RulePack, contract: Contract | None) -> tuple[str, ...]:
    """Every type, each once: the usual ones first, then those of rules and contract by name."""
    required = required_documents(contract) if contract else ()
    asked_for = {EVIDENCE, *required, *_in_rules(rules)}
    return (*USUAL, *sorted(asked_for - set(USUAL)))


def _in_rules(rules: RulePack) -> Iterator[str]:
    """The types with which a rule compares a document's."""
    for pattern in (pattern for rule in rules.rules for pattern in rule.patterns):
        yield from _in_pattern(pattern)


def _in_pattern(pattern: Pattern) -> Iterator[str]:
    for condition in (*pattern.conditions, *pattern.unless):
        if pattern.entity == "document" and condition.name == "document_type":
            yield from (literal.text for literal in condition.literals)
