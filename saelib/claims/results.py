"""Where the results of the study lie."""

from __future__ import annotations

import os
from pathlib import Path


def results_folder() -> Path | None:
    """The results folder that belongs to here.

    In this order: the one the running study writes (``SAELIB_RESULTS``), the nearest ``results/`` with a
    ``manifest.json`` upward of the working directory, the one beside saelib's source tree.

    Returns
    -------
    Path or None
        ``None`` if there is none.

    Examples
    --------
    >>> folder = results_folder()
    >>> folder is None or folder.is_absolute()
    True
    """
    if named := os.environ.get("SAELIB_RESULTS"):
        return Path(named).absolute()
    here = Path.cwd()
    beside_source = Path(__file__).resolve().parents[2]
    for folder in (here, *here.parents, beside_source):
        candidate = folder / "results"
        if (candidate / "manifest.json").is_file():
            return candidate
    return None
