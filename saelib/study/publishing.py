"""A finished run becomes the committed results and notebooks."""

from __future__ import annotations

from pathlib import Path

from saelib.study import manifest
from saelib.study.files import copy, write_json
from saelib.study.paths import Layout


def publish(root: str | Path, project: str | Path, only: tuple[str, ...] | None = None) -> list[Path]:
    """Copy a run's results and executed notebooks to the project, each file atomically, changed ones only.

    Parameters
    ----------
    root : path
        The run's folder.
    project : path
        The project's folder; ``results/`` and ``notebooks/`` below it are written.
    only : tuple of str, optional
        Publish these notebooks alone, with whatever results the run has.

    Returns
    -------
    list of Path
        What was written, in the project.

    Raises
    ------
    InputError
        If the project cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run, home = Path(folder, "run"), Path(folder, "home")
    ...     write_json(run / "results" / "claims" / "T1.json", {"claim": "T1"})
    ...     [path.relative_to(home).as_posix() for path in publish(run, home)]
    ['results/claims/T1.json', 'results/manifest.json']
    """
    root, project = Path(root), Path(project)
    written = [target for source, target in _pairs(root, project, only) if copy(source, target)]
    merged = _merged_manifest(root, project, only)
    target = project / "results" / "manifest.json"
    if not target.is_file() or manifest.read(target) != merged:
        write_json(target, merged)
        written.append(target)
    return written


def is_published(root: str | Path, project: str | Path) -> bool:
    """Whether the project already has this run's files, byte for byte.

    Parameters
    ----------
    root, project : path
        As for :func:`publish`.

    Returns
    -------
    bool
        False as soon as one file is missing or differs.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_json(Path(folder, "run", "results", "claims", "T1.json"), {})
    ...     before = is_published(Path(folder, "run"), Path(folder))
    ...     _ = publish(Path(folder, "run"), Path(folder))
    ...     before, is_published(Path(folder, "run"), Path(folder))
    (False, True)
    """
    root, project = Path(root), Path(project)
    same = all(
        target.is_file() and target.read_bytes() == source.read_bytes()
        for source, target in _pairs(root, project, None)
    )
    target = project / "results" / "manifest.json"
    return same and target.is_file() and manifest.read(target) == _merged_manifest(root, project, None)


def _pairs(root: Path, project: Path, only: tuple[str, ...] | None) -> list[tuple[Path, Path]]:
    layout = Layout(root)
    results = [*sorted(layout.results.glob("*.parquet")), *sorted(layout.results.glob("claims/*.json"))]
    notebooks = sorted(path for path in layout.notebooks.glob("*.ipynb") if only is None or path.stem in only)
    pairs = [(path, project / "results" / path.relative_to(layout.results)) for path in results]
    return pairs + [(path, project / "notebooks" / path.name) for path in notebooks]


def _merged_manifest(root: Path, project: Path, only: tuple[str, ...] | None) -> dict[str, dict[str, object]]:
    """The published manifest with this run's entries in place of older ones.

    Entries of what this run did not make stay: a chapter that needs an optional extra keeps the results it
    was committed with.
    """
    fresh = Layout(root).results / "manifest.json"
    if only is not None or not fresh.is_file():
        fresh = root / "logs" / "manifest.json"
        manifest.assemble(Layout(root).provenance, fresh)
    new, old = manifest.read(fresh), manifest.read(project / "results" / "manifest.json")
    if only is not None:
        new["notebooks"] = {name: entry for name, entry in new["notebooks"].items() if name in only}
    return {part: {**old[part], **new[part]} for part in old}
