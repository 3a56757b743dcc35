"""What every test relies on: one thread a process, no leftover settings, the longest files first."""

from __future__ import annotations

import os
from collections.abc import Iterator

import matplotlib
import pytest
from hypothesis import settings

# Notebooks for the tests of the runner: importing them, as the search for doctests does, would run them.
collect_ignore_glob = ["study/tiny/*"]

# Set before numpy and torch are loaded, and inherited by every process that a test starts.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
# A run in the developer's shell must not point the tests at its own results.
os.environ.pop("SAELIB_RESULTS", None)

# Not through MPLBACKEND: the kernels of executed notebooks would inherit it and lose their pictures.
matplotlib.use("Agg")

# A busy machine is no failure, and a failure seen once must be seen again.
settings.register_profile("saelib", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("saelib")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with slow tests first, then the notebooks, so that no process ends alone with a long file."""
    slow_files = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow_files, item.path.suffix != ".ipynb"))


@pytest.fixture(autouse=True)
def _figures_are_closed() -> Iterator[None]:
    """Close what a test drew, or matplotlib warns after twenty figures."""
    yield
    import sys

    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
