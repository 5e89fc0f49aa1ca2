"""Kafka as librdkafka's mock cluster speaks it: the protocol, in memory; no broker of Kafka's.

It shows that the code speaks to a cluster, commits and reads on from there. It does not show
what a real cluster does when replicas are lost.
"""

import contextlib
from collections.abc import Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, Producer, TopicPartition


class MockKafka:
    """The cluster, which lives as long as this does, and somebody else who speaks to it."""

    def __init__(self) -> None:
        self._producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock"})
        brokers = self._producer.list_topics(timeout=5).brokers.values()
        self.address = ",".join(f"{each.host}:{each.port}" for each in brokers)
        self.url = f"kafka://{self.address}"

    def publish(self, topic: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Returns when the cluster has it."""
        self._producer.produce(topic, body, headers=[*(headers or {}).items()])
        assert self._producer.flush(5) == 0, "the mock cluster takes what is produced"

    def read(self, topic: str) -> list[Message]:
        """Everything in a topic."""
        with self._reader() as reader:
            parts = self._parts(reader, topic)
            reader.assign(parts)
            found: list[Message] = []
            ended = 0
            while ended < len(parts):
                message = reader.poll(10)
                assert message is not None, "the mock cluster says where a topic ends"
                if message.error() is None:
                    found.append(message)
                else:
                    ended += 1
        return found

    def committed(self, topic: str, group: str) -> int:
        """How many messages of a topic a group has behind it."""
        with self._reader(group) as reader:
            parts = reader.committed(self._parts(reader, topic), timeout=10)
        return sum(max(part.offset, 0) for part in parts)

    @contextlib.contextmanager
    def _reader(self, group: str = "test") -> Iterator[Consumer]:
        settings: dict[str, str | bool] = {
            "bootstrap.servers": self.address,
            "group.id": group,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
        reader = Consumer(settings)
        try:
            yield reader
        finally:
            reader.close()

    @staticmethod
    def _parts(reader: Consumer, topic: str) -> list[TopicPartition]:
        known = reader.list_topics(topic, timeout=10).topics[topic].partitions
        return [TopicPartition(topic, each, OFFSET_BEGINNING) for each in known]


@contextlib.contextmanager
def mock_kafka() -> Iterator[MockKafka]:
    """A cluster that is gone when nobody holds it any more."""
    cluster = MockKafka()
    yield cluster
    del cluster
