"""A sweep's cells into tables: ``python -m saelib.study.run_gather --profile full --sweep S --root R``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from saelib.errors import InputError
from saelib.study import plan
from saelib.study.files import write_json
from saelib.study.frames import read_archive, write_table
from saelib.study.manifest import provenance
from saelib.study.paths import Layout
from saelib.study.sources import sources
from saelib.study.stage import stage


def main() -> None:
    """Gather the finished cells, in the sweep's own order, and say how the tables were made.

    Examples
    --------
    >>> import subprocess, sys
    >>> help = subprocess.run([sys.executable, "-m", "saelib.study.run_gather", "-h"], capture_output=True)
    >>> b"--sweep" in help.stdout
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("profile", "sweep", "root"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    layout = Layout(Path(options.root))
    with stage(f"gather {options.sweep}", layout.root) as watch:
        chosen = plan.profile(options.profile)
        settings, sweep = chosen.settings[options.sweep], plan.sweeps(chosen)[options.sweep]
        cells = sweep.load().cells(settings)
        folder = layout.cells / options.sweep
        tables = sweep.load().gather([read_archive(folder / f"{cell}.zip") for cell in cells])
        if set(tables) != set(sweep.tables):
            offence = f"of {sweep.module} returned {', '.join(sorted(tables))}"
            raise InputError("gather", offence, f"return {', '.join(sorted(sweep.tables))}, as declared")
        for name, frame in tables.items():
            write_table(layout.results / f"{name}.parquet", frame)
        spent = sum(json.loads((folder / f"{cell}.json").read_text())["duration_seconds"] for cell in cells)
        entry = provenance(
            sources(sweep.file()), plan.plain(settings), spent + watch.seconds(), chosen.name, len(cells)
        )
        record = {"tables": dict.fromkeys(sorted(tables), entry)}
        write_json(layout.provenance / f"sweep_{options.sweep}.json", record)


if __name__ == "__main__":
    main()
