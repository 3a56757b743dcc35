"""Take out of an executed notebook what differs between two equal runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from saelib.study.notebook import KERNEL, LANGUAGE

_STYLED = re.compile(r"<table id=\"(T_[0-9a-f]{5})\"")
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{6,}")


def clean(notebook: Any, folders: Iterable[Path]) -> Any:
    r"""Strip times, paths, addresses and progress noise, in place.

    What goes: papermill's and the kernel's metadata, the standard error stream (it is in the log), the way
    standard output happened to be cut into messages, memory addresses, the machine's folders, the random
    names that pandas gives to styled tables.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As executed.
    folders : iterable of Path
        Absolute folders to write as ``.`` wherever they appear in an output; longest first wins.

    Returns
    -------
    nbformat.NotebookNode
        The same object.

    Examples
    --------
    >>> import nbformat.v4 as v4
    >>> noise = [v4.new_output("stream", name=name, text=text) for name, text in
    ...          [("stdout", "a "), ("stderr", "50 %"), ("stdout", "in /home/me/x\n")]]
    >>> cell = v4.new_code_cell("print()", outputs=noise, metadata={"papermill": {"duration": 1.0}})
    >>> cleaned = clean(v4.new_notebook(cells=[cell]), [Path("/home/me")]).cells[0]
    >>> cleaned.outputs[0].text, len(cleaned.outputs), dict(cleaned.metadata)
    ('a in ./x\n', 1, {})
    """
    names = sorted({str(folder) for folder in folders if str(folder) != "/"}, key=len, reverse=True)
    notebook.metadata = {"kernelspec": dict(KERNEL), "language_info": dict(LANGUAGE)}
    for cell in notebook.cells:
        for volatile in ("papermill", "execution", "jupyter_execution"):
            cell.metadata.pop(volatile, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        if cell.cell_type == "code":
            cell.outputs = [_plain(output, names) for output in _merged(cell.outputs)]
            _name_styled_tables(cell)
    return notebook


def _merged(outputs: list[Any]) -> list[Any]:
    """Without standard error, and with neighbouring pieces of standard output joined."""
    kept: list[Any] = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            continue
        if output.output_type == "stream" and kept and kept[-1].output_type == "stream":
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def _plain(output: Any, names: list[str]) -> Any:
    output.pop("transient", None)
    if "text" in output:
        output.text = _without_machine(output.text, names)
    for mime, content in output.get("data", {}).items():
        if isinstance(content, str) and (mime.startswith("text/") or mime == "image/svg+xml"):
            output.data[mime] = _without_machine(content, names)
    return output


def _name_styled_tables(cell: Any) -> None:
    """Pandas names every styled table at random; name it by its cell and number instead."""
    number = 0
    for output in cell.outputs:
        html = output.get("data", {}).get("text/html", "")
        for random_name in _STYLED.findall(html):
            html = html.replace(random_name, f"styled-{cell.id}-{number}")
            number += 1
            output.data["text/html"] = html


def _without_machine(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(name, ".")
    return _ADDRESS.sub("0x…", text)
