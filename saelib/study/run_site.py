"""The last stage: ``python -m saelib.study.run_site --root R [--published]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from saelib.study import site
from saelib.study.files import write_json
from saelib.study.paths import Layout, project
from saelib.study.stage import stage


def main() -> None:
    """Build the site, at the project's top if its own files are to be shown, else below the run's folder.

    Examples
    --------
    >>> import subprocess, sys
    >>> help = subprocess.run([sys.executable, "-m", "saelib.study.run_site", "-h"], capture_output=True)
    >>> b"--published" in help.stdout
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    parser.add_argument("--published", action="store_true")
    options = parser.parse_args()
    layout = Layout(Path(options.root).absolute())
    with stage("site", layout.root):
        if options.published:
            pages = site.build(project(), project() / "results")
        else:
            pages = site.build(site.assemble(project(), layout.root), layout.results)
        write_json(layout.root / "site.json", {"pages": pages})


if __name__ == "__main__":
    main()
