"""Where activations are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Where saelib keeps what it can make again: ``$SAELIB_CACHE``, else in the user's cache folder.

    The latter is ``saelib`` in ``$XDG_CACHE_HOME``, or in ``~/.cache``.

    Returns
    -------
    Path
        Absolute; not made by this function.

    Examples
    --------
    >>> cache_folder().is_absolute()
    True
    """
    chosen = os.environ.get("SAELIB_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The standard says to ignore a relative path.
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "saelib"
