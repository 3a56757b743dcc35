from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from saelib.claims import declared, storage
from saelib.cli import main


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "saelib.cli", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    storage.write(declared()["T5d"], {"violations": storage.Measurement(0, n=360)}, tmp_path)
    gain = storage.Measurement(0.0123, interval=(-0.1, 0.12), n=5)
    storage.write(
        declared()["E3"], {"above_sparsest": gain, "above_densest": storage.Measurement(0.5)}, tmp_path
    )
    return tmp_path


def test_the_ledger_shows_verdict_value_interval_count_and_criterion(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["claims", "--results", str(results)]) == 0
    shown = capsys.readouterr().out
    assert "✓ T5d  HELD" in shown
    assert "✓ violations 0, n = 360 (declared ≤ 0)" in shown
    assert "◐ E3   HELD IN PART" in shown
    assert "✗ above_sparsest 0.0123 [-0.1, 0.12], n = 5 (declared > 0)" in shown
    assert f"{len(declared())} claims: 1 held, 1 held in part, 0 did not hold" in shown


def test_the_ledger_for_programs(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--json", "--results", str(results)]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == list(declared())
    assert rows["E3"]["verdict"] == "held in part"
    assert rows["E3"]["quantities"]["above_sparsest"]["holds"] is False
    assert rows["T1"]["quantities"]["violations"]["measured"] is None


def test_a_broken_ledger_file_is_one_line_and_status_2(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (results / "claims" / "E3.json").write_text("{")
    assert main(["claims", "--results", str(results)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("saelib: error: ")
    assert "E3.json is not JSON" in line


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["reproduce", "--profile", "brisk"], "profile 'brisk' is unknown: give one of full, quick"),
        (["verify", "--profile", "brisk"], "profile 'brisk' is unknown: give one of full, quick"),
        (["reproduce", "--only", "no_such"], "only 'no_such' fits 0 notebooks: give one of"),
        (["reproduce", "--jobs", "0"], "jobs is 0: give a positive integer"),
        (["reproduce", "--jobs", "two"], "argument --jobs: invalid int value: 'two'"),
        (["reproduce", "--root", "/dev/null/x"], "root /dev/null/x cannot be written (Not a directory)"),
        (["verify", "--rtol", "-1"], "tolerance relative is -1.0: give a number that is not negative"),
        (["verify", "--committed", "/no/such"], "committed /no/such has no manifest.json"),
        (["claims", "--results", "/no/such"], "--results /no/such is no folder: name a folder of results"),
        (["claims", "--", "-n"], "-- is followed by options that nothing takes"),
        (["clams"], "argument COMMAND: invalid choice: 'clams'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_a_refused_command_is_one_line_that_names_the_mend_and_status_2(
    arguments: list[str], line: str
) -> None:
    if arguments[:1] == ["verify"] and "--committed" not in arguments:
        arguments = [*arguments, "--committed", str(_some_results())]
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    (shown,) = done.stderr.splitlines()
    assert line in shown


def _some_results() -> Path:
    """A folder that passes for committed results; nothing is read from it before the run."""
    import tempfile

    folder = Path(tempfile.mkdtemp())
    (folder / "manifest.json").write_text('{"notebooks": {}, "tables": {}}')
    return folder


def test_the_ledger_opens_in_half_a_second_and_without_the_heavy_libraries() -> None:
    start = time.perf_counter()
    command = [
        sys.executable,
        "-c",
        "import saelib.cli, sys; saelib.cli.main(['claims', '--json']); "
        "print(sorted({'numpy', 'pandas', 'torch', 'scipy', 'tqdm'} & set(sys.modules)), file=sys.stderr)",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    best = time.perf_counter() - start
    for _ in range(4):  # the best of five: a busy machine is not a slow start
        start = time.perf_counter()
        run("claims")
        best = min(best, time.perf_counter() - start)
    assert best < 0.5


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("saelib 0.")
    for command in ("reproduce", "verify", "claims"):
        assert run(command, "--help").returncode == 0
        assert command in run("--help").stdout
