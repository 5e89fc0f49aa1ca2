"""What was worked out from an object that never changes, for as long as it is the same object.

To compare packs or tables by content costs more than to use them, so they are known by
identity; each is kept with what was made of it, so that no other object can get its identity.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Results by the object they were made from and whatever else they depend on.

    Args:
        at_most: so many are kept; the oldest goes first.
    """

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._kept: dict[tuple[int, Hashable], tuple[K, V]] = {}
        self._lock = Lock()

    def of(self, made_from: K, make: Callable[[], V], *, also: Hashable = None) -> V:
        """The result, made now where it is not known; `make` gives the same for the same."""
        key = id(made_from), also
        known = self._kept.get(key)
        if known is not None:
            return known[1]
        made = make()
        with self._lock:
            self._kept[key] = made_from, made
            if len(self._kept) > self._at_most:
                del self._kept[next(iter(self._kept))]
        return made
