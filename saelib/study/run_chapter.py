"""One notebook: ``python -m saelib.study.run_chapter --profile full --notebook 01_a --root R``."""

from __future__ import annotations

import argparse
from pathlib import Path

from saelib.study import plan
from saelib.study.files import write_json
from saelib.study.manifest import provenance
from saelib.study.notebook import convert
from saelib.study.parameters import declared_parameters
from saelib.study.paths import Layout, notebook_sources, project
from saelib.study.runner import run_notebook
from saelib.study.sources import sources
from saelib.study.stage import stage


def main() -> None:
    """Execute the notebook against the run's own tables and say how it was made.

    Examples
    --------
    >>> import subprocess, sys
    >>> help = subprocess.run([sys.executable, "-m", "saelib.study.run_chapter", "-h"], capture_output=True)
    >>> b"--notebook" in help.stdout
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("profile", "notebook", "root"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    layout = Layout(Path(options.root).absolute())
    with stage(f"notebook {options.notebook}", layout.root) as watch:
        chosen = plan.profile(options.profile)
        source = notebook_sources()[options.notebook]
        given = chosen.parameters.get(options.notebook, {})
        output = layout.notebooks / f"{options.notebook}.ipynb"
        run_notebook(source, output, given, results=layout.results, hide=(layout.root, project()))
        used = {**declared_parameters(convert(source)), **given}
        entry = provenance(sources(source), plan.plain(used), watch.seconds(), chosen.name)
        record = {"notebooks": {options.notebook: entry}}
        write_json(layout.provenance / f"notebook_{options.notebook}.json", record)


if __name__ == "__main__":
    main()
