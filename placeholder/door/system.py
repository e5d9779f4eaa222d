"""What only the operating system knows of sockets and files. Without its say (Windows), as much as the transport knows."""

import socket
import struct
import sys
from asyncio import Transport
from contextlib import suppress

_RESET = struct.pack("ii", 1, 0)

if sys.platform == "win32":

    def unread(transport: Transport) -> int:
        return transport.get_write_buffer_size()

    def raise_file_limit() -> int | None:
        return None

else:
    import fcntl
    import resource
    import termios

    def unread(transport: Transport) -> int:
        """Bytes written to `transport` that its peer has not acknowledged."""
        waiting = transport.get_write_buffer_size()
        try:
            told = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, b"\0" * 4)
        except (OSError, ValueError):  # closed, or a system that does not say
            return waiting
        return waiting + int.from_bytes(told, sys.byteorder)

    def raise_file_limit() -> int | None:
        """Lets this process, and those it starts, open as many files as it may; how many, None where there is no limit."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):  # macOS: its true limit is lower than the one it tells
            hard = soft
        return None if hard == resource.RLIM_INFINITY else hard


def drop(transport: Transport) -> None:
    """Closes at once. What was written is forgotten in the kernel too, which would offer it to its peer for minutes."""
    with suppress(OSError, ValueError):  # closed
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
