"""Cells of a sweep: ``python -m saelib.study.run_cell --profile full --sweep S --cells A,B --root R``."""

from __future__ import annotations

import argparse
from pathlib import Path

from saelib.errors import InputError
from saelib.study import plan
from saelib.study.files import write_json
from saelib.study.frames import write_archive
from saelib.study.paths import Layout, cells_stage
from saelib.study.stage import Stopwatch, stage


def main() -> None:
    """Compute the cells one after the other and write each one's frames as one file.

    Examples
    --------
    >>> import subprocess, sys
    >>> help = subprocess.run([sys.executable, "-m", "saelib.study.run_cell", "-h"], capture_output=True)
    >>> b"--cells" in help.stdout
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("profile", "sweep", "cells", "root"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    root, wanted = Path(options.root), options.cells.split(",")
    with stage(cells_stage(options.sweep, wanted), root):
        chosen = plan.profile(options.profile)
        settings = chosen.settings[options.sweep]
        sweep = plan.sweeps(chosen)[options.sweep].load()
        if unknown := set(wanted) - set(sweep.cells(settings)):
            offence = f"{min(unknown)!r} is not in the sweep"
            raise InputError("cells", offence, "give some of its cells, with commas between them")
        folder = Layout(root).cells / options.sweep
        for cell in wanted:
            watch = Stopwatch()
            frames = sweep.run_cell(settings, cell)
            write_json(folder / f"{cell}.json", {"duration_seconds": watch.seconds()})
            write_archive(folder / f"{cell}.zip", frames)


if __name__ == "__main__":
    main()
