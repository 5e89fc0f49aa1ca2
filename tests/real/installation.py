"""An installation whose releases go to a billing system by themselves, as files and settings."""

import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.real.tryton import RunningTryton

DESTINATIONS = """
destinations:
- name: erp
  kind: connector
  connection: books
  secret: house-erp
  events: [release.claimed]
  claims: yes
  limits: {most_attempts: 60, first_wait_s: 1, longest_wait_s: 5, timeout_s: 8, opens_after: 8}
"""

BOOKS = """
kind: tryton
url: {url}
database: {database}
parties: {{NORTHWIND: C-100}}
journal: REV
receivable account: 1.2.1
revenue account: 4.1.2
revenue accounts: {{fuel_surcharge: 4.3.3}}
timeout seconds: 8
"""


def installation(
    folder: Path, rules: Path, erp_url: str, tryton: RunningTryton
) -> Mapping[str, str]:
    """The product's own rules with one destination more, and the settings that name them."""
    shutil.copytree(rules, folder / "rules")
    partner = folder / "rules" / "partners" / "house"
    (partner / "connections").mkdir(parents=True)
    (partner / "destinations.yaml").write_text(DESTINATIONS, encoding="utf-8")
    books = BOOKS.format(url=erp_url, database=tryton.database)
    (partner / "connections" / "books.yaml").write_text(books, encoding="utf-8")
    secrets = folder / "secrets"
    secrets.mkdir()
    (secrets / "house-erp").write_text(tryton.key, encoding="utf-8")
    return {
        "TOLLGATE_RULES": str(folder / "rules"),
        "TOLLGATE_SECRETS": str(secrets),
        "TOLLGATE_ENGINE_TIME_LIMIT_S": "20",
    }


def amount(told: Any) -> str:
    """An amount as Tryton tells it, to the cent."""
    value = told["decimal"] if isinstance(told, dict) else told
    return str(Decimal(value).quantize(Decimal("0.01")))
