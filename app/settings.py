"""What an installation may set, by environment variables that begin with TOLLGATE_."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PRODUCT = Path(__file__).resolve().parent.parent
"""Where the product's own rules/ and ratecards/ lie."""


class Settings(BaseSettings):
    """The settings of one process; every one has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="TOLLGATE_", frozen=True, extra="forbid")

    database_url: SecretStr = SecretStr("sqlite:///tollgate.db")
    """`sqlite:///file.db` or `postgresql://user:password@host/name`."""
    rules: Path = PRODUCT / "rules"
    ratecards: Path = PRODUCT / "ratecards"
    secrets: Path | None = None
    """A folder with one file for each secret that partners' files name."""
    tenant: str = "main"
    actor: str = "operator"
    """Who acts, where nobody has said otherwise."""
    engine_workers: int = 1
    engine_time_limit_s: float = 1.0
    executor: str = ""
    """Under which name this process does long work, the same whenever it is started again; without
    one it takes the first free number on its machine."""
    max_body_bytes: int = 8 * 1024 * 1024
    """The largest request body that is accepted."""
    api_keys: SecretStr = SecretStr("")
    """`name:key` pairs separated by commas; without any, only loopback may ask."""
    roles: str = ""
    """`name:role` pairs separated by commas: what the holder of which key is here for in the
    console (`operations`, `finance`, `audit` or `customer=KESTREL`); without one a key is only for
    systems."""
    broker_url: SecretStr = SecretStr("")
    """Where feeds arrive and events leave: nats://, amqp:// or kafka://; empty without a broker."""
    ask_every_s: float = 60.0
    """How often billing systems are asked what became of their open invoices."""
    log: Literal["json", "text"] = "json"
    """How `serve` and `work` write their log: a JSON object a line, or lines for people."""
    otlp_endpoint: str = ""
    """Where traces go, by OTLP over HTTP: `http://collector:4318`; empty for nowhere."""
    metrics_at: str = ""
    """Where `tollgate work` answers Prometheus, which asks `tollgate serve` at /metrics:
    `127.0.0.1:9464`; empty for nowhere."""
    drops: Path | None = None
    """A folder with one folder per feed, `PARTNER/FEED`, into which partners put files."""
