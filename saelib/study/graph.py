"""What the Snakefile needs to know, as plain data: for every step its inputs, outputs and triggers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from saelib.claims.declaration import declared
from saelib.claims.storage import file_of
from saelib.errors import InputError
from saelib.study import plan
from saelib.study.notebook import convert
from saelib.study.parameters import check_parameters
from saelib.study.paths import notebook_sources
from saelib.study.sources import code_version, sources, tables_read

# What turns a script into an executed notebook; a chapter made by older rules is not the same chapter.
_RUNNER = [
    Path(__file__).with_name(f"{name}.py") for name in ("cleaning", "notebook", "parameters", "runner")
]


@dataclass(frozen=True)
class SweepStep:
    """A sweep's cells, ``together`` of them a process, and the tables gathered from them.

    Examples
    --------
    >>> step = SweepStep("s", ("a", "b"), ("saes",), code="0f", settings="{}")
    >>> step.tables
    ('saes',)
    """

    name: str
    cells: tuple[str, ...]
    tables: tuple[str, ...]
    code: str
    settings: str
    together: int = 1

    def bundles(self) -> list[tuple[str, ...]]:
        """The cells that one process computes, process by process.

        Returns
        -------
        list of tuple of str
            In order, each cell once.

        Examples
        --------
        >>> SweepStep("s", ("a", "b", "c"), ("saes",), code="0f", settings="{}", together=2).bundles()
        [('a', 'b'), ('c',)]
        """
        starts = range(0, len(self.cells), self.together)
        return [self.cells[start : start + self.together] for start in starts]


@dataclass(frozen=True)
class LeftOutStep:
    """A sweep that cannot be run here: its tables are the committed ones.

    Examples
    --------
    >>> print(LeftOutStep("nouns", ("nouns",), reason="the extra is not installed: install it"))
    sweep nouns is left out, its committed tables stand in: the extra is not installed: install it
    """

    name: str
    tables: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return f"sweep {self.name} is left out, its committed tables stand in: {self.reason}"


@dataclass(frozen=True)
class ChapterStep:
    """A notebook, the tables it reads and the claims it decides.

    Examples
    --------
    >>> ChapterStep("01_a", code="0f", tables=(), claims=("results/claims/T1.json",), given="{}").name
    '01_a'
    """

    name: str
    code: str
    tables: tuple[str, ...]
    claims: tuple[str, ...]
    given: str


def sweep_steps(profile: plan.Profile) -> list[SweepStep]:
    """The sweeps of a profile that can be run here, with their cells.

    Parameters
    ----------
    profile : Profile
        Any profile.

    Returns
    -------
    list of SweepStep
        In the profile's order.

    Raises
    ------
    InputError
        If a sweep has no cells, repeats one, or has a cell id that is no file name.

    Examples
    --------
    >>> sweep_steps(plan.Profile("none", settings={}))
    []
    """
    steps = []
    for name, sweep in plan.sweeps(profile).items():
        if sweep.lacks():
            continue
        settings = profile.settings[name]
        cells = tuple(sweep.load().cells(settings))
        for cell in cells:
            if cells.count(cell) > 1 or not cell.replace("-", "_").replace(".", "_").isidentifier():
                offence = f"of {name} has the cell {cell!r}, which is repeated or no plain name"
                raise InputError("cells", offence, "use letters, digits, '-', '_', '.', each once")
        if not cells:
            raise InputError("cells", f"of {name} is empty", "give the sweep something to do")
        code = code_version(sources(sweep.file()))
        trigger = _trigger(plan.plain(settings))
        together = 1 if name in profile.alone else profile.together
        steps.append(SweepStep(name, cells, sweep.tables, code, trigger, together))
    return steps


def left_out_steps(profile: plan.Profile, project: Path) -> list[LeftOutStep]:
    """The sweeps of a profile that need something which is missing here.

    Parameters
    ----------
    profile : Profile
        Any profile.
    project : Path
        The project's folder, with the committed tables in ``results``.

    Returns
    -------
    list of LeftOutStep
        In the profile's order.

    Raises
    ------
    InputError
        If a table of such a sweep is not committed either; what is missing and how to get it is said.

    Examples
    --------
    >>> left_out_steps(plan.Profile("none", settings={}), Path("/no/such/folder"))
    []
    """
    steps = []
    for name, sweep in plan.sweeps(profile).items():
        if (lack := sweep.lacks()) is None:
            continue
        for table in sweep.tables:
            if not (project / "results" / f"{table}.parquet").is_file():
                raise InputError(f"sweep {name}", f"has no committed table {table!r} to stand in", str(lack))
        steps.append(LeftOutStep(name, sweep.tables, str(lack)))
    return steps


def chapter_steps(profile: plan.Profile, project: Path) -> list[ChapterStep]:
    """The notebooks of a project.

    Parameters
    ----------
    profile : Profile
        Its parameters have to fit the notebooks.
    project : Path
        The project's folder.

    Returns
    -------
    list of ChapterStep
        In reading order.

    Raises
    ------
    InputError
        If a notebook reads a table that no sweep makes, or the profile has parameters for a notebook that is
        not there or does not declare them.

    Examples
    --------
    >>> chapter_steps(plan.Profile("none", settings={}), Path("/no/such/folder"))
    []
    """
    found = notebook_sources(project)
    made = {table for sweep in plan.sweeps(profile).values() for table in sweep.tables}
    for name in profile.parameters:
        if found and name not in found:
            raise InputError(f"profile {profile.name}", f"has parameters for {name!r}", "name a notebook")
    steps = []
    for name, source in found.items():
        given = profile.parameters.get(name, {})
        if given:
            check_parameters(given, convert(source))
        tables = tables_read(source)
        for table in tables:
            if table not in made:
                known = ", ".join(sorted(made)) or "none"
                raise InputError(
                    f"notebook {name}", f"reads {table!r}, which no sweep makes", f"read one of {known}"
                )
        claims = [claim for claim in declared().values() if claim.notebook == name]
        criteria = {
            claim.id: [[q.name, str(q.criterion)] for q in claim.quantities.values()] for claim in claims
        }
        trigger = _trigger({"parameters": dict(given), "criteria": criteria})
        files = tuple(file_of(claim.id, Path("results")).as_posix() for claim in claims)
        code = code_version({*sources(source), *_RUNNER})
        steps.append(ChapterStep(name, code, tables, files, trigger))
    return steps


def page_sources(project: Path) -> list[str]:
    """Everything hand-written that the site shows: the book's pages and, for the reference, saelib itself.

    Parameters
    ----------
    project : Path
        The project's folder.

    Returns
    -------
    list of str
        Sorted paths.

    Examples
    --------
    >>> page_sources(Path("/no/such/folder"))
    []
    """
    patterns = ("_config.yml", "_toc.yml", "book/**/*", "saelib/**/*.py")
    found = {path for pattern in patterns for path in project.glob(pattern) if path.is_file()}
    generated = {path for path in found if "__pycache__" in path.parts or "generated" in path.parts}
    return sorted(map(str, found - generated))


def _trigger(content: object) -> str:
    """Snakemake runs a step again when this text changes."""
    return json.dumps(content, sort_keys=True, default=list)
