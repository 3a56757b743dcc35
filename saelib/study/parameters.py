"""The parameters a notebook declares, and whether what it is given fits them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from saelib.errors import InputError


def declared_parameters(notebook: Any) -> dict[str, Any]:
    r"""Names and defaults from the cell tagged ``parameters``.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Any notebook.

    Returns
    -------
    dict of str to object
        In the order of declaration; empty if no cell has the tag.

    Raises
    ------
    InputError
        If that cell holds anything but assignments of literals.

    Examples
    --------
    >>> import nbformat.v4 as v4
    >>> tags = {"tags": ["parameters"]}
    >>> cell = v4.new_code_cell("seed: int = 0  # of everything\nsizes = (1, 2)", metadata=tags)
    >>> declared_parameters(v4.new_notebook(cells=[cell]))
    {'seed': 0, 'sizes': (1, 2)}
    """
    found: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or "parameters" not in cell.metadata.get("tags", []):
            continue
        try:
            statements = ast.parse(cell.source).body
        except SyntaxError as error:
            raise InputError("parameters cell", f"is not Python (line {error.lineno})", "mend it") from None
        for statement in statements:
            found.update(_assignment(statement))
    return found


def check_parameters(given: Mapping[str, Any], notebook: Any) -> None:
    """Refuse parameters that the notebook does not declare or whose type differs from the default's.

    Parameters
    ----------
    given : mapping of str to object
        Values by name.
    notebook : nbformat.NotebookNode
        The notebook that is to be run with them.

    Raises
    ------
    InputError
        Naming the parameter and the known ones, or the expected type.

    Examples
    --------
    >>> import nbformat.v4 as v4
    >>> cell = v4.new_code_cell("seed: int = 0", metadata={"tags": ["parameters"]})
    >>> check_parameters({"sede": 1}, v4.new_notebook(cells=[cell]))
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: parameter 'sede' is not declared by the notebook: give one of seed
    >>> check_parameters({"seed": "one"}, v4.new_notebook(cells=[cell]))
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: parameter 'seed' is 'one', a str: give an int like the default 0
    """
    defaults = declared_parameters(notebook)
    for name, value in given.items():
        if name not in defaults:
            known = f"give one of {', '.join(defaults)}" if defaults else "give none, it has no parameters"
            raise InputError(f"parameter {name!r}", "is not declared by the notebook", known)
        if not _fits(value, defaults[name]):
            offence = f"is {value!r}, a {type(value).__name__}"
            expected = type(defaults[name]).__name__
            article = "an" if expected[0] in "aeiou" else "a"
            raise InputError(
                f"parameter {name!r}",
                offence,
                f"give {article} {expected} like the default {defaults[name]!r}",
            )


def _fits(value: Any, default: Any) -> bool:
    if default is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    if isinstance(default, list | tuple):
        if not isinstance(value, list | tuple):
            return False
        return not default or all(_fits(item, default[0]) for item in value)
    return isinstance(value, type(default))


def _assignment(statement: ast.stmt) -> dict[str, Any]:
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target: ast.expr = statement.target
        value: ast.expr = statement.value
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    else:
        raise _not_a_literal(statement)
    try:
        return {target.id: ast.literal_eval(value)} if isinstance(target, ast.Name) else {}
    except ValueError:
        raise _not_a_literal(statement) from None


def _not_a_literal(statement: ast.stmt) -> InputError:
    offence = f"has {ast.unparse(statement)!r}"
    return InputError("parameters cell", offence, "keep to lines of the form name: type = literal")
