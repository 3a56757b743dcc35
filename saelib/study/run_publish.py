"""The manifest of a run, and its publication: ``python -m saelib.study.run_publish --root R [--publish]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from saelib.study import manifest
from saelib.study.files import write_json
from saelib.study.paths import Layout, project
from saelib.study.publishing import publish
from saelib.study.stage import stage


def main() -> None:
    """Gather the manifest, or publish and leave a stamp that says so.

    Examples
    --------
    >>> import subprocess, sys
    >>> help = subprocess.run([sys.executable, "-m", "saelib.study.run_publish", "-h"], capture_output=True)
    >>> b"--publish" in help.stdout
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    parser.add_argument("--publish", action="store_true")
    options = parser.parse_args()
    layout = Layout(Path(options.root))
    with stage("publish" if options.publish else "manifest", layout.root):
        if options.publish:
            changed = publish(layout.root, project())
            write_json(layout.root / "published.json", {"changed": len(changed)})
        else:
            manifest.assemble(layout.provenance, layout.results / "manifest.json")


if __name__ == "__main__":
    main()
