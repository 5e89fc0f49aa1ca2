"""Editions, and since when each is in force."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from app.digest import digest
from app.errors import NotFoundError
from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import Acceptance
from app.infrastructure.storage.tenant_rows import TenantRows

_edition = tables.edition.c
_acceptance = tables.edition_acceptance.c
_ACCEPTANCE = tuple(_acceptance[name] for name in Acceptance.__struct_fields__)


class Editions:
    """Accepted versions of what people write."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def add(self, *, digest: str, kind: str, name: str, body: bytes) -> None:
        """Keep an edition under its digest; keeping it again changes nothing."""
        row = {"digest": digest, "kind": kind, "name": name, "body": body}
        self._rows.add(tables.edition, [row], _edition.digest)
        assert self.body(digest) == body, "one digest, one text"

    def body(self, digest: str) -> bytes:
        """The text of an edition."""
        query = self._rows.select(tables.edition, _edition.body).where(_edition.digest == digest)
        found: bytes | None = self._rows.one_value(query)
        if found is None:
            raise NotFoundError(f"there is no edition {digest}")
        return found

    def accept(
        self, *, kind: str, name: str, digest: str, accepted_at: datetime, actor: str
    ) -> bool:
        """Put an edition into force; false when it was in force at that moment already."""
        if self.in_force(kind, name, accepted_at) == digest:
            return False
        row = {
            "kind": kind,
            "name": name,
            "digest": digest,
            "accepted_at": accepted_at,
            "actor": actor,
        }
        self._rows.add(tables.edition_acceptance, [row], _acceptance.seq)
        return True

    def in_force(self, kind: str, name: str, at: datetime | None = None) -> str | None:
        """The digest of the edition in force at a moment; without one, of the latest."""
        query = self._accepted(kind, at).where(_acceptance.name == name)
        latest = query.order_by(_acceptance.accepted_at.desc(), _acceptance.seq.desc()).limit(1)
        row = self._rows.first(latest)
        return None if row is None else str(row.digest)

    def accepted_at(self, kind: str, name: str) -> datetime:
        """Since when the edition in force now is."""
        query = self._rows.select(tables.edition_acceptance, _acceptance.accepted_at)
        query = query.where(_acceptance.kind == kind, _acceptance.name == name)
        order = (_acceptance.accepted_at.desc(), _acceptance.seq.desc())
        found: datetime | None = self._rows.one_value(query.order_by(*order).limit(1))
        if found is None:
            raise NotFoundError(f"no edition of {kind} {name} was ever accepted")
        return found

    def accepted_before(self, digests: Collection[str], at: datetime) -> tuple[Acceptance, ...]:
        """Every time that one of these editions was accepted up to a moment, in order."""
        query = self._rows.select(tables.edition_acceptance, *_ACCEPTANCE)
        query = query.where(_acceptance.accepted_at <= at)
        rows = self._rows.among(query, _acceptance.digest, digests)
        found = (Acceptance(**row._asdict()) for row in rows)
        return tuple(sorted(found, key=lambda each: each.accepted_at))

    def names_in_force(self, kind: str, at: datetime | None = None) -> dict[str, str]:
        """Every name of this kind, and the digest of its edition in force; sorted by name."""
        query = self._accepted(kind, at).order_by(
            _acceptance.name, _acceptance.accepted_at, _acceptance.seq
        )
        return {str(row.name): str(row.digest) for row in self._rows.all(query)}

    def acceptances_in_force(self, kind: str) -> tuple[Acceptance, ...]:
        """Every name of this kind with the acceptance of its edition in force, by name."""
        query = self._rows.select(tables.edition_acceptance, *_ACCEPTANCE)
        query = query.where(_acceptance.kind == kind)
        order = (_acceptance.name, _acceptance.accepted_at, _acceptance.seq)
        rows = self._rows.all(query.order_by(*order))
        last = {str(row.name): Acceptance(**row._asdict()) for row in rows}
        return tuple(last.values())

    def as_if_accepted(self, drafts: Mapping[tuple[str, str], bytes]) -> "Editions":
        """The same with drafts in force, each the canonical body of its kind and name."""
        return DraftedEditions(self._rows, drafts)

    def _accepted(self, kind: str, at: datetime | None) -> Select[Any]:
        columns = (_acceptance.name, _acceptance.digest)
        query = self._rows.select(tables.edition_acceptance, *columns)
        query = query.where(_acceptance.kind == kind)
        return query if at is None else query.where(_acceptance.accepted_at <= at)


class DraftedEditions(Editions):
    """Editions as they would be with drafts in force now; what was in force earlier stays so."""

    def __init__(self, rows: TenantRows, drafts: Mapping[tuple[str, str], bytes]) -> None:
        super().__init__(rows)
        self._digests = {name: digest(body) for name, body in drafts.items()}
        self._bodies = {self._digests[name]: body for name, body in drafts.items()}

    def body(self, digest: str) -> bytes:
        """The text of an edition, drafted or stored."""
        drafted = self._bodies.get(digest)
        return super().body(digest) if drafted is None else drafted

    def in_force(self, kind: str, name: str, at: datetime | None = None) -> str | None:
        """The digest of the edition in force at a moment; without one, of the draft."""
        drafted = self._digests.get((kind, name)) if at is None else None
        return drafted or super().in_force(kind, name, at)

    def names_in_force(self, kind: str, at: datetime | None = None) -> dict[str, str]:
        """Every name of this kind, and the digest of its edition in force; sorted by name."""
        found = super().names_in_force(kind, at)
        if at is None:
            found |= {name: each for (of, name), each in self._digests.items() if of == kind}
        return dict(sorted(found.items()))
