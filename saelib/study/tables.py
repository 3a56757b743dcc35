"""Reading the study's tables, from a notebook or anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from saelib.claims.results import results_folder
from saelib.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def table(name: str) -> pd.DataFrame:
    """One tidy table of the study's results.

    It is looked for in the results folder of the running study, else in the nearest ``results/`` upward of
    the working directory, else in the project's own.

    Parameters
    ----------
    name : str
        Its name, without folder and suffix.

    Returns
    -------
    pandas.DataFrame
        The whole table.

    Raises
    ------
    InputError
        If there are no results, no such table, or the file cannot be read.

    Examples
    --------
    >>> table("no/such table")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: name 'no/such table' is no table's name: give letters, digits and underscores
    """
    import pandas as pd

    if not isinstance(name, str) or not name.isidentifier():
        raise InputError("name", f"{name!r} is no table's name", "give letters, digits and underscores")
    folder = results_folder()
    if folder is None:
        offence = f"{name!r} is not there, nor any results folder"
        raise InputError("name", offence, "run `saelib reproduce`, or work inside the project's folder")
    path = folder / f"{name}.parquet"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in folder.glob("*.parquet"))) or "none yet"
        raise InputError(
            "name", f"{name!r} is not among the results ({known})", "give one of them or run the study"
        )
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputError("name", f"{path} cannot be read ({error})", "run the study again") from None
