"""All doors but HTTP, as the settings open them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from app.entrypoints.feeds.broker import BrokerFeeds
from app.entrypoints.feeds.folder import LOOKS_EVERY_S, FolderFeeds
from app.entrypoints.feeds.pull import PullFeeds
from app.entrypoints.working import Loop, working
from app.operations.house import House
from app.settings import Settings

_ASKS_EVERY_S = 5.0


@contextmanager
def open_feeds(settings: Settings, house: House) -> Iterator[None]:
    """Bytes arrive by broker, folders and questions until the block ends.

    Raises:
        DeploymentError: the broker's URL means none, or what speaks to it is not installed.
    """
    with (
        BrokerFeeds(settings, house),
        closing(PullFeeds(settings, house)) as pulls,
        working([*_watching(settings, house), Loop("pulling", pulls.pull_due, _ASKS_EVERY_S)]),
    ):
        yield


def _watching(settings: Settings, house: House) -> Iterator[Loop]:
    if settings.drops is None:
        return
    folders = FolderFeeds(settings.drops, house)

    def look() -> int:
        folders.look_once()
        return 0  # a file stands still over a pause, so there always is one

    yield Loop("watching folders", look, LOOKS_EVERY_S)
