"""Execute one notebook through papermill so that its output is whole, clean and the same every time."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from saelib.claims.declaration import declared
from saelib.claims.storage import file_of, read
from saelib.errors import InputError
from saelib.study import process
from saelib.study.cleaning import clean
from saelib.study.files import require_writable, write_bytes
from saelib.study.notebook import convert
from saelib.study.parameters import check_parameters, declared_parameters


class NotebookError(RuntimeError):
    """A cell of a notebook failed.

    Parameters
    ----------
    notebook : str
        Its name.
    line : str
        The failed cell's error in one line.
    is_input_error : bool
        Whether it was saelib that refused its input.

    Examples
    --------
    >>> print(NotebookError("01_a", "k is -3: give a positive integer", True))
    01_a: k is -3: give a positive integer
    """

    def __init__(self, notebook: str, line: str, is_input_error: bool) -> None:
        self.is_input_error = is_input_error
        super().__init__(f"{notebook}: {line}")


def run_notebook(
    source: str | Path,
    output: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    results: str | Path | None = None,
    hide: tuple[Path, ...] = (),
) -> None:
    r"""Convert a py:percent notebook, execute it, and put the executed notebook in place when it is whole.

    To be called once a process and never in a thread: papermill changes the working directory of the whole
    process. With ``results`` the notebook is run as part of the study: it reads its tables there and its
    claims are kept there; every claim declared for it has to be recorded.

    Parameters
    ----------
    source : path
        ``notebooks/NN_topic.py``.
    output : path
        The ``.ipynb`` to write; untouched if anything fails.
    parameters : mapping of str to object, optional
        Values in place of the defaults of its ``parameters`` cell, of the same types.
    results : path, optional
        The results folder of the run.
    hide : tuple of Path, optional
        Further folders whose names must not appear in outputs.

    Raises
    ------
    InputError
        If the parameters do not fit, the output cannot be written, or a declared claim was left out.
    NotebookError
        If a cell fails; its one-line error is the message, the traceback goes to standard error.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.py").write_text("# %% tags=['parameters']\nseed: int = 0\n")
    ...     run_notebook(Path(folder, "a.py"), Path(folder, "a.ipynb"), {"sede": 1})
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: parameter 'sede' is not declared by the notebook: give one of seed
    """
    source, output = Path(source).absolute(), Path(output).absolute()
    notebook = convert(source)
    given = dict(parameters or {})
    check_parameters(given, notebook)
    defaults = declared_parameters(notebook)
    changed = {name: value for name, value in given.items() if value != defaults[name]}
    require_writable(output.parent, "output")
    if results is not None:
        _forget_claims(source.stem, Path(results))
    folders = (*hide, source.parent, source.parent.parent, Path(sys.prefix), Path.home())
    with tempfile.TemporaryDirectory(prefix="saelib-") as scratch, _environment(source, results, scratch):
        executed = _execute(notebook, changed, source, Path(scratch))
        write_whole = clean(executed, (*folders, Path(scratch)))
    if results is not None:
        _require_claims(source.stem, Path(results))
    write_bytes(output, _serialised(write_whole))


def _execute(notebook: Any, parameters: dict[str, Any], source: Path, scratch: Path) -> Any:
    import nbformat
    import papermill

    raw, executed = scratch / "in.ipynb", scratch / "out.ipynb"
    nbformat.write(notebook, raw)
    try:
        return papermill.execute_notebook(
            str(raw),
            str(executed),
            parameters=parameters,
            kernel_name="python3",
            cwd=str(source.parent),
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
        )
    except papermill.PapermillExecutionError as error:
        print(error, file=sys.stderr)
        first = (str(error.evalue).strip().splitlines() or [""])[0]
        refused = error.ename == "InputError"
        line = first if refused else f"{error.ename}: {first}"
        raise NotebookError(source.stem, line, refused) from None
    finally:
        if executed.is_file():
            _log_standard_error(nbformat.read(executed, as_version=4))


def _log_standard_error(notebook: Any) -> None:
    """Warnings are taken out of the notebook but not out of the world: the log keeps them."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                print(f"[{cell.id}] {output.text.rstrip()}", file=sys.stderr)


@contextmanager
def _environment(source: Path, results: str | Path | None, scratch: str) -> Iterator[None]:
    """What the notebook's kernel inherits; put back afterwards."""
    before = dict(os.environ)
    os.environ.update(process.ENVIRONMENT, IPYTHONDIR=scratch, SAELIB_NOTEBOOK=source.stem)
    # A kernel told to be interactive by its user's settings would draw elsewhere than in the notebook.
    os.environ.pop("MPLBACKEND", None)
    if results is not None:
        os.environ["SAELIB_RESULTS"] = str(Path(results).absolute())
    else:
        os.environ.pop("SAELIB_RESULTS", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _forget_claims(notebook: str, results: Path) -> None:
    for claim in declared().values():
        if claim.notebook == notebook:
            file_of(claim.id, results).unlink(missing_ok=True)


def _require_claims(notebook: str, results: Path) -> None:
    for claim in declared().values():
        if claim.notebook != notebook:
            continue
        recorded = read(claim, results) or {}
        for quantity in claim.quantities:
            if quantity not in recorded:
                offence = f"did not record {quantity!r} of {claim.id}, which is declared for it"
                raise InputError(f"notebook {notebook}", offence, "add the claims.record(...) line")


def _serialised(notebook: Any) -> bytes:
    import nbformat

    nbformat.validate(notebook)
    return (nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n").encode()
