"""A model that needs no weights, for a real Cog server: draws a picture out of prompt and seed, and does what a marker in the
prompt asks for.

    [[sleep:0.5]] takes that long · [[fail]] raises · [[nothing]] gives no picture · [[jpeg]] [[webp]] [[text]] another file
"""

import re
import tempfile
import time
from hashlib import sha256

from cog import BaseRunner, Input, Path
from PIL import Image

_MARKER = re.compile(r"\[\[([a-z]+)(?::([0-9.]+))?\]\]")


class Predictor(BaseRunner):
    def run(
        self,
        prompt: str = Input(description="What to draw"),
        width: int = Input(default=512, ge=1, le=2048),
        height: int = Input(default=512, ge=1, le=2048),
        seed: int = Input(default=0),
    ) -> list[Path]:
        markers = dict(_MARKER.findall(prompt))
        time.sleep(float(markers.get("sleep") or 0))
        if "fail" in markers:
            raise ValueError(f"no picture of {prompt}")
        if "nothing" in markers:
            return []
        suffix = next((kind for kind in ("jpeg", "webp", "text") if kind in markers), "png")
        file = Path(tempfile.mkdtemp()) / f"out.{suffix}"
        if suffix == "text":
            file.write_text("no picture")
        else:
            color = sha256(f"{prompt} {seed}".encode()).digest()[:3]
            Image.new("RGB", (width, height), tuple(color)).save(file)
        return [file]
