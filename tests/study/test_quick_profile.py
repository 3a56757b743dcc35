"""The study itself, quick profile, end to end in a scratch folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from saelib.claims import declared
from saelib.study import manifest, plan
from saelib.study.notebook import code_cells
from saelib.study.paths import notebook_sources

PROJECT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run; both tests of a session share it."""
    folder = tmp_path_factory.mktemp("quick")
    run = saelib("reproduce", "--profile", "quick", "--root", str(folder), "--jobs", "2")
    assert run.returncode == 0, run.stderr
    return folder


def saelib(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAELIB_")}
    command = [sys.executable, "-m", "saelib.cli", *arguments]
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=1200, check=False
    )


def test_every_table_notebook_claim_and_page_is_there(root: Path) -> None:
    chosen = plan.profile("quick")
    for sweep in plan.sweeps(chosen).values():
        for table in sweep.tables:
            assert (root / "results" / f"{table}.parquet").is_file()
    made = manifest.read(root / "results" / "manifest.json")
    assert set(made["notebooks"]) == set(notebook_sources(PROJECT))
    for name in notebook_sources(PROJECT):
        notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
        assert all(cell.execution_count for cell in code_cells(notebook))
        assert str(root) not in nbformat.writes(notebook)
    rows = json.loads(saelib("claims", "--json", "--results", str(root / "results")).stdout)
    verdicts = {row["id"]: row["verdict"] for row in rows}
    for claim in declared().values():
        assert (verdicts[claim.id] != "not run") == (claim.notebook in notebook_sources(PROJECT)), claim.id
    assert (root / "site" / "_build" / "html" / "index.html").is_file()


def test_the_committed_results_are_left_alone_and_a_second_run_does_nothing(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("results/**/*") if path.is_file()}
    run = saelib("reproduce", "--profile", "quick", "--root", str(root))
    assert run.stdout.startswith("Nothing to do: "), run.stderr
    assert {path: path.read_bytes() for path in root.rglob("results/**/*") if path.is_file()} == before
