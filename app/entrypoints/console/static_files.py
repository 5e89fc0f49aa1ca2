"""The few files that pages load: read once, served from memory, kept by browsers.

Each is asked for by a path with its digest in it, so that a browser keeps it for good and asks
anew when it changes.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from app.digest import digest
from app.errors import NotFoundError

MEDIA = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}
FOR_GOOD = "public, max-age=31536000, immutable"


class Asset(msgspec.Struct, frozen=True):
    """One file."""

    body: bytes
    media: str
    tag: str


def _read() -> Mapping[str, Asset]:
    found = {}
    for each in files("app.entrypoints.console").joinpath("static").iterdir():
        body = each.read_bytes()
        found[each.name] = Asset(body, MEDIA[each.name.rpartition(".")[2]], digest(body)[:16])
    return found


ASSETS = _read()


def asset(name: str) -> str:
    """The path by which a page asks for the file."""
    return f"/static/{name}?v={ASSETS[name].tag}"


@get("/static/{name:str}", opt={"everybody": True}, sync_to_thread=False, include_in_schema=False)
def send_static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """One file, or 304 where the browser has it."""
    if name not in ASSETS:
        raise NotFoundError(f"there is no file {name!r}")
    found = ASSETS[name]
    headers = {"ETag": f'"{found.tag}"', "Cache-Control": FOR_GOOD}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, media_type=found.media, headers=headers)
    return Response(found.body, media_type=found.media, headers=headers)
