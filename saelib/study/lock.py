"""At most one run a folder, and no lock that outlives its holder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from saelib.errors import InputError


@contextmanager
def held(root: Path) -> Iterator[None]:
    """Hold a run's folder for the duration of the block.

    The operating system drops the lock when its holder ends, killed or not, so a dead run never blocks the
    next, and a living one always does.

    Parameters
    ----------
    root : Path
        The run's folder, which exists.

    Raises
    ------
    InputError
        If another run holds it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, held(Path(folder)):
    ...     with held(Path(folder)):
    ...         pass
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: root ... is in use by the run with process id ...: wait for it or stop it
    """
    with (root / ".lock").open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.seek(0)
            owner = stream.read().strip() or "unknown"
            offence = f"{root} is in use by the run with process id {owner}"
            raise InputError("root", offence, "wait for it or stop it") from None
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield
