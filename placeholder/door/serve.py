"""Starts the service under uvicorn."""


def run(host: str, port: int, workers: int) -> None:
    """Serves until a signal ends it."""
    import uvicorn

    uvicorn.run(
        "placeholder.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http="httptools",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=25,
    )
