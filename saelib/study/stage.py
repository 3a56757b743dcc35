"""What every stage of the graph shares: how it starts, and how a failure becomes one line."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from saelib.errors import InputError
from saelib.study import process
from saelib.study.files import write_json
from saelib.study.paths import Layout


@contextmanager
def stage(name: str, root: Path) -> Iterator[Stopwatch]:
    """Run a stage's work; if it fails, leave its one-line reason where the front end looks for it.

    Parameters
    ----------
    name : str
        Unique within the run, as ``cell size_and_sparsity relu_64_0``.
    root : Path
        The run's folder.

    Yields
    ------
    Stopwatch
        Started.

    Raises
    ------
    SystemExit
        With status 2 for refused input and 1 for anything else; the traceback goes to standard error.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with stage("cell a", Path(folder)) as watch:
    ...         pass
    >>> watch.seconds() >= 0
    True
    """
    process.settle()
    watch = Stopwatch()
    try:
        yield watch
    except Exception as error:
        traceback.print_exc()
        refused = isinstance(error, InputError) or getattr(error, "is_input_error", False)
        first = (str(error).strip().splitlines() or [""])[0]
        ours = refused or type(error).__module__.startswith("saelib.")
        line = first if ours else f"{type(error).__name__}: {first}"
        failure = {"stage": name, "line": line, "is_input_error": refused}
        write_json(failure_file(name, root), failure)
        sys.exit(2 if refused else 1)


class Stopwatch:
    """Wall-clock seconds since it was made.

    Examples
    --------
    >>> Stopwatch().seconds() < 60
    True
    """

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def seconds(self) -> float:
        """Seconds since the start, to the millisecond.

        Examples
        --------
        >>> isinstance(Stopwatch().seconds(), float)
        True
        """
        return round(time.perf_counter() - self._start, 3)


def failure_file(name: str, root: Path) -> Path:
    """Where a stage says why it failed.

    Examples
    --------
    >>> failure_file("cell s a", Path("r")).as_posix()
    'r/logs/failures/cell s a.json'
    """
    return Layout(root).logs / "failures" / f"{name}.json"
