"""`rules/authority.yaml`: which system's word counts for which attribute."""

from decimal import Decimal
from pathlib import Path

from app.authoring.files.located_yaml import Mapping, load
from app.authoring.files.typed_fields import Fields, Notes
from app.errors import FileError, Place
from app.evidence.correlation.acts import ACTS, OF_DISPUTES, WAIVES
from app.evidence.correlation.authority import Authority, Owner
from app.evidence.correlation.packages import OWNER as PACKAGE
from app.evidence.correlation.surroundings import SURROUNDING
from app.evidence.correlation.told import SPOKEN_OF

OWNED = tuple(dict.fromkeys((*SPOKEN_OF, *ACTS.values(), *SURROUNDING)))
"""Everything somebody must have authority over."""
NAMED = (*OWNED, PACKAGE, *OF_DISPUTES, WAIVES)
"""Of packages nobody needs to: without an entry the last word counts. Nor of disputes and waivers:
without an entry nobody may, and what is said of a dispute holds.
"""


def load_authority(folder: Path) -> Authority:
    """The owners of all attributes; a customer's own are nested under `customers`.

    Raises:
        FileError: with every mistake of the file.
    """
    notes = Notes()
    name = f"{folder.name}/authority.yaml"
    documents = load((folder / "authority.yaml").read_text(encoding="utf-8"), name)
    owners: list[Owner] = []
    for document in documents:
        for key, node in document.entries if isinstance(document, Mapping) else ():
            if key.text == "customers":
                for customer, own in node.entries if isinstance(node, Mapping) else ():
                    for attribute, entry in own.entries if isinstance(own, Mapping) else ():
                        owners.append(
                            _owner(
                                Fields(entry, notes, attribute.text), attribute.text, customer.text
                            )
                        )
                continue
            if key.text not in NAMED:
                notes.wrong_word(key, "attribute", NAMED)
            owners.append(_owner(Fields(node, notes, key.text), key.text, ""))
    listed = {owner.attribute for owner in owners if not owner.customer}
    for missing in OWNED:
        if missing not in listed:
            notes.add(Place(file=name), f"nobody has authority over `{missing}`")
    if notes.mistakes:
        raise FileError(f"{name} is not accepted; nothing was changed", notes.mistakes)
    return Authority(owners=tuple(owners))


def _owner(fields: Fields, attribute: str, customer: str) -> Owner:
    systems = tuple(word.text for word in fields.words("systems"))
    if not systems:
        fields.notes.add(fields.place, f"`{attribute}` names no system")
    percent = fields.scalar("tolerance percent", needed=False)
    owner = Owner(
        attribute=attribute,
        systems=systems,
        tolerance=fields.number("tolerance", Decimal(0)),
        tolerance_percent=fields.number("tolerance percent") if percent else None,
        customer=customer,
    )
    fields.finish()
    return owner
