"""Who may bring bytes by a feed: the partner by its signature, or whoever has a key.

Signatures are those of Standard Webhooks: over id, timestamp and body, and no older than five
minutes. A feed that is to be signed is never taken unsigned, by no key either. Strangers are
not told which feeds there are.
"""

from base64 import b64decode
from dataclasses import replace
from typing import Any

from litestar import Request
from litestar.exceptions import NotAuthorizedException
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from app.entrypoints.api.door import Door
from app.errors import DeploymentError, NotFoundError
from app.evidence.intake.feed import Feed
from app.infrastructure.secrets import read_secret
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.house import House
from app.settings import Settings

STANDARD_WEBHOOKS = "standard_webhooks"


class FeedDoor:
    """Knows the feeds in force, and by which secrets they are signed."""

    def __init__(self, door: Door, house: House, settings: Settings) -> None:
        self._door, self._house, self._settings = door, house, settings

    def house_for(
        self, request: Request[Any, Any, Any], partner: str, name: str, body: bytes
    ) -> House:
        """The house in which whoever brings the bytes acts: under the feed's name if signed.

        Raises:
            NotAuthorizedException: the signature or the key is missing, wrong, or too old.
            PermissionDeniedException: neither is needed, and a browser brings them for a page.
            NotFoundError: there is no such feed; told only to whoever may ask.
            DeploymentError: the feed's secret is not there.
        """
        with self._house.database.reading(self._house.tenant) as store:
            profiles = profiles_in_force(store)
        feed = profiles.feed(partner, name)
        if feed is not None and feed.signature:
            self._verify(feed, request, body)
            return replace(self._door.correlated(request), actor=feed.address)
        house = self._door.house_for(request)
        if feed is None:
            known = ", ".join(each.address for each in profiles.feeds) or "none is configured"
            raise NotFoundError(f"there is no feed {partner}/{name}; there are: {known}")
        return house

    def _verify(self, feed: Feed, request: Request[Any, Any, Any], body: bytes) -> None:
        if feed.signature != STANDARD_WEBHOOKS:
            raise DeploymentError(f"feed {feed.address}: {feed.signature} is not verified here")
        verifier = _verifier(feed, read_secret(self._settings.secrets, feed.secret))
        try:
            verifier.verify(body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            # ValueError: a header that is no signature at all, or a body that is not UTF-8.
            told = isinstance(error, WebhookVerificationError)
            why = str(error) if told else "the signature cannot be read"
            raise NotAuthorizedException(f"feed {feed.address} must be signed: {why}") from None


def _verifier(feed: Feed, text: str) -> Webhook:
    try:
        # The library would pass over what is no base64, and sign with the rest.
        bare = text.removeprefix("whsec_").rstrip("=")
        b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        return Webhook(text)
    except (ValueError, EmptyWebhookSecretError):
        raise DeploymentError(
            f"secret {feed.secret!r} of feed {feed.address} is not base64, with or without whsec_"
        ) from None
