"""Compute everything again elsewhere and compare: table by table, claim by claim."""

from __future__ import annotations

import math
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saelib.claims import storage
from saelib.claims.declaration import Claim, declared
from saelib.errors import InputError
from saelib.study import graph, manifest, plan
from saelib.study.paths import Layout, project

if TYPE_CHECKING:
    import pandas as pd

IDENTICAL = "identical"
WITHIN = "within tolerance"
DIFFERENT = "different"
NOT_RECOMPUTED = "not recomputed"


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may be apart: ``|a − b| ≤ absolute + relative · |a|``, ``a`` the committed one.

    Parameters
    ----------
    relative, absolute : float
        Non-negative. The defaults allow for another order of summation, not for another training run.

    Examples
    --------
    >>> Tolerance().allows(1.0, 1.0 + 1e-7), Tolerance().allows(1.0, 1.001)
    (True, False)
    """

    relative: float = 1e-6
    absolute: float = 1e-9

    def __post_init__(self) -> None:
        for name in ("relative", "absolute"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and math.isfinite(value) and value >= 0):
                raise InputError(f"tolerance {name}", f"is {value!r}", "give a number that is not negative")

    def allows(self, committed: float, recomputed: float) -> bool:
        """Whether two numbers are close enough; NaN is close to NaN alone.

        Examples
        --------
        >>> Tolerance().allows(math.nan, math.nan), Tolerance().allows(0.0, math.nan)
        (True, False)
        """
        if math.isnan(committed) or math.isnan(recomputed):
            return math.isnan(committed) and math.isnan(recomputed)
        if math.isinf(committed) or math.isinf(recomputed):
            return committed == recomputed
        return abs(committed - recomputed) <= self.absolute + self.relative * abs(committed)


@dataclass(frozen=True)
class Comparison:
    """One table or claim, compared.

    Examples
    --------
    >>> print(Comparison("table saes", DIFFERENT, "3 rows instead of 4"))
    table saes: different (3 rows instead of 4)
    """

    name: str
    outcome: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}" + (f" ({self.detail})" if self.detail else "")


def verify(
    profile: str = "full",
    *,
    root: str | Path | None = None,
    committed: str | Path | None = None,
    jobs: int | None = None,
    tolerance: Tolerance | None = None,
    snakemake_options: Sequence[str] = (),
) -> list[Comparison]:
    """Recompute the study in a scratch folder and compare it with the committed results.

    Parameters
    ----------
    profile : str
        The profile that made the committed results.
    root : path, optional
        The scratch folder. The default, ``runs/verify`` in the project, is emptied first; a folder you name
        is not, so that an interrupted verification can be resumed there.
    committed : path, optional
        The results to compare with; by default the project's ``results/``.
    jobs : int, optional
        Processes at a time.
    tolerance : Tolerance, optional
        For numbers that are not equal.
    snakemake_options : sequence of str
        Handed to Snakemake.

    Returns
    -------
    list of Comparison
        Every table and every claim that is on either side.

    Raises
    ------
    InputError
        If there are no committed results, or as :func:`saelib.study.reproduce`.

    Examples
    --------
    >>> verify(committed="/no/such/results")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: committed /no/such/results has no manifest.json: name a folder of results
    """
    from saelib.study.reproduction import reproduce

    chosen = plan.profile(profile)
    home = project()
    reference = Path(committed) if committed is not None else home / "results"
    if not (reference / "manifest.json").is_file():
        raise InputError("committed", f"{reference} has no manifest.json", "name a folder of results")
    parts = manifest.read(reference / "manifest.json").values()
    makers = {str(entry.get("profile")) for part in parts for entry in part.values()}
    if makers and chosen.name not in makers:
        offence = f"{profile!r} did not make {reference}, {' and '.join(sorted(makers))} did"
        raise InputError("profile", offence, "verify with the profile that did")
    scratch = Path(root).absolute() if root is not None else home / "runs" / "verify"
    if root is None and scratch.is_dir():
        shutil.rmtree(scratch)
    reproduce(profile, root=scratch, jobs=jobs, target="study", snakemake_options=snakemake_options)
    left_out = {table for step in graph.left_out_steps(chosen, home) for table in step.tables}
    return compare(reference, Layout(scratch).results, tolerance or Tolerance(), left_out)


def compare(
    committed: Path, recomputed: Path, tolerance: Tolerance, left_out: Collection[str] = ()
) -> list[Comparison]:
    """Compare two folders of results.

    Parameters
    ----------
    committed, recomputed : Path
        Folders with tables and claims.
    tolerance : Tolerance
        For numbers that are not equal.
    left_out : collection of str, optional
        Tables that stand in for themselves because their sweep could not be run here.

    Returns
    -------
    list of Comparison
        Tables first, then claims.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     storage.write(declared()["T5d"], {"violations": storage.Measurement(0)}, Path(folder, "a"))
    ...     storage.write(declared()["T5d"], {"violations": storage.Measurement(1)}, Path(folder, "b"))
    ...     print(*compare(Path(folder, "a"), Path(folder, "b"), Tolerance()))
    claim T5d: different (violations: 0 committed, 1 recomputed; verdict held → did not hold)
    """
    tables = sorted({path.stem for folder in (committed, recomputed) for path in folder.glob("*.parquet")})
    compared = [
        Comparison(f"table {name}", NOT_RECOMPUTED)
        if name in left_out
        else _compare_table(name, committed, recomputed, tolerance)
        for name in tables
    ]
    claims = [
        claim
        for claim in declared().values()
        if any(storage.file_of(claim.id, folder).exists() for folder in (committed, recomputed))
    ]
    return compared + [_compare_claim(claim, committed, recomputed, tolerance) for claim in claims]


def _compare_table(name: str, committed: Path, recomputed: Path, tolerance: Tolerance) -> Comparison:
    import pandas as pd

    title = f"table {name}"
    one, other = committed / f"{name}.parquet", recomputed / f"{name}.parquet"
    if missing := _missing(one, other):
        return Comparison(title, DIFFERENT, missing)
    if one.read_bytes() == other.read_bytes():
        return Comparison(title, IDENTICAL)
    try:
        return _compare_frames(title, pd.read_parquet(one), pd.read_parquet(other), tolerance)
    except (OSError, ValueError) as error:
        return Comparison(title, DIFFERENT, f"cannot be read: {str(error).splitlines()[0]}")


def _compare_frames(title: str, one: pd.DataFrame, other: pd.DataFrame, tolerance: Tolerance) -> Comparison:
    import numpy as np

    if list(one.columns) != list(other.columns):
        odd = sorted(set(one.columns) ^ set(other.columns)) or ["another order"]
        return Comparison(title, DIFFERENT, f"columns differ: {', '.join(map(str, odd))}")
    if len(one) != len(other):
        return Comparison(title, DIFFERENT, f"{len(one)} rows committed, {len(other)} recomputed")
    if one.equals(other):
        return Comparison(title, IDENTICAL)
    farthest = 0.0
    for column in one.columns:
        left, right = one[column], other[column]
        if left.dtype != right.dtype:
            return Comparison(title, DIFFERENT, f"{column}: {left.dtype} committed, {right.dtype} recomputed")
        if left.equals(right):
            continue
        if left.dtype.kind != "f":  # counts, labels and truth values are equal or they are not
            return Comparison(title, DIFFERENT, f"{column} differs")
        a, b = left.to_numpy(float), right.to_numpy(float)
        close = np.isclose(b, a, rtol=tolerance.relative, atol=tolerance.absolute, equal_nan=True)
        if not close.all():
            row = int(np.flatnonzero(~close)[0])
            detail = f"{column}, row {row}: {a[row]:.6g} committed, {b[row]:.6g} recomputed"
            return Comparison(title, DIFFERENT, f"{detail}; {int((~close).sum())} of {len(a)} rows")
        farthest = max(farthest, float(np.nanmax(np.abs(a - b))))
    return Comparison(title, WITHIN, f"largest difference {farthest:.1e}")


def _compare_claim(claim: Claim, committed: Path, recomputed: Path, tolerance: Tolerance) -> Comparison:
    title = f"claim {claim.id}"
    paths = [storage.file_of(claim.id, folder) for folder in (committed, recomputed)]
    if missing := _missing(*paths):
        return Comparison(title, DIFFERENT, missing)
    if paths[0].read_bytes() == paths[1].read_bytes():
        return Comparison(title, IDENTICAL)
    one, other = storage.read(claim, committed) or {}, storage.read(claim, recomputed) or {}
    verdicts = storage.verdict_of(claim, one), storage.verdict_of(claim, other)
    for name in sorted(set(one) | set(other)):
        if name not in one or name not in other:
            return Comparison(title, DIFFERENT, f"{name} is only on one side")
        if not _close(one[name], other[name], tolerance):
            detail = f"{name}: {_shown(one[name])} committed, {_shown(other[name])} recomputed"
            return Comparison(title, DIFFERENT, f"{detail}; verdict {_arrow(*verdicts)}")
    if verdicts[0] != verdicts[1]:
        return Comparison(title, DIFFERENT, f"verdict {_arrow(*verdicts)}")
    return Comparison(title, WITHIN)


def _close(one: storage.Measurement, other: storage.Measurement, tolerance: Tolerance) -> bool:
    if (one.interval is None) != (other.interval is None) or one.n != other.n:
        return False
    pairs: list[tuple[Any, Any]] = [(one.value, other.value)]
    pairs += zip(one.interval or (), other.interval or (), strict=True)
    return all(tolerance.allows(float(a), float(b)) for a, b in pairs)


def _shown(measurement: storage.Measurement) -> str:
    interval = measurement.interval
    return f"{measurement.value:.6g}" + (f" [{interval[0]:.4g}, {interval[1]:.4g}]" if interval else "")


def _arrow(before: str, after: str) -> str:
    return f"{before} in both" if before == after else f"{before} → {after}"


def _missing(committed: Path, recomputed: Path) -> str:
    if not committed.is_file():
        return "not among the committed results"
    return "" if recomputed.is_file() else "not recomputed"
