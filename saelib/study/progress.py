"""How far a run is: a bar in a terminal, a line every tenth otherwise."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Self


class Progress:
    """Progress of a run, told through :meth:`started` and :meth:`done`.

    Parameters
    ----------
    silent : bool
        Show nothing.

    Examples
    --------
    >>> with Progress(silent=True) as progress:
    ...     progress.started("cell_sizes")
    ...     progress.done(1, 2)
    """

    def __init__(self, silent: bool = False) -> None:
        self._silent = silent
        self._bar: Any = None
        self._tenth = 0
        self._start = time.perf_counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def started(self, rule: str) -> None:
        """Show what was started last.

        Examples
        --------
        >>> Progress(silent=True).started("site")
        """
        if self._bar is not None:
            self._bar.set_description(rule.replace("_", " "))

    def done(self, steps: int, total: int) -> None:
        """Show that ``steps`` of ``total`` are done.

        Examples
        --------
        >>> Progress(silent=True).done(3, 9)
        """
        if self._silent:
            return
        if not sys.stderr.isatty():
            tenth = 10 * steps // total
            if tenth > self._tenth:
                minutes = (time.perf_counter() - self._start) / 60
                print(f"{steps} of {total} steps done after {minutes:.1f} min", file=sys.stderr, flush=True)
            self._tenth = tenth
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit="step", initial=0)
        self._bar.total = total
        self._bar.update(steps - self._bar.n)
