"""Published numbers that prices refer to."""

from datetime import date
from decimal import Decimal

import msgspec

from app.measures import refuse_nonsense


class IndexValue(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="index_value",
    tag_field="entity",
):
    """One published value of a price index, for example diesel in USD a gallon.

    Natural key: series, region and `published_on`. When it applies is agreed per contract.
    """

    series: str
    region: str
    published_on: date
    price: Decimal

    def __post_init__(self) -> None:
        """Refuse a price nothing can have."""
        refuse_nonsense("price", self.price)


class ExchangeRate(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="exchange_rate",
    tag_field="entity",
):
    """Units of `quote` for one unit of `base` on a day. Natural key: pair, type and day."""

    base: str
    quote: str
    rate_type: str
    on: date
    rate: Decimal

    def __post_init__(self) -> None:
        """Refuse a rate nothing can have."""
        refuse_nonsense("rate", self.rate)
