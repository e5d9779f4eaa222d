"""Every picture that a page needs before the real one exists.

Importing loads nothing: `draw` comes with the library it needs when it is asked for, so that who takes another part of the
package (the pytest plugin, in every run of everybody's tests) pays for that part alone.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from placeholder.library import draw

__all__ = ["draw"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from placeholder import library

    return getattr(library, name)
