"""What an ordinary user gets who has only what the repository holds."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What a user's own environment says about where packages come from; nothing else is handed on,
# and least of all what `make` and the virtual environment around this test have set.
_KEPT = re.compile(
    r"PIP_.*|SSL_.*|REQUESTS_CA_BUNDLE|(https?|no|all)_proxy|LANG|LC_.*|PATH", re.IGNORECASE
)


@pytest.fixture
def empty_folder() -> Iterator[Path]:
    """A folder that the ordinary user reaches, which pytest's own (0700) is not."""
    folder = Path(tempfile.mkdtemp(prefix="tollgate-install-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_an_ordinary_user_installs_from_the_repository_alone_by_the_steps_of_the_image(
    empty_folder: Path,
) -> None:
    source, venv = _exported_to(empty_folder / "source"), empty_folder / "venv"
    make_install = _make_line_of_the_image(source)
    assert make_install == ["make", "install", "VENV=/opt/tollgate"]

    installed = _as_ordinary_user([*make_install[:2], f"VENV={venv}"], empty_folder, cwd=source)
    assert installed.returncode == 0, installed.stdout

    helped = _as_ordinary_user([str(venv / "bin" / "tollgate"), "--help"], empty_folder, cwd="/")
    assert helped.returncode == 0, helped.stdout
    assert "Usage: tollgate" in helped.stdout

    again = _as_ordinary_user([*make_install[:2], f"VENV={venv}"], empty_folder, cwd=source)
    assert "Nothing to be done" in again.stdout


def test_a_python_that_cannot_be_used_is_answered_with_the_command_that_mends_it(
    empty_folder: Path,
) -> None:
    source = _exported_to(empty_folder / "source")

    refused = _as_ordinary_user(
        ["make", "install", f"VENV={empty_folder / 'venv'}", "PYTHON=false"],
        empty_folder,
        cwd=source,
    )

    assert refused.returncode != 0
    assert "tollgate needs Python 3.11 or 3.12" in refused.stdout
    assert "apt-get install -y python3" in refused.stdout


def _exported_to(folder: Path) -> Path:
    """The files git knows or would add, and no others: no cache, no environment, no history."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    for name in {os.fsdecode(name) for name in listed.stdout.split(b"\0") if name}:
        if (ROOT / name).is_file():  # a file may be deleted and not yet committed
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def _make_line_of_the_image(source: Path) -> list[str]:
    lines = (source / "Dockerfile").read_text(encoding="utf-8").splitlines()
    [line] = [line for line in lines if line.startswith("RUN make ")]
    return line.split()[1:]


def _as_ordinary_user(
    command: list[str], folder: Path, cwd: Path | str
) -> subprocess.CompletedProcess[str]:
    """Run with a home of its own; root steps down to `nobody`, to whom the source is read-only."""
    home, venv = folder / "home", folder / "venv"
    home.mkdir(exist_ok=True)
    venv.mkdir(exist_ok=True)
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    if nobody is not None:
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        os.chown(venv, nobody.pw_uid, nobody.pw_gid)
    kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
    return subprocess.run(
        command,
        cwd=cwd,
        env={**kept, "HOME": str(home), "TMPDIR": str(home)},
        user=nobody.pw_uid if nobody else None,
        group=nobody.pw_gid if nobody else None,
        extra_groups=[] if nobody else None,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
