"""Where the project and a run's files lie."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from saelib.errors import InputError


def project() -> Path:
    """The folder that holds the notebooks, the book and the Snakefile.

    In this order: ``SAELIB_PROJECT``, the nearest such folder upward of the working directory, the one that
    saelib's source lies in.

    Returns
    -------
    Path
        Absolute.

    Raises
    ------
    InputError
        If there is none, say because saelib was installed without the project's files.

    Examples
    --------
    >>> (project() / "saelib").is_dir()
    True
    """
    if named := os.environ.get("SAELIB_PROJECT"):
        if not Path(named, "Snakefile").is_file():
            raise InputError("SAELIB_PROJECT", f"{named} has no Snakefile", "name the project's folder")
        return Path(named).absolute()
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / "Snakefile").is_file() and (folder / "saelib" / "study").is_dir():
            return folder
    raise InputError(
        "working directory", f"{here} is in no clone of the project", "go to a clone of its repository"
    )


@dataclass(frozen=True)
class Layout:
    """The folders of one run, all below its root.

    Parameters
    ----------
    root : Path
        The run's folder, ``runs/full`` say.

    Examples
    --------
    >>> Layout(Path("runs/quick")).results.as_posix()
    'runs/quick/results'
    """

    root: Path

    @property
    def results(self) -> Path:
        """Tables, claims and manifest.

        Examples
        --------
        >>> Layout(Path("r")).results.name
        'results'
        """
        return self.root / "results"

    @property
    def notebooks(self) -> Path:
        """Executed notebooks.

        Examples
        --------
        >>> Layout(Path("r")).notebooks.name
        'notebooks'
        """
        return self.root / "notebooks"

    @property
    def cells(self) -> Path:
        """Finished sweep cells.

        Examples
        --------
        >>> Layout(Path("r")).cells.name
        'cells'
        """
        return self.root / "cells"

    @property
    def provenance(self) -> Path:
        """How each stage was made, gathered into the manifest at the end.

        Examples
        --------
        >>> Layout(Path("r")).provenance.name
        'provenance'
        """
        return self.root / "provenance"

    @property
    def logs(self) -> Path:
        """What every stage printed.

        Examples
        --------
        >>> Layout(Path("r")).logs.name
        'logs'
        """
        return self.root / "logs"


def notebook_sources(folder: Path | None = None) -> dict[str, Path]:
    """The hand-edited notebooks by name, in reading order.

    Parameters
    ----------
    folder : Path, optional
        The project; by default :func:`project`.

    Returns
    -------
    dict of str to Path
        ``{"01_three_notions": …/notebooks/01_three_notions.py, …}``.

    Examples
    --------
    >>> all(path.suffix == ".py" for path in notebook_sources().values())
    True
    """
    found = ((folder or project()) / "notebooks").glob("[0-9]*.py")
    return {path.stem: path for path in sorted(found)}


def notebook_named(name: str, home: Path | None = None, *, argument: str = "notebook") -> str:
    """The notebook of that name, or the only one whose name begins so.

    Parameters
    ----------
    name : str
        ``"02_size_and_sparsity"``, or ``"02"``.
    home : Path, optional
        The project's folder; found by itself otherwise.
    argument : str
        What the caller calls ``name``, for the message.

    Returns
    -------
    str
        The whole name.

    Raises
    ------
    InputError
        If none or several fit.

    Examples
    --------
    >>> notebook_named("no such chapter")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: notebook 'no such chapter' fits 0 notebooks: give one of ...
    """
    known = list(notebook_sources(home) if home else notebook_sources())
    matching = [each for each in known if each == name] or [each for each in known if each.startswith(name)]
    if len(matching) != 1 or not name:
        offence = f"{name!r} fits {len(matching)} notebooks"
        raise InputError(argument, offence, f"give one of {', '.join(matching or known)}")
    return matching[0]


def cells_stage(sweep: str, cells: Sequence[str]) -> str:
    """The name of the stage that computes some cells, which also names its log.

    Parameters
    ----------
    sweep : str
        The sweep's name.
    cells : sequence of str
        The cells' ids, at least one.

    Returns
    -------
    str
        Names the first cell, and the last if there are several.

    Examples
    --------
    >>> cells_stage("sizes", ["a"]), cells_stage("sizes", ["a", "b", "c"])
    ('cell sizes a', 'cell sizes a to c')
    """
    return f"cell {sweep} {cells[0]}" + (f" to {cells[-1]}" if len(cells) > 1 else "")
