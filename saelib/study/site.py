"""The book as web pages, from the project's own files or from those of one run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from saelib.study.files import copy
from saelib.study.paths import Layout

OPTIONS = ("-n", "-W", "--keep-going")


class SiteError(RuntimeError):
    """The book does not build without a warning.

    Examples
    --------
    >>> print(SiteError("the site has 1 warning: page.md:3: unknown document"))
    the site has 1 warning: page.md:3: unknown document
    """


def build(folder: Path, results: Path) -> int:
    """Build the site below a folder with Jupyter Book, every warning an error.

    Parameters
    ----------
    folder : Path
        Holds ``_config.yml`` and ``_toc.yml``; pages go to ``_build/html``.
    results : Path
        The results that the book's pages show.

    Returns
    -------
    int
        The number of pages.

    Raises
    ------
    SiteError
        With the first warning; all of it goes to standard error.

    Examples
    --------
    >>> build(Path("/no/such/folder"), Path("results"))
    Traceback (most recent call last):
    ...
    saelib.study.site.SiteError: /no/such/folder has no _config.yml
    """
    if not (folder / "_config.yml").is_file():
        raise SiteError(f"{folder} has no _config.yml")
    # Jupyter Book's module does nothing under -m, and its script need not be on the path.
    start = "import sys; from jupyter_book.cli.main import main; sys.argv[0] = 'jupyter-book'; main()"
    command = [sys.executable, "-c", start, "build", str(folder), *OPTIONS]
    environment = {**os.environ, "SAELIB_RESULTS": str(results.absolute())}
    run = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(run.stdout, file=sys.stderr)
    if run.returncode:
        # Sphinx remembers pages as read, with their faults, and would pass over them in silence next time.
        shutil.rmtree(folder / "_build" / ".doctrees", ignore_errors=True)
        found = re.findall(r"^.*(?:WARNING|ERROR|Error).*$", _uncoloured(run.stdout), re.MULTILINE)
        if not found:
            last = (run.stdout.strip().splitlines() or ["without a word"])[-1]
            raise SiteError(f"Jupyter Book failed: {last}")
        first = found[0].strip().replace(f"{folder}/", "")
        raise SiteError(f"the site has {len(found)} warnings or errors, the first: {first}")
    return sum(1 for _ in (folder / "_build" / "html").rglob("*.html"))


def assemble(project: Path, root: Path) -> Path:
    """Put the book's sources and a run's own notebooks and results together, below the run's folder.

    Parameters
    ----------
    project : Path
        The project's folder.
    root : Path
        The run's folder.

    Returns
    -------
    Path
        ``root/site``, ready for :func:`build`. Unchanged files keep their time stamps, so that only pages
        that changed are built again.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("_toc.yml", "book/index.md"):
    ...         Path(folder, name).parent.mkdir(exist_ok=True)
    ...         _ = Path(folder, name).write_text("")
    ...     site = assemble(Path(folder), Path(folder, "run"))
    ...     sorted(path.name for path in site.rglob("*.*"))
    ['_toc.yml', 'index.md']
    """
    site, layout = root / "site", Layout(root)
    wanted = {path: Path(path.name) for path in [*project.glob("_*.yml"), *project.glob("*.md")]}
    for folder in ("book", "notebooks"):
        for path in (project / folder).rglob("*"):
            if path.is_file() and path.suffix != ".ipynb" and "__pycache__" not in path.parts:
                wanted[path] = path.relative_to(project)
    wanted |= {path: Path("notebooks", path.name) for path in layout.notebooks.glob("*.ipynb")}
    wanted |= {
        path: Path("results", path.relative_to(layout.results))
        for path in layout.results.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    for source, target in wanted.items():
        copy(source, site / target)
    kept = {site / target for target in wanted.values()}
    for path in [path for folder in ("book", "notebooks", "results") for path in (site / folder).rglob("*")]:
        if path.is_file() and path not in kept:
            path.unlink()
    return site


def _uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
