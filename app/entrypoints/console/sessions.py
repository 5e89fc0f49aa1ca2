"""What the cookie says that names who is signed in.

With keys it is a signed token: the digest of the key's digest, when it ends, and a signature by all
keys together. The key itself is nowhere in it, whoever holds no key cannot make one, and any change
of the keys signs everybody out. Without keys it is what somebody on this machine chose, unsigned:
whoever can ask at all may choose.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from app.access import Person, Role
from app.digest import canonical, digest

LASTS = timedelta(hours=12)
_TEXT = 100


class Sessions:
    """Issues tokens for keys and reads them again."""

    def __init__(self, keys: Collection[str]) -> None:
        """Know the keys by their digests."""
        self._keys = {digest(each.encode()): each for each in keys}
        self._secret = canonical(["console session", sorted(keys)])

    def issued(self, key: str, now: datetime) -> str:
        """A token for the key with this digest, from now on."""
        assert key in self._keys.values(), "only a key that is known signs somebody in"
        said = f"{digest(key.encode())}.{int((now + LASTS).timestamp())}"
        return f"{said}.{self._signature(said)}"

    def key_of(self, token: str, now: datetime) -> str:
        """The digest of the key that the token was issued for; empty where it does not hold."""
        said, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            return ""
        name, _, ends = said.partition(".")
        return self._keys.get(name, "") if now.timestamp() < int(ends) else ""

    def _signature(self, said: str) -> str:
        return hmac.new(self._secret, said.encode(), "sha256").hexdigest()


def chosen(person: Person) -> str:
    """The cookie of somebody who chose who they are."""
    return urlsafe_b64encode(canonical(person)).decode()


def who_chose(cookie: str) -> Person | None:
    """Who was chosen; None where the cookie is not one of ours."""
    try:
        person = msgspec.json.decode(urlsafe_b64decode(cookie), type=Person, strict=True)
    except (ValueError, msgspec.MsgspecError):
        return None
    fits = (person.role is Role.CUSTOMER) == bool(person.customer)
    return person if fits and is_name(person.name) else None


def is_name(text: str) -> bool:
    """Whether somebody can be called that: it is printed, and stored with what they do."""
    return 0 < len(text) <= _TEXT and text.isprintable() and text.strip() == text
