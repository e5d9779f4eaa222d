"""Starts the service under uvicorn, with the limits that uvicorn leaves open by default."""

import uvicorn

GRACE_S = 25
"""Seconds that running requests get after SIGTERM; platforms kill at 30."""


def run(
    app_factory: str, host: str, port: int, workers: int, *, door: bool, log_level: str = "info", root_path: str = ""
) -> None:
    """Serves the application that `app_factory` ("module:function") makes until a signal ends it; `root_path`: the path that a
    proxy in front takes off."""
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
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
