"""The script of continuous integration gives a bare machine what it lacks, and then runs the tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def program(folder: Path, name: str, body: str = "") -> None:
    (folder / name).write_text(f'#!/bin/sh\necho "{name} $*" >>"$LOG"\n{body}\n')
    (folder / name).chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder that is all of PATH: the programs of a bare machine, most of which only note that they ran."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("bash", "dirname", "env"):
        found = subprocess.check_output(["which", name], text=True).strip()
        (folder / name).symlink_to(found)
    program(folder, "id", "echo 0")
    program(folder, "sleep")
    program(folder, "timeout", 'while [ "$1" != make ]; do shift; done; exec "$@"')
    for name in ("make", "git", "apt-get"):
        program(folder, name)
    return folder


def run_ci(machine: Path) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    log = machine.parent / "log"
    log.write_text("")
    environment = {"PATH": str(machine), "LOG": str(log), "HOME": os.environ.get("HOME", "")}
    ended = subprocess.run(["bash", str(ROOT / ".ci/run")], capture_output=True, text=True, env=environment)
    return ended, [line for line in log.read_text().splitlines() if not line.startswith(("id ", "timeout "))]


def test_bare_machine_gets_a_browser_and_its_driver_and_then_runs_the_tests(machine: Path) -> None:
    ended, steps = run_ci(machine)
    assert ended.returncode == 0, ended.stderr
    assert steps == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends chromium chromium-driver",
        "make test",
    ]


def test_machine_that_has_everything_only_runs_the_tests(machine: Path) -> None:
    program(machine, "chromium")
    program(machine, "chromedriver")
    ended, steps = run_ci(machine)
    assert ended.returncode == 0, ended.stderr
    assert steps == ["make test"]


def test_list_of_packages_that_cannot_be_read_is_asked_for_again(machine: Path) -> None:
    program(
        machine,
        "apt-get",
        f'[ "$1" != update ] || [ -e "{machine}/second" ] || {{ : >"{machine}/second"; exit 100; }}',
    )
    ended, steps = run_ci(machine)
    assert ended.returncode == 0, ended.stderr
    assert [step.split()[0:2] for step in steps] == [
        ["apt-get", "update"],
        ["sleep", "5"],
        ["apt-get", "update"],
        ["apt-get", "install"],
        ["make", "test"],
    ]


def test_failed_installation_fails_before_the_tests(machine: Path) -> None:
    program(machine, "apt-get", '[ "$1" != install ] || exit 100')
    ended, steps = run_ci(machine)
    assert ended.returncode == 100
    assert "make test" not in steps


def test_failed_tests_fail_the_run(machine: Path) -> None:
    program(machine, "chromium")
    program(machine, "chromedriver")
    program(machine, "make", "exit 2")
    ended, _ = run_ci(machine)
    assert ended.returncode == 2


def test_machine_without_apt_is_told_what_to_install(machine: Path) -> None:
    (machine / "apt-get").unlink()
    ended, steps = run_ci(machine)
    assert ended.returncode == 2
    assert (
        ended.stderr
        == "ci: install chromium chromium-driver first: there is no apt-get here, or no right to use it\n"
    )
    assert steps == []
