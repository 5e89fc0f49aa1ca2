"""Which URLs are taken, and what is said when a database is not there."""

from pathlib import Path

import pytest

from app.errors import DeploymentError
from app.infrastructure.storage.database import Database


@pytest.mark.parametrize(
    "url",
    [
        "mysql://biller:s3cret@db/tollgate",
        "postgresql+asyncpg://biller:s3cret@db/tollgate",
        "postgresql://biller:s3cret@db:s3cret/tollgate",
        "postgresql://biller:x@s3cret@db:5432/tollgate",
        "postgresql://biller:s3cret@db",
        "s3cret",
        "",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://s3cret/file.db",
    ],
)
def test_a_url_that_is_not_allowed_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(DeploymentError, match=r"sqlite:///FILE\.db") as refused:
        Database(url)

    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_database_shows_where_it_is_and_not_its_password() -> None:
    database = Database("postgresql://biller:s3cret@db:5433/tollgate?password=s3cret")

    assert repr(database) == "Database('postgresql://db:5433/tollgate')"


def test_a_server_that_does_not_answer_is_named_without_the_password() -> None:
    database = Database("postgresql://biller:s3cret@127.0.0.1:1/tollgate")

    with pytest.raises(DeploymentError, match=r"postgresql://127\.0\.0\.1:1/tollgate") as failed:
        database.check_current()

    assert "s3cret" not in str(failed.value)


def test_a_folder_that_is_not_there_is_an_error_of_the_deployment(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/missing/tollgate.db")

    with pytest.raises(DeploymentError, match="unable to open database file"):
        database.upgrade()


def test_asking_whether_a_file_is_current_does_not_make_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tollgate.db"

    with pytest.raises(DeploymentError, match="run `tollgate db upgrade`"):
        Database(f"sqlite:///{file}").check_current()

    assert not file.exists()


@pytest.mark.parametrize(
    "url",
    ["postgres://db/tollgate", "postgresql://db/tollgate", "postgresql+psycopg://db/tollgate"],
)
def test_every_way_to_write_postgresql_means_the_same(url: str) -> None:
    assert repr(Database(url)) == "Database('postgresql://db/tollgate')"
