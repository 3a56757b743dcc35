"""How every process of the study starts: one thread, the same hash order, and never outliving its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

# Parallelism comes from processes; threads inside an operation would fight over the cores and, through
# another order of summation, over the last digit.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    # Dozens of processes follow one another; without stored bytecode each would compile saelib anew.
    "PYTHONDONTWRITEBYTECODE": "",
    "SOURCE_DATE_EPOCH": "1767225600",  # the year on every page is that of the configuration
    "JUPYTER_PREFER_ENV_PATH": "1",
    "TOKENIZERS_PARALLELISM": "false",
}

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends, however it ends.

    A killed scheduler otherwise leaves orphans that go on writing. Linux only; elsewhere nothing happens.

    Examples
    --------
    >>> die_with_parent()
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def settle() -> None:
    """Settle a process of the study; to be called before numpy or torch is imported.

    Examples
    --------
    >>> import subprocess, sys
    >>> code = "from saelib.study import process; process.settle(); import os; print(os.environ['{}'])"
    >>> run = subprocess.run([sys.executable, "-c", code.format("OMP_NUM_THREADS")], capture_output=True)
    >>> run.stdout.strip()
    b'1'
    """
    os.environ.update(ENVIRONMENT)
    parent = os.getppid()
    die_with_parent()
    if os.getppid() != parent:  # it ended between the two lines, so no signal will come
        os._exit(1)
