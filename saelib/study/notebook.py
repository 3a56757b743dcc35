"""From the hand-edited ``.py`` to a notebook, always the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saelib.errors import InputError

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# Which Python ran it is in the manifest; here it would only make equal notebooks differ.
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}


def convert(source: Path) -> Any:
    r"""A py:percent script as a notebook with fixed cell ids and kernel.

    Parameters
    ----------
    source : Path
        ``notebooks/NN_topic.py``.

    Returns
    -------
    nbformat.NotebookNode
        Without outputs. Cell ids are the notebook's name and the cell's number.

    Raises
    ------
    InputError
        If the file is missing or is no py:percent script.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "01_a.py").write_text("# %% [markdown]\n# # A\n\n# %%\n1 + 1\n")
    ...     [(cell.id, cell.cell_type, cell.source) for cell in convert(Path(folder, "01_a.py")).cells]
    [('01_a-000', 'markdown', '# A'), ('01_a-001', 'code', '1 + 1')]
    """
    import jupytext

    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "notebook", f"{source} cannot be read ({error})", "give a py:percent script"
        ) from None
    if not any(line.startswith("# %%") for line in text.splitlines()):
        raise InputError("notebook", f"{source} has no '# %%' cell", "write it as a py:percent script")
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata = {"kernelspec": dict(KERNEL), "language_info": dict(LANGUAGE)}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.cells = [
        cell for cell in notebook.cells if cell.source.strip()
    ]  # an empty cell never gets a count
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{source.stem[:59]}-{number:03d}"
    return notebook


def code_cells(notebook: Any) -> list[Any]:
    """The cells that are run.

    Examples
    --------
    >>> import nbformat.v4 as v4
    >>> len(code_cells(v4.new_notebook(cells=[v4.new_markdown_cell("a"), v4.new_code_cell("1")])))
    1
    """
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
