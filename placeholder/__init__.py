"""Every picture that a page needs before the real one exists."""

from placeholder.library import draw

__all__ = ["draw"]
