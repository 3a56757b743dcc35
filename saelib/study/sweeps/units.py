"""How many neurons an AND-unit needs, and whether theorem T3 ever errs.

Four kinds of cells: ``existence`` holds the answer of `saelib.geometry.cut` against another test of the
hull; ``least`` solves small instances exactly, between the conflict bound and the greedy unit; ``point``
surrounds a single point with ever more negatives; ``digits`` builds a unit for every human concept of the
handwritten digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from saelib.errors import InputError

if TYPE_CHECKING:
    from saelib.study.settings.units import Units

TABLES = {
    "units_existence": ["d_in", "kind"],
    "units_least": ["d_in", "kind", "trial"],
    "units_around_a_point": ["d_in", "negatives"],
    "units_digits": ["concept"],
}


def cells(settings: Units) -> list[str]:
    """One id a cell: its kind and its dimension.

    Examples
    --------
    >>> from saelib.study.settings.units import Units
    >>> cells(Units(dimensions=(2,), point_dimensions=(3,)))
    ['digits-64', 'existence-2', 'least-2', 'point-3']
    """
    small = [f"{kind}-{d}" for kind in ("existence", "least") for d in settings.dimensions]
    return ["digits-64", *small, *(f"point-{d}" for d in settings.point_dimensions)]


def run_cell(settings: Units, cell_id: str) -> dict[str, pd.DataFrame]:
    """Compute one cell.

    Returns
    -------
    dict of str to DataFrame
        One table: ``units_existence`` with a row a kind (``d_in``, ``kind``, ``instances``, ``exists``,
        ``one``, ``wrong``: counts); ``units_least`` with a row an instance that has a unit (the columns of
        `saelib.geometry.trials_of_units.try_least`); ``units_around_a_point`` with a row a number of
        negatives (``one``, ``two``, ``more``: counts of units by their size); or ``units_digits`` with a
        row a concept (``inside``, ``outside``, ``lower``: 1 or 2 neurons proven necessary, ``found``; and of
        the unit for the training images alone ``trained``, its neurons, with ``recall`` and ``leak`` on the
        held-out ones).

    Raises
    ------
    InputError
        For an id of another kind.

    Examples
    --------
    >>> from saelib.study.settings.units import Units
    >>> frames = run_cell(Units(existence_trials=1), "existence-2")
    >>> len(frames["units_existence"]), int(frames["units_existence"].wrong.sum())      # six kinds
    (6, 0)
    """
    kind, dimension = cell_id.split("-")[0], int(cell_id.split("-")[1])
    makers = {"existence": _existence, "least": _least, "point": _point, "digits": _digits}
    if kind not in makers:
        raise InputError("cell_id", f"is {cell_id!r}", f"give one of {', '.join(cells(settings))}")
    name, rows = makers[kind](settings, dimension)
    return {name: pd.DataFrame(rows)}


def _existence(settings: Units, d_in: int) -> tuple[str, list[dict[str, object]]]:
    from saelib.geometry.trials_of_units import UNIT_TRIALS, try_existence, unit_trial

    rows: list[dict[str, object]] = []
    for number, kind in enumerate(UNIT_TRIALS):
        rng = np.random.default_rng([settings.seed, 0, d_in, number])
        tried = [try_existence(*unit_trial(kind, d_in, rng)) for _ in range(settings.existence_trials)]
        counts = {name: sum(each[name] for each in tried) for name in ("exists", "one", "wrong")}
        rows.append({"d_in": d_in, "kind": kind, "instances": len(tried), **counts})
    return "units_existence", rows


def _least(settings: Units, d_in: int) -> tuple[str, list[dict[str, object]]]:
    from saelib.geometry.trials_of_units import try_least, unit_trial

    rows: list[dict[str, object]] = []
    for number, kind in enumerate(("around", "random")):
        for trial in range(settings.least_trials):
            rng = np.random.default_rng([settings.seed, 1, d_in, number, trial])
            while (found := try_least(*unit_trial(kind, d_in, rng))) is None:
                pass
            rows.append({"d_in": d_in, "kind": kind, "trial": trial, **found})
    return "units_least", rows


def _point(settings: Units, d_in: int) -> tuple[str, list[dict[str, object]]]:
    from saelib.geometry import Cut, cut

    rows: list[dict[str, object]] = []
    for n in sorted({round(ratio * d_in) for ratio in settings.point_ratios}):
        rng = np.random.default_rng([settings.seed, 2, d_in, n])
        units = [
            cut(np.zeros((1, d_in)), rng.standard_normal((n, d_in))) for _ in range(settings.point_trials)
        ]
        sizes = np.array([len(unit) for unit in units if isinstance(unit, Cut)])
        counts = {
            "one": int((sizes == 1).sum()),
            "two": int((sizes == 2).sum()),
            "more": int((sizes > 2).sum()),
        }
        rows.append({"d_in": d_in, "negatives": n, "instances": len(sizes), **counts})
    return "units_around_a_point", rows


def _digits(settings: Units, d_in: int) -> tuple[str, list[dict[str, object]]]:
    from saelib.data.digits import digits
    from saelib.geometry import Cut, cut, separate

    data = digits(settings.seed)
    points = np.concatenate([data.train_points, data.test_points]).astype(np.float64)
    labels = np.concatenate([data.train_labels, data.test_labels])
    n = len(data.train_points)
    rows: list[dict[str, object]] = []
    for concept, held in data.definitions.items():
        if settings.concepts and concept not in settings.concepts:
            continue
        member = np.isin(labels, held)
        unit = cut(points[member], points[~member])
        trained = cut(points[:n][member[:n]], points[:n][~member[:n]])
        found = len(unit) if isinstance(unit, Cut) else 0
        row: dict[str, object] = {"concept": concept, "digits": len(held), "inside": int(member.sum())}
        # Two are needed if a certificate, not merely the search, says that one will not do.
        two = found > 1 and separate(points[member], points[~member]).separable is False
        row |= {"outside": int((~member).sum()), "lower": 2 if two else min(found, 1), "found": found}
        if isinstance(trained, Cut):
            fired, new = trained.fires(points[n:]), member[n:]
            row |= {"trained": len(trained), "recall": fired[new].mean(), "leak": fired[~new].mean()}
        rows.append(row)
    return "units_digits", rows


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as four tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> frame = pd.DataFrame({"d_in": [3, 2], "negatives": [1, 1]})
    >>> gather([{"units_around_a_point": frame}])["units_around_a_point"].d_in.tolist()
    [2, 3]
    """
    tables = {}
    for name, key in TABLES.items():
        parts = [frame[name] for frame in frames if name in frame]
        if parts:
            tables[name] = pd.concat(parts, ignore_index=True).sort_values(
                key, kind="stable", ignore_index=True
            )
    return tables
