"""The source of a fact: the message as it was received, and what was made of it."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Person
from app.entrypoints.console.pages import page
from app.operations.house import House
from app.operations.looking.message_page import delivery_of, message_of_fact, message_page
from app.operations.looking.paper import attached_paper

ENDINGS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/tiff": "tif",
    "text/plain": "txt",
}


@get("/messages/{seq:int}", sync_to_thread=True, include_in_schema=False)
def show_message(
    request: Request[Any, Any, Any],
    seq: FromPath[int],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """A message by its place in the order of arrival."""
    return page(request, "message.html", person, message=message_page(house, seq))


@get("/messages/of-fact/{fact_id:str}", sync_to_thread=True, include_in_schema=False)
def show_source(
    request: Request[Any, Any, Any],
    fact_id: FromPath[str],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """The message in which a fact was told."""
    return page(request, "message.html", person, message=message_of_fact(house, fact_id))


@get("/messages/papers/{delivery_id:str}", sync_to_thread=True, include_in_schema=False)
def send_paper(
    delivery_id: FromPath[str],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """A paper that somebody attached, to be kept: it came from outside and is not shown here."""
    paper = attached_paper(house, person, delivery_id)
    return _download(paper.raw, f"paper-{delivery_id[:12]}.{ENDINGS[paper.media]}", paper.media)


@get("/messages/{seq:int}/raw", sync_to_thread=True, include_in_schema=False)
def send_raw(seq: FromPath[int], house: NamedDependency[House]) -> Response[bytes]:
    """The bytes as they were received, to be kept and never to be shown by the browser."""
    delivery = delivery_of(house, seq)
    return _download(
        delivery.raw, f"delivery-{delivery.delivery_id[:12]}.bin", "application/octet-stream"
    )


def _download(body: bytes, name: str, media: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=media, headers=headers)
