"""What the application hands to the protocol in its lifespan state, by name."""

DESK = "placeholder.desk"
"""The Desk, where there is one."""
CLOSING = "placeholder.closing"
"""Called without arguments when the server begins to close, before it waits for the requests that are under way."""
