"""One cell of a sweep: ``python -m saelib.study.run_cell --profile full --sweep S --cell C --root R``."""

from __future__ import annotations

import argparse
from pathlib import Path

from saelib.errors import InputError
from saelib.study import plan
from saelib.study.files import write_json
from saelib.study.frames import write_archive
from saelib.study.paths import Layout
from saelib.study.stage import stage


def main() -> None:
    """Compute the cell and write its frames as one file.

    Examples
    --------
    >>> import subprocess, sys
    >>> help = subprocess.run([sys.executable, "-m", "saelib.study.run_cell", "-h"], capture_output=True)
    >>> b"--cell" in help.stdout
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("profile", "sweep", "cell", "root"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    root = Path(options.root)
    with stage(f"cell {options.sweep} {options.cell}", root) as watch:
        chosen = plan.profile(options.profile)
        settings = chosen.settings[options.sweep]
        sweep = plan.sweeps(chosen)[options.sweep].load()
        if options.cell not in sweep.cells(settings):
            raise InputError("cell", f"{options.cell!r} is not in the sweep", "give one of its cells")
        frames = sweep.run_cell(settings, options.cell)
        folder = Layout(root).cells / options.sweep
        write_json(folder / f"{options.cell}.json", {"duration_seconds": watch.seconds()})
        write_archive(folder / f"{options.cell}.zip", frames)


if __name__ == "__main__":
    main()
