"""The pictures of jobs as they stand: finished ones from their one stored master, in any width of the ladder and in three
formats, and what stands in for them until then."""

from functools import partial

from placeholder.cache import BoundedCache
from placeholder.errors import Unavailable
from placeholder.jobs.model import Job, blob_key
from placeholder.jobs.ports import Blobs
from placeholder.raster.press import Press
from placeholder.raster.variant import variant
from placeholder.synth.catalogue import Picture, find, verdict_on
from placeholder.values.format import Format
from placeholder.values.ladder import scaled


class Gallery:
    def __init__(self, blobs: Blobs, press: Press, cache_bytes: int) -> None:
        self._blobs, self._press = blobs, press
        self._masters: BoundedCache[tuple[str, int], bytes] = BoundedCache(cache_bytes)

    async def finished(self, job: Job, width: int, format: Format) -> bytes:
        """The picture of a job that is ready. Raises Busy, Unavailable."""
        if width == job.w and format is Format.PNG:
            return await self._master(job)
        master = await self._master(job)
        return await self._press.make((job.id, job.epoch, width, format), partial(variant, master, width, format))

    async def _master(self, job: Job) -> bytes:
        name = job.id, job.epoch
        body = self._masters.get(name)
        if body is None:
            body = await self._blobs.get(blob_key(*name))
            if body is None:
                raise Unavailable("The store of pictures")
            self._masters.keep(name, body, len(body))
        return body

    async def unfinished(self, job: Job, width: int, format: Format) -> bytes:
        """A pattern that follows from the id, and so tells nothing of the prompt; or why there will be no picture. Raises
        Busy."""
        size = scaled(job.size, width)
        if job.code is not None:
            return await self._press.print(verdict_on(size, "blocked" if job.code == "blocked" else "failed", format))
        picture: Picture = find(f"/seed/{job.id}/{size.w}x{size.h}.{format.name.lower()}", "")
        return await self._press.print(picture)
