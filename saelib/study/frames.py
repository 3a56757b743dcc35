"""Tables as files: parquet with the same bytes for the same frame, and several frames in one archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saelib.errors import InputError
from saelib.study.files import write_bytes

if TYPE_CHECKING:
    import pandas as pd


def to_parquet(frame: pd.DataFrame) -> bytes:
    """A frame as parquet; the row index is not part of a tidy table and is dropped.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns named by strings.

    Returns
    -------
    bytes
        The file's content, equal for equal frames.

    Raises
    ------
    InputError
        If it is no frame or has columns that parquet cannot hold.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"size": [1, 2]})
    >>> to_parquet(frame) == to_parquet(frame.copy())
    True
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise InputError("frame", f"is a {type(frame).__name__}", "give a pandas DataFrame")
    stream = io.BytesIO()
    try:
        frame.reset_index(drop=True).to_parquet(stream, engine="pyarrow", compression="zstd", index=False)
    except (ValueError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            "frame", f"does not fit parquet ({reason})", "give string column names and one type each"
        ) from None
    return stream.getvalue()


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write one frame as parquet, atomically.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_table(Path(folder, "t.parquet"), pd.DataFrame({"size": [1, 2]}))
    ...     int(pd.read_parquet(Path(folder, "t.parquet"))["size"].sum())
    3
    """
    write_bytes(path, to_parquet(frame))


def write_archive(path: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write several named frames as one file, so that a finished cell is one rename.

    Parameters
    ----------
    path : Path
        Where to; a zip of parquet files with fixed dates.
    frames : mapping of str to pandas.DataFrame
        By name.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_archive(Path(folder, "cell.zip"), {"a": pd.DataFrame({"x": [1]})})
    ...     read_archive(Path(folder, "cell.zip"))["a"].columns.tolist()
    ['x']
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, frame in sorted(frames.items()):
            archive.writestr(zipfile.ZipInfo(f"{name}.parquet"), to_parquet(frame))
    write_bytes(path, stream.getvalue())


def read_archive(path: Path) -> dict[str, pd.DataFrame]:
    """Read the frames of one archive.

    Parameters
    ----------
    path : Path
        Written by :func:`write_archive`.

    Returns
    -------
    dict of str to pandas.DataFrame
        By name.

    Raises
    ------
    InputError
        If the file is missing or no such archive.

    Examples
    --------
    >>> read_archive(Path("missing.zip"))
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: path missing.zip is no archive of frames (...): ...
    """
    import pandas as pd

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            return {Path(name).stem: pd.read_parquet(io.BytesIO(archive.read(name))) for name in names}
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise InputError(
            "path", f"{path} is no archive of frames ({error})", "delete it and run again"
        ) from None


def labelled(frame: pd.DataFrame, labels: Mapping[str, Any]) -> pd.DataFrame:
    """A frame with the same values before every row: what a cell's table says of the whole cell.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any.
    labels : mapping of str to object
        Column by column, the value.

    Returns
    -------
    pandas.DataFrame
        The labels' columns first.

    Examples
    --------
    >>> import pandas as pd
    >>> labelled(pd.DataFrame({"value": [1, 2]}), {"seed": 0}).to_dict("list")
    {'seed': [0, 0], 'value': [1, 2]}
    """
    return frame.assign(**labels)[[*labels, *frame.columns]]
