"""Tables of a sweep left out: ``python -m saelib.study.run_committed --sweep S --tables A,B --root R``."""

from __future__ import annotations

import argparse
from pathlib import Path

from saelib.study.files import write_bytes
from saelib.study.paths import Layout, project
from saelib.study.stage import stage


def main() -> None:
    """Copy the tables to the run, where the chapters read them.

    Examples
    --------
    >>> import subprocess, sys
    >>> help = subprocess.run([sys.executable, "-m", "saelib.study.run_committed", "-h"], capture_output=True)
    >>> b"--tables" in help.stdout
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("sweep", "tables", "root"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    layout = Layout(Path(options.root))
    with stage(f"committed {options.sweep}", layout.root):
        # From a run that had everything; the manifest must not describe what is replaced now.
        (layout.provenance / f"sweep_{options.sweep}.json").unlink(missing_ok=True)
        for table in options.tables.split(","):
            content = (project() / "results" / f"{table}.parquet").read_bytes()
            # Written even if it is the same: a result older than what it was made from counts as out of date.
            write_bytes(layout.results / f"{table}.parquet", content)


if __name__ == "__main__":
    main()
