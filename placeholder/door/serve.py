"""Starts the service under uvicorn, with the limits that uvicorn leaves open by default."""

from dataclasses import replace
from typing import Any

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from placeholder.door.guard import Guard, Guarded
from placeholder.door.limits import MOST_BEYOND, Limits
from placeholder.door.protocol import Door
from placeholder.door.system import raise_file_limit

GRACE_S = 25
"""Seconds that running requests get after SIGTERM; platforms kill at 30."""
KEEP_ALIVE_S = 65
"""Seconds that an idle connection is kept: longer than the 60 of most proxies, which would otherwise now and then send a
request into a connection that is just being closed."""
OTHER_FILES = 256
"""Files that a process opens besides its connections: databases, pictures, providers, what Python imports late."""


def run(
    app_factory: str,
    host: str,
    port: int,
    workers: int,
    *,
    door: bool,
    max_connections: int,
    log_level: str = "info",
    log_config: dict[str, Any] | None = None,
    root_path: str = "",
    limits: Limits | None = None,
    grace_s: int = GRACE_S,
) -> None:
    """Serves the application that `app_factory` ("module:function") makes until a signal ends it; `root_path`: the path that a
    proxy in front takes off; `log_config`: how uvicorn writes its own lines, if otherwise than by itself."""
    files = raise_file_limit()
    ceiling = max_connections if files is None else min(max_connections, max(1, files - OTHER_FILES - MOST_BEYOND))
    guard: Any = Guard(Door if door else Guarded, replace(limits or Limits(), connections=ceiling))
    uvicorn.run(
        app_factory,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="auto",
        root_path=root_path,
        http=guard,
        ws="none",
        access_log=False,
        log_level=log_level,
        log_config=log_config or LOGGING_CONFIG,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=grace_s,
    )
