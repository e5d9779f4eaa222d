"""The files endpoint: uploads that a prediction's input may name. They are gone after a day."""

import base64
import hashlib
import json
from dataclasses import dataclass
from email.message import Message
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from . import names, problems
from .body import dump
from .clock import HOUR
from .world import World

_KEPT = 24 * HOUR
_ENVELOPE = 64 * 1024
"""What a multipart body may be longer than the file in it."""


@dataclass(frozen=True, slots=True)
class Upload:
    id: str
    name: str
    media_type: str
    content: bytes
    metadata: Any
    created: int

    def view(self, api: str) -> dict[str, Any]:
        md5 = hashlib.md5(self.content).hexdigest()
        return {
            "id": self.id,
            "name": self.name,
            "content_type": self.media_type,
            "size": len(self.content),
            "etag": md5,
            "checksums": {"sha256": hashlib.sha256(self.content).hexdigest(), "md5": md5},
            "metadata": self.metadata,
            "created_at": names.timestamp(self.created),
            "expires_at": names.timestamp(self.created + _KEPT),
            "urls": {"get": f"{api}/files/{self.id}"},
        }


class Uploads:
    def __init__(self, world: World, api: str) -> None:
        self._world = world
        self._api = api
        self._kept: dict[str, Upload] = {}
        self._count = 0

    async def create(self, request: Request) -> Response:
        limit, read = self._world.knobs.max_upload + _ENVELOPE, bytearray()
        too_large = False
        async for chunk in request.stream():
            too_large = too_large or len(read) + len(chunk) > limit
            if not too_large:  # else read on: a client that is cut off in the middle never sees the answer
                read += chunk
        if too_large:
            return problems.answer(problems.TOO_LARGE)
        parts = _parts(bytes(read), request.headers.get("content-type", ""))
        content = parts.get("content")
        if content is None:
            return problems.answer(problems.MALFORMED)
        headers, data = content
        if len(data) > self._world.knobs.max_upload:
            return problems.answer(problems.TOO_LARGE)
        try:
            metadata = json.loads(parts["metadata"][1]) if "metadata" in parts else {}
        except ValueError:
            return problems.answer(problems.MALFORMED)
        self._count += 1
        upload = Upload(
            id=names.upload_id(self._world.seed, self._count),
            name=parts["filename"][1].decode() if "filename" in parts else headers.get_filename() or "file",
            media_type=parts["type"][1].decode() if "type" in parts else headers.get_content_type(),
            content=data,
            metadata=metadata,
            created=self._world.clock.ns(),
        )
        self._kept[upload.id] = upload
        return Response(dump(upload.view(self._api)), 201, media_type="application/json")

    async def list(self, request: Request) -> Response:
        found = [upload.view(self._api) for upload in reversed(self._kept.values()) if self._lives(upload)]
        return Response(dump({"next": None, "previous": None, "results": found}), media_type="application/json")

    async def get(self, request: Request) -> Response:
        upload = self._find(request)
        if upload is None:
            return problems.answer(problems.NOT_FOUND)
        return Response(dump(upload.view(self._api)), media_type="application/json")

    async def delete(self, request: Request) -> Response:
        upload = self._find(request)
        if upload is None:
            return problems.answer(problems.NOT_FOUND)
        del self._kept[upload.id]
        return Response(status_code=204)

    def _find(self, request: Request) -> Upload | None:
        upload = self._kept.get(request.path_params["id"])
        return upload if upload is not None and self._lives(upload) else None

    def _lives(self, upload: Upload) -> bool:
        return self._world.clock.ns() < upload.created + _KEPT


def _parts(raw: bytes, content_type: str) -> dict[str, tuple[Message, bytes]]:
    """The parts of a multipart/form-data body (RFC 7578) by name; what is not one has none."""
    boundary = _header("content-type", content_type).get_param("boundary")
    if not isinstance(boundary, str):
        return {}
    found = {}
    for part in (b"\r\n" + raw).split(b"\r\n--" + boundary.encode("latin-1"))[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = Message()
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            headers[name] = value.strip()
        part_name = headers.get_param("name", header="content-disposition")
        if headers.get("content-transfer-encoding") == "base64":
            data = base64.b64decode(data)
        if isinstance(part_name, str):
            found[part_name] = headers, data
    return found


def _header(name: str, value: str) -> Message:
    headers = Message()
    headers[name] = value
    return headers
