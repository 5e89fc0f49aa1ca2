"""Which broker a URL means."""

from urllib.parse import urlsplit

from app.errors import DeploymentError, Mistake, Place
from app.infrastructure.brokers.broker import Broker
from app.infrastructure.brokers.letters import Limits

SETTING = "TOLLGATE_BROKER_URL"
_ALLOWED = "nats://host:4222, amqp://user:password@host:5672/, or kafka://host:9092"


def broker_at(url: str, limits: Limits) -> Broker:
    """The broker, not connected yet.

    Raises:
        DeploymentError: the URL means none, or what speaks its protocol is not installed.
    """
    scheme = urlsplit(url).scheme
    try:
        match scheme:
            case "nats" | "tls":
                from app.infrastructure.brokers.nats_streams import NatsStreams  # noqa: PLC0415

                return NatsStreams(url, limits)
            case "amqp" | "amqps":
                from app.infrastructure.brokers.rabbit_queues import RabbitQueues  # noqa: PLC0415

                return RabbitQueues(url, limits)
            case "kafka":
                from app.infrastructure.brokers.kafka_topics import KafkaTopics  # noqa: PLC0415

                return KafkaTopics(url, limits)
            case _:
                raise _wrong(f"{scheme or 'a URL without a scheme'} is no broker", "")
    except ImportError as error:
        what = f"what speaks {scheme}:// is not installed ({error.name})"
        raise _wrong(what, "install tollgate with the extra nats, rabbit or kafka") from error


def _wrong(what: str, mend: str) -> DeploymentError:
    # The URL itself may hold a password, and is not repeated.
    mistake = Mistake(place=Place(field=SETTING), what=what, allowed=_ALLOWED, mend=mend)
    return DeploymentError("the broker cannot be used", [mistake])
