"""Contracts: `contract.yaml` becomes a Contract, or every mistake in it."""

from pathlib import Path

from app.authoring.files.card_files import Read
from app.authoring.files.contract_clocks import prove_clocks
from app.authoring.files.contract_consolidation import prove_consolidation
from app.authoring.files.located_yaml import Node, load
from app.authoring.files.struct_fields import place_of, read_struct
from app.authoring.files.typed_fields import Notes
from app.errors import FileError, Mistake, Place
from app.evidence.facts.reference import ReferenceKind
from app.money import MINOR_UNITS
from app.pricing.contract.contract import Contract

CONTRACT_FILE = "contract.yaml"
BILLABLE_UNITS = ("shipment", "order", "storage")
FREIGHT_TERMS = ("prepaid", "collect", "third_party")
INVOICE_FIELDS = ("free_time_start", "free_time_end", *(kind.value for kind in ReferenceKind))


def load_contract(folder: Path) -> Contract:
    """The contract in a folder such as `ratecards/NORTHWIND`.

    Raises:
        FileError: with every mistake in the file, each at its place.
    """
    return contract_from(str(folder), lambda name: (folder / name).read_text(encoding="utf-8"))


def contract_from(folder: str, read: Read) -> Contract:
    """The contract whose file `read` gives; `folder` goes before its name in mistakes.

    Raises:
        FileError: with every mistake in the file, each at its place.
    """
    file = f"{folder}/{CONTRACT_FILE}"
    try:
        documents = load(read(CONTRACT_FILE), file)
    except OSError as error:
        mistake = Mistake(place=Place(file=file), what="there is no such file")
        raise FileError(f"{file} cannot be read", [mistake]) from error
    if len(documents) != 1:
        mistake = Mistake(place=Place(file=file), what=f"{len(documents)} documents, not one")
        raise FileError(f"{file} is not a contract", [mistake])
    notes = Notes()
    contract = read_struct(Contract, documents[0], notes, "contract")
    if contract is not None:
        _prove(contract, documents[0], notes)
    if contract is None or notes.mistakes:
        raise FileError(f"{file} is not a contract", notes.mistakes)
    return contract


def _prove(contract: Contract, node: Node, notes: Notes) -> None:
    """What no single value shows: one currency throughout, known words, no negative limit."""
    if contract.currency not in MINOR_UNITS:
        what = f"currency {contract.currency!r} is not known"
        notes.add(place_of(node, "currency"), what, ", ".join(MINOR_UNITS))
    if contract.billable_unit not in BILLABLE_UNITS:
        what = f"{contract.billable_unit!r} is not a billable unit"
        notes.add(place_of(node, "billable unit"), what, ", ".join(BILLABLE_UNITS))
    limits = {
        "quote tolerance": contract.quote_tolerance,
        "approval needed above": contract.approval_needed_above,
    }
    for key, limit in limits.items():
        if limit is not None and limit.currency != contract.currency:
            what = f"{limit} is not in {contract.currency}, the contract's currency"
            notes.add(place_of(node, key), what)
        if limit is not None and limit.amount < 0:
            notes.add(place_of(node, key), f"{limit} is below zero")
    for key, words, allowed in (
        ("invoice fields", contract.invoice_fields, INVOICE_FIELDS),
        ("freight terms billed", contract.freight_terms_billed, FREIGHT_TERMS),
    ):
        for word in words:
            if word not in allowed:
                notes.add(place_of(node, key), f"{word!r} is none of them", ", ".join(allowed))
    prove_clocks(contract, node, notes)
    prove_consolidation(contract, node, notes)
    if contract.quantity_tolerance_percent < 0:
        notes.add(place_of(node, "quantity tolerance percent"), "a tolerance is 0 or more")
