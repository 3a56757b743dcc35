"""How each table and notebook was made: code, parameters, seeds, packages, machine, duration."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from saelib.errors import InputError
from saelib.study.files import write_json
from saelib.study.sources import code_version

_PACKAGES = ("numpy", "scipy", "pandas", "pyarrow", "torch", "scikit-learn", "matplotlib", "seaborn")


def provenance(
    files: Iterable[Path], parameters: Any, duration_seconds: float, profile: str, cells: int | None = None
) -> dict[str, Any]:
    """The manifest's entry for one table or notebook.

    Parameters
    ----------
    files : iterable of Path
        The source files it depends on.
    parameters : object
        JSON-ready settings or notebook parameters.
    duration_seconds : float
        Wall-clock seconds on one core, summed over cells.
    profile : str
        The profile's name.
    cells : int, optional
        How many sweep cells went into it.

    Returns
    -------
    dict
        JSON-ready; names neither the machine nor any folder.

    Examples
    --------
    >>> entry = provenance([Path(__file__)], {"seeds": [0, 1]}, 1.5, "quick", cells=4)
    >>> entry["seeds"], entry["cells"], sorted(entry)[:3]
    ([0, 1], 4, ['cells', 'code_version', 'duration_seconds'])
    """
    entry = {
        "code_version": code_version(files),
        "duration_seconds": round(duration_seconds, 3),
        "machine": machine(),
        "packages": packages(),
        "parameters": parameters,
        "profile": profile,
        "saelib": metadata.version("saelib"),
        "seeds": seeds(parameters),
    }
    return entry if cells is None else {**entry, "cells": cells}


def seeds(parameters: Any) -> list[int]:
    """Every seed named in some parameters, at any depth.

    Parameters
    ----------
    parameters : object
        JSON-ready.

    Returns
    -------
    list of int
        Sorted, each once: the values of keys ``seed``, ``seeds`` and those that end in ``_seed``.

    Examples
    --------
    >>> seeds({"seeds": [2, 0], "forest": {"seed": 7}})
    [0, 2, 7]
    """
    found: set[int] = set()
    if isinstance(parameters, Mapping):
        for key, value in parameters.items():
            if key in ("seed", "seeds") or key.endswith("_seed"):
                found.update(value if isinstance(value, list) else [value])
            else:
                found.update(seeds(value))
    elif isinstance(parameters, list):
        for item in parameters:
            found.update(seeds(item))
    return sorted(found)


def packages() -> dict[str, str]:
    """Versions of the packages that can change a number, and of Python.

    Examples
    --------
    >>> "numpy" in packages() and "python" in packages()
    True
    """
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """The processor's model, the number of cores and the system; no names, no paths.

    Examples
    --------
    >>> sorted(machine())
    ['cores', 'cpu', 'system']
    """
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu_model(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def assemble(provenance_folder: Path, manifest: Path) -> None:
    """Write the manifest from what the stages left.

    Parameters
    ----------
    provenance_folder : Path
        One JSON a sweep or notebook: ``{"tables": {…}, "notebooks": {…}}``.
    manifest : Path
        Where to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_json(Path(folder, "p", "s.json"), {"tables": {"saes": {"cells": 4}}})
    ...     assemble(Path(folder, "p"), Path(folder, "manifest.json"))
    ...     read(Path(folder, "manifest.json"))["tables"]
    {'saes': {'cells': 4}}
    """
    whole: dict[str, dict[str, Any]] = {"notebooks": {}, "tables": {}}
    for path in sorted(provenance_folder.glob("*.json")):
        for part, entries in json.loads(path.read_text(encoding="utf-8")).items():
            whole[part].update(entries)
    write_json(manifest, whole)


def read(manifest: Path) -> dict[str, dict[str, Any]]:
    """A manifest's content; empty parts if there is no file.

    Raises
    ------
    InputError
        If the file is no manifest.

    Examples
    --------
    >>> read(Path("no/manifest.json"))
    {'notebooks': {}, 'tables': {}}
    """
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {"notebooks": {}, "tables": {}}
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(manifest), f"is not JSON ({error})", "run `saelib reproduce`") from None
    if not isinstance(content, dict) or not all(
        isinstance(content.get(p), dict) for p in ("notebooks", "tables")
    ):
        raise InputError(str(manifest), "lacks 'notebooks' or 'tables'", "run `saelib reproduce`")
    return content


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
