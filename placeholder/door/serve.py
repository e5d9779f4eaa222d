"""Starts the service under uvicorn, with the limits that uvicorn leaves open by default."""

from typing import Any

import uvicorn
from uvicorn.config import LOGGING_CONFIG

GRACE_S = 25
"""Seconds that running requests get after SIGTERM; platforms kill at 30."""


def run(
    app_factory: str,
    host: str,
    port: int,
    workers: int,
    *,
    door: bool,
    log_level: str = "info",
    log_config: dict[str, Any] | None = None,
    root_path: str = "",
) -> None:
    """Serves the application that `app_factory` ("module:function") makes until a signal ends it; `root_path`: the path that a
    proxy in front takes off. `log_config`: how uvicorn writes its own lines, if otherwise than by itself."""
    uvicorn.run(
        app_factory,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="auto",
        root_path=root_path,
        http="placeholder.door.protocol:Door" if door else "httptools",
        ws="none",
        access_log=False,
        log_level=log_level,
        log_config=log_config or LOGGING_CONFIG,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
