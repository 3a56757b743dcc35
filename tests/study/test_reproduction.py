"""The whole way on a study of five trivial cells: run, resume after a kill, publish, verify, fail legibly.

Every test drives the command line in a process of its own, so the files are marked slow together.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

TINY = Path(__file__).with_name("tiny")

pytestmark = pytest.mark.slow


def snapshot(folder: Path, pattern: str = "**/*") -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.glob(pattern)
        if path.is_file() and ".snakemake" not in path.parts
    }


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid: int) -> list[int]:
    try:
        children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for thread in Path(f"/proc/{pid}/task").iterdir():
            children += [int(each) for each in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    unique = sorted(set(children))
    return unique + [deeper for child in unique for deeper in descendants(child)]


def test_a_full_run_publishes_itself_and_a_second_has_nothing_to_do(project: Any) -> None:
    first = project.saelib("reproduce", "--jobs", "2")
    assert (first.returncode, first.stdout) == (0, "Done: 9 steps of profile 'full' (runs/full)\n"), (
        first.stderr
    )
    published = {name for name in snapshot(project.folder) if name.startswith(("results/", "notebooks/"))}
    assert published == {
        "notebooks/00_plain.ipynb",
        "notebooks/00_plain.py",
        "notebooks/01_three_notions.ipynb",
        "notebooks/01_three_notions.py",
        "results/claims/T1.json",
        "results/manifest.json",
        "results/tiny.parquet",
        "results/tiny_notes.parquet",
    }
    notebook = (project.folder / "notebooks/01_three_notions.ipynb").read_text()
    assert str(project.folder) not in notebook
    assert "tries 10 in" in notebook

    manifest = json.loads((project.folder / "results/manifest.json").read_text())
    assert set(manifest["tables"]) == {"tiny", "tiny_notes"}
    entry = manifest["tables"]["tiny"]
    assert entry["parameters"] == {"factor": 2.0, "seeds": [0, 1, 2, 3, 4]}
    assert entry["seeds"] == [0, 1, 2, 3, 4]
    assert entry["cells"] == 5
    assert entry["profile"] == "full"
    assert len(entry["code_version"]) == 16
    assert {"numpy", "pandas", "python"} <= set(entry["packages"])
    assert set(entry["machine"]) == {"cores", "cpu", "system"}
    assert entry["duration_seconds"] >= 0
    assert manifest["notebooks"]["01_three_notions"]["parameters"]["n_instances"] == 10
    assert str(project.folder) not in json.dumps(manifest)

    before = snapshot(project.folder, "runs/full/cells/**/*")
    start = time.perf_counter()
    second = project.saelib("reproduce")
    assert second.stdout.startswith("Nothing to do: every table, notebook and page of profile 'full'")
    assert time.perf_counter() - start < 10 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert snapshot(project.folder, "runs/full/cells/**/*") == before

    # the same interpreter by another of its names (a re-installed or moved environment) recomputes nothing
    other = Path(sys.executable).with_name("python" if Path(sys.executable).name == "python3" else "python3")
    renamed = subprocess.run(
        [str(other), "-m", "saelib.cli", "reproduce"],
        cwd=project.folder, env=project.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert renamed.stdout.startswith("Nothing to do"), renamed.stdout + renamed.stderr

    # what was published and then changed or lost is put back, without computing it again
    (project.folder / "results/tiny.parquet").write_bytes(b"spoilt")
    (project.folder / "notebooks/00_plain.ipynb").unlink()
    assert project.saelib("reproduce").returncode == 0
    assert (project.folder / "results/tiny.parquet").read_bytes() == (
        project.folder / "runs/full/results/tiny.parquet"
    ).read_bytes()
    assert (project.folder / "notebooks/00_plain.ipynb").is_file()
    assert snapshot(project.folder, "runs/full/cells/**/*") == before

    # verify: refused for another profile, then its three outcomes
    assert "profile 'quick' did not make" in project.saelib("verify", "--profile", "quick").stderr
    identical = project.saelib("verify")
    assert identical.returncode == 0, identical.stderr
    assert "table tiny: identical\ntable tiny_notes: identical\nclaim T1: identical\n" in identical.stdout
    assert "3 identical, 0 within tolerance, 0 different" in identical.stdout

    import pandas as pd

    from saelib.study.frames import write_table

    path = project.folder / "results/tiny.parquet"
    write_table(path, pd.read_parquet(path).assign(value=lambda f: f["value"] * (1 + 1e-9)))
    close = project.saelib("verify", "--root", "runs/verify")
    assert close.returncode == 0
    assert "table tiny: within tolerance (largest difference" in close.stdout
    write_table(path, pd.read_parquet(path).assign(value=lambda f: f["value"] + 1))
    different = project.saelib("verify", "--root", "runs/verify")
    assert different.returncode == 1
    assert (
        "table tiny: different (value, row 0: 1 committed, 0 recomputed; 10 of 10 rows)" in different.stdout
    )


def test_two_runs_from_nothing_give_the_same_bytes(project: Any) -> None:
    for root in ("one", "two"):
        assert project.saelib("reproduce", "--profile", "quick", "--root", root).returncode == 0
    for part in ("notebooks", "results/claims", "cells"):
        one, two = (snapshot(project.folder / root / part) for root in ("one", "two"))
        kept = {
            name: content
            for name, (_, content) in one.items()
            if not name.startswith("tiny/") or "zip" in name
        }
        assert kept
        assert all(two[name][1] == content for name, content in kept.items())
    one, two = (snapshot(project.folder / root / "results", "*.parquet") for root in ("one", "two"))
    assert {name: content for name, (_, content) in one.items()} == {n: c for n, (_, c) in two.items()}
    assert not (project.folder / "results").exists(), "only the full profile in its own folder is published"


def test_after_kill_9_finished_cells_stay_and_the_rest_is_computed(project: Any) -> None:
    child = subprocess.Popen(
        project.command("reproduce", "--jobs", "1"),
        cwd=project.folder,
        env=project.environment(TINY_PAUSE="1.5"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    cells = project.folder / "runs/full/cells/tiny"
    deadline = time.monotonic() + 90
    while len(list(cells.glob("*.zip"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    busy = project.saelib("reproduce")
    assert busy.returncode == 2
    assert f"in use by the run with process id {child.pid}: wait for it or stop it" in busy.stderr
    below = descendants(child.pid)
    assert below
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in below):  # scheduler, stage and kernel go with their parents
        assert time.monotonic() < deadline, "orphans go on working"
        time.sleep(0.05)
    finished = snapshot(project.folder, "runs/full/cells/tiny/*")
    zips = [name for name in finished if name.endswith(".zip")]
    assert 2 <= len(zips) < 5

    again = project.saelib("reproduce", "--jobs", "2")
    assert again.returncode == 0, again.stderr
    after = snapshot(project.folder, "runs/full/cells/tiny/*")
    # a cell that was between its two files when the kill came counts as unfinished and may be computed again
    kept = [name for name in finished if f"{name.rpartition('.')[0]}.zip" in finished]
    assert {name: after[name] for name in kept} == {name: finished[name] for name in kept}
    assert len([name for name in after if name.endswith(".zip")]) == 5


def test_one_notebook_alone_and_its_publication(project: Any) -> None:
    run = project.saelib("reproduce", "--only", "00")
    assert (run.returncode, run.stdout) == (0, "Done: 1 steps of profile 'full' (runs/full)\n"), run.stderr
    assert (project.folder / "notebooks/00_plain.ipynb").is_file()
    assert not (project.folder / "notebooks/01_three_notions.ipynb").exists()
    assert not (project.folder / "runs/full/cells").exists()
    manifest = json.loads((project.folder / "results/manifest.json").read_text())
    assert list(manifest["notebooks"]) == ["00_plain"]


def test_a_failing_cell_is_told_in_one_line_and_the_others_finish(project: Any) -> None:
    run = project.saelib("reproduce", "--profile", "quick", TINY_BAD_CELL="seed_1")
    assert run.returncode == 2
    assert run.stdout == ""
    (line,) = [each for each in run.stderr.splitlines() if each.startswith("saelib: error: ")]
    log = project.folder / "runs/quick/logs/cell_tiny_seed_1.log"
    assert line == f"saelib: error: cell tiny seed_1 failed: factor is 0: give a positive number (log: {log})"
    assert "Traceback" in log.read_text()
    assert "Traceback" not in run.stderr
    assert (project.folder / "runs/quick/cells/tiny/seed_0.zip").is_file()
    assert (project.folder / "runs/quick/notebooks/00_plain.ipynb").is_file()
    mended = project.saelib("reproduce", "--profile", "quick")
    assert mended.returncode == 0, mended.stderr


def test_a_failing_notebook_is_told_in_one_line(project: Any) -> None:
    run = project.saelib("reproduce", "--profile", "quick", TINY_BAD_NOTEBOOK="1")
    assert run.returncode == 2
    log = project.folder / "runs/quick/logs/notebook_01_three_notions.log"
    wanted = (
        f"notebook 01_three_notions failed: 01_three_notions: k is -3: give a positive integer (log: {log})"
    )
    assert f"saelib: error: {wanted}\n" in run.stderr
    assert "Traceback" not in run.stderr
    assert not list((project.folder / "runs/quick/notebooks").glob("01*"))
    assert not list((project.folder / "runs/quick/results/claims").glob("*"))


def test_options_after_the_dashes_reach_snakemake(project: Any) -> None:
    run = project.saelib("reproduce", "--profile", "quick", "--", "--dry-run")
    assert run.returncode == 0, run.stderr
    assert "This was a dry-run" in run.stdout
    assert not (project.folder / "runs/quick/cells").exists()
    wrong = project.saelib("reproduce", "--profile", "quick", "--", "--no-such-option")
    assert wrong.returncode == 1
    assert "unrecognized arguments: --no-such-option" in wrong.stderr.splitlines()[-1]


def test_a_changed_setting_or_a_changed_script_runs_again_what_depends_on_it(project: Any) -> None:
    assert project.saelib("reproduce", "--profile", "quick").returncode == 0
    script = project.folder / "notebooks/00_plain.py"
    script.write_text(script.read_text() + "\n# %%\n2 + 2\n")
    run = project.saelib("reproduce", "--profile", "quick", "--", "--dry-run")
    assert "rule notebook_00_plain:" in run.stdout
    assert "rule notebook_01_three_notions:" not in run.stdout
    assert "rule cell_tiny_" not in run.stdout
    script.write_text((TINY / "00_plain.py").read_text())
    run = project.saelib("reproduce", "--profile", "quick", "--", "--dry-run", TINY_FACTOR="3")
    assert run.stdout.count("rule cell_tiny_") == 2
    assert "rule gather_tiny:" in run.stdout
    assert "rule notebook_00_plain:" not in run.stdout, "its script has the old content again"
