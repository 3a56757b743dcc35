"""Run the study through Snakemake: resume where it stopped, show progress, say in one line what failed."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from saelib.errors import InputError
from saelib.study import graph, lock, plan, process
from saelib.study.files import require_writable
from saelib.study.paths import Layout, notebook_named, project
from saelib.study.progress import Progress
from saelib.study.publishing import is_published, publish


class StudyError(RuntimeError):
    """Some stages failed; what was finished stays finished.

    Parameters
    ----------
    lines : sequence of str
        One line a failed stage.
    is_input_error : bool
        Whether every failure was refused input.

    Examples
    --------
    >>> StudyError(["notebook 01_a: k is -3: give a positive integer"], True).lines
    ('notebook 01_a: k is -3: give a positive integer',)
    """

    def __init__(self, lines: Sequence[str], is_input_error: bool) -> None:
        self.lines = tuple(lines)
        self.is_input_error = is_input_error
        super().__init__("; ".join(self.lines))


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Examples
    --------
    >>> Outcome(steps=0, root=Path("runs/quick")).steps
    0
    """

    steps: int
    root: Path


def reproduce(
    profile: str = "full",
    *,
    root: str | Path | None = None,
    only: Iterable[str] = (),
    jobs: int | None = None,
    target: str = "all",
    snakemake_options: Sequence[str] = (),
) -> Outcome:
    """Run what is not up to date, at most one run a folder.

    A sweep that needs something which is missing here is left out, which a line on standard error says; the
    chapters then read its committed tables, and a run that is published leaves these and their entries in
    the manifest as they are.

    Parameters
    ----------
    profile : str
        ``"full"`` or ``"quick"``.
    root : path, optional
        The run's folder, by default ``runs/<profile>`` in the project. A run of ``full`` in its default
        folder is published: its results and notebooks become the project's.
    only : iterable of str
        Notebooks, by name or by an unambiguous beginning such as ``"02"``; default all, and the site.
    jobs : int, optional
        Processes at a time; default the number of cores this process may use.
    target : {"all", "study"}
        ``"study"`` leaves out publication and site.
    snakemake_options : sequence of str
        Handed to Snakemake as they are; its own output then goes to the terminal.

    Returns
    -------
    Outcome
        How many steps were run, and where.

    Raises
    ------
    InputError
        If an argument cannot be used or another run holds the folder; nothing has been started then.
    StudyError
        If stages failed.

    Examples
    --------
    >>> reproduce("brisk")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: profile 'brisk' is unknown: give one of full, quick
    """
    chosen = plan.profile(profile)
    _require_tools()
    home = project()
    default = home / "runs" / profile
    folder = Path(root).absolute() if root is not None else default
    notebooks = tuple(notebook_named(name, home, argument="only") for name in only)
    cores = _cores(jobs)
    require_writable(folder, "root")
    publishes = chosen.published and folder == default
    with lock.held(folder):
        graph.sweep_steps(chosen)  # what is wrong with the study itself is said before anything is started
        graph.chapter_steps(chosen, home)
        for step in graph.left_out_steps(chosen, home):
            print(f"saelib: {step}", file=sys.stderr, flush=True)
        _clear(folder, home, publishes)
        targets = [f"notebooks/{name}.ipynb" for name in notebooks] or [target]
        steps = _snakemake(chosen.name, home, folder, targets, cores, publishes, snakemake_options)
        if notebooks and publishes and not snakemake_options:
            publish(folder, home, only=notebooks)
    return Outcome(steps, folder)


def _snakemake(
    profile: str,
    home: Path,
    folder: Path,
    targets: Sequence[str],
    cores: int,
    publishes: bool,
    options: Sequence[str],
) -> int:
    command = [sys.executable, "-m", "snakemake", *targets, "--snakefile", str(home / "Snakefile")]
    command += ["--directory", str(folder), "--cores", str(cores), "--nocolor"]
    # Safe: this process holds the folder's own lock, so any lock of Snakemake's is a dead run's.
    command += ["--nolock", "--workflow-profile", str(home / "profiles" / "default"), *options]
    command += ["--config", f"profile={profile}", f"publish={int(publishes)}"]
    environment = {**os.environ, **process.ENVIRONMENT, "SAELIB_PROJECT": str(home)}
    environment["SAELIB_PYTHON"] = sys.executable
    log = Layout(folder).logs / "snakemake.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as stream:
        child = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            preexec_fn=process.die_with_parent,
        )
        assert child.stdout is not None
        steps = _follow(child.stdout, stream, echo=bool(options))
        status = child.wait()
    if status:
        raise _failure(folder, log, status)
    return steps


def _follow(lines: IO[str], log: IO[str], echo: bool) -> int:
    """Copy Snakemake's output to the log, draw progress from it, count finished steps."""
    steps = 0
    with Progress(silent=echo) as progress:
        for line in lines:
            log.write(line)
            log.flush()
            if echo:
                print(line, end="", flush=True)
            if started := re.match(r"(?:local)?rule (\S+):", line.strip()):
                progress.started(started.group(1))
            if done := re.match(r"(\d+) of (\d+) steps", line.strip()):
                steps = int(done.group(1))
                progress.done(steps, int(done.group(2)))
    return steps


def _failure(folder: Path, log: Path, status: int) -> StudyError:
    failures = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((Layout(folder).logs / "failures").glob("*.json"))
    ]
    if failures:
        lines = [
            f"{each['stage']} failed: {each['line']} (log: {_log_of(each['stage'], folder)})"
            for each in failures
        ]
        return StudyError(lines, all(each["is_input_error"] for each in failures))
    written = [line.strip() for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    telling = [
        line for line in written if re.search(r"error|exception|invalid|unrecognized", line, re.IGNORECASE)
    ]
    last = (telling or written or ["no output"])[-1]
    return StudyError([f"Snakemake failed with status {status}: {last} (log: {log})"], False)


def _log_of(stage: str, folder: Path) -> Path:
    return Layout(folder).logs / f"{'_'.join(stage.split())}.log"


def _clear(folder: Path, home: Path, publishes: bool) -> None:
    """Forget last time's failures, and stamps whose files somebody removed or changed since."""
    for path in (Layout(folder).logs / "failures").glob("*.json"):
        path.unlink()
    if publishes and not is_published(folder, home):
        (folder / "published.json").unlink(missing_ok=True)
    pages = (home if publishes else folder / "site") / "_build" / "html" / "index.html"
    if not pages.is_file():
        (folder / "site.json").unlink(missing_ok=True)


def _require_tools() -> None:
    missing = [name for name in ("snakemake", "papermill", "jupytext") if not importlib.util.find_spec(name)]
    if missing:
        raise InputError("extra 'study'", f"lacks {', '.join(missing)}", "pip install -e '.[study]'")


def _cores(jobs: int | None) -> int:
    if jobs is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise InputError("jobs", f"is {jobs!r}", "give a positive integer")
    return jobs
