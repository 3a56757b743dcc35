"""The built site, once a session however many workers ask for it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """Folder of the site, built afresh from the working tree with every warning an error.

    ``SAELIB_SITE`` names one that is already built, for those who look at a page again and again.
    """
    if named := os.environ.get("SAELIB_SITE"):
        return Path(named).resolve()
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent  # the folder all workers of this session have in common
    html, log = shared / "_build" / "html", shared / "site.log"
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not log.exists():
            command = [
                sys.executable,
                "-c",  # the module does nothing under -m
                "from jupyter_book.cli.main import main; main()",
                "build",
                ".",
                "--path-output",
                str(shared),
            ]
            environment = {key: value for key, value in os.environ.items() if key != "SAELIB_RESULTS"}
            run = subprocess.run(
                [*command, "-n", "-W", "--keep-going"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            log.write_text(f"{run.returncode}\n{run.stdout}")
    status, _, output = log.read_text().partition("\n")
    if status != "0":
        told = [line for line in output.splitlines() if "WARNING" in line or "ERROR" in line]
        pytest.fail(
            "the site does not build without warnings:\n" + "\n".join(told or output.splitlines()[-40:])
        )
    return html


@pytest.fixture(scope="session")
def worker_id(request) -> str:
    """Name of the xdist worker; ``master`` without xdist, which then need not be installed."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")
