"""A tiny project: the real graph, front end and notebook runner, around a study of five trivial cells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
TINY = Path(__file__).with_name("tiny")


@dataclass(frozen=True)
class Project:
    """The project's folder, and its command line in a process of its own."""

    folder: Path

    def environment(self, **extra: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SAELIB_")}
        return {
            **inherited,
            "PYTHONPATH": str(TINY),
            "SAELIB_PROJECT": str(self.folder),
            "SAELIB_PROFILES": "tiny_study",
            **extra,
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "saelib.cli", *arguments]

    def saelib(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**extra),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "the project"  # a space, as in many a home folder
    (folder / "notebooks").mkdir(parents=True)
    for notebook in TINY.glob("0*.py"):
        shutil.copy(notebook, folder / "notebooks")
    shutil.copy(REPOSITORY / "Snakefile", folder)
    shutil.copytree(REPOSITORY / "profiles", folder / "profiles")
    return Project(folder)
