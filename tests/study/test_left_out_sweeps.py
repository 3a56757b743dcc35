"""Without what a sweep needs its committed tables stand in, and are left as they are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from saelib import InputError
from saelib.study import graph, plan, run_committed
from saelib.study.files import write_json
from saelib.study.plan import Profile, Sweep
from saelib.study.verification import Tolerance, compare

REASON = "the weights are not installed: run: install-weights"


@pytest.fixture
def needy(monkeypatch: pytest.MonkeyPatch) -> Profile:
    """A profile with a sweep that lacks something, and one that lacks nothing."""
    sweeps = {
        "real": Sweep("no.such.module", ("real", "real_more"), needs="anything.there"),
        "other": Sweep("no.such.module", ("other",)),
    }
    monkeypatch.setattr(plan, "sweeps", lambda chosen: {name: sweeps[name] for name in chosen.settings})
    monkeypatch.setattr(Sweep, "lacks", lambda self: InputError("a", "b", "c") if self.needs else None)
    return Profile("p", settings={"real": None})


def test_a_left_out_sweep_is_not_imported_and_gives_its_tables(needy: Profile, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    for table in ("real", "real_more"):
        (tmp_path / "results" / f"{table}.parquet").touch()
    assert graph.sweep_steps(needy) == []
    (step,) = graph.left_out_steps(needy, tmp_path)
    assert (step.name, step.tables) == ("real", ("real", "real_more"))
    assert str(step) == "sweep real is left out, its committed tables stand in: a b: c"


def test_a_left_out_sweep_whose_tables_are_not_all_committed_is_an_error(
    needy: Profile, tmp_path: Path
) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "real.parquet").touch()
    with pytest.raises(InputError, match=r"sweep real has no committed table 'real_more' .*: a b: c"):
        graph.left_out_steps(needy, tmp_path)


@pytest.mark.parametrize("needs", ["nowhere", "", "no.such.module.check", "saelib.study.plan.no_such_check"])
def test_a_need_that_names_no_function_is_refused(needs: str) -> None:
    with pytest.raises(InputError, match=r"name a function as module\.function"):
        Sweep("math", (), needs=needs).lacks()


@pytest.mark.slow
def test_the_committed_tables_stand_in_and_stay_as_they_are(project: Any) -> None:
    nothing = project.saelib("reproduce", TINY_WITHOUT_WEIGHTS="1")
    assert nothing.returncode == 2
    assert nothing.stderr == (
        f"saelib: error: sweep tiny has no committed table 'tiny' to stand in: {REASON}\n"
    )
    assert project.saelib("reproduce", "--jobs", "2").returncode == 0
    results = project.folder / "results"
    tables = {path.name: path.read_bytes() for path in results.glob("*.parquet")}
    entries = json.loads((results / "manifest.json").read_text())["tables"]

    shutil.rmtree(project.folder / "runs")  # as after a fresh clone
    run = project.saelib("reproduce", TINY_WITHOUT_WEIGHTS="1")
    assert run.returncode == 0, run.stderr
    assert run.stderr.startswith(f"saelib: sweep tiny is left out, its committed tables stand in: {REASON}\n")
    assert {path.name: path.read_bytes() for path in results.glob("*.parquet")} == tables
    manifest = json.loads((results / "manifest.json").read_text())
    assert manifest["tables"] == entries
    assert set(manifest["notebooks"]) == {"00_plain", "01_three_notions"}
    assert not (project.folder / "runs/full/cells").exists()

    # once it is there, the sweep is computed
    whole = project.saelib("reproduce", "--jobs", "2")
    assert (whole.returncode, whole.stderr.count("left out")) == (0, 0), whole.stderr
    assert len(list((project.folder / "runs/full/cells/tiny").glob("*.zip"))) == 5
    assert {path.name: path.read_bytes() for path in results.glob("*.parquet")} == tables


def test_tables_that_stand_in_are_not_described_as_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Snakefile").touch()
    (tmp_path / "results").mkdir()
    (tmp_path / "results/real.parquet").write_bytes(b"committed")
    run = tmp_path / "run"
    write_json(run / "provenance/sweep_real.json", {"tables": {"real": {}}})
    write_json(run / "provenance/sweep_other.json", {"tables": {"other": {}}})
    monkeypatch.setenv("SAELIB_PROJECT", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["_", "--sweep", "real", "--tables", "real", "--root", str(run)])
    run_committed.main()
    assert (run / "results/real.parquet").read_bytes() == b"committed"
    assert [path.name for path in (run / "provenance").iterdir()] == ["sweep_other.json"]


def test_a_verification_does_not_call_a_table_identical_that_stands_in_for_itself(tmp_path: Path) -> None:
    (tmp_path / "real.parquet").write_bytes(b"committed")
    compared = compare(tmp_path, tmp_path, Tolerance(), left_out={"real"})
    assert [str(each) for each in compared] == ["table real: not recomputed"]
