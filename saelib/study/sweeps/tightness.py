"""How fast units of tangent neurons close in on a ball: dimensions × numbers of neurons × seeds.

A cell takes one dimension and one seed. For every number of neurons it spreads the directions of a unit as
well as it can, measures its excess volume without sampling, and for comparison that of as many directions
drawn at random. The seed draws both, and the directions along which the radial formula checks the volume.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from saelib.study.settings.tightness import Tightness


def cells(settings: Tightness) -> list[str]:
    """One id a cell: dimension and seed, the longest cells first.

    Examples
    --------
    >>> from saelib.study.settings.tightness import Tightness
    >>> cells(Tightness(dimensions=(3, 4), seeds=(0, 1)))
    ['ball4-0', 'ball4-1', 'ball3-0', 'ball3-1']
    """
    return [f"ball{r}-{seed}" for r in sorted(settings.dimensions, reverse=True) for seed in settings.seeds]


def run_cell(settings: Tightness, cell_id: str) -> dict[str, pd.DataFrame]:
    """Build and measure the units of one cell.

    Returns
    -------
    dict of str to DataFrame
        ``tightness``: one row a unit with ``directions`` (``spread`` or ``random``), the dimension ``r``,
        ``neurons``, ``seed``, the relative ``excess`` volume (infinite if unbounded), its 99.9 % interval by
        the radial formula ``radial_low``, ``radial_high``, and the ``floor`` that no unit can beat.

    Examples
    --------
    >>> from saelib.study.settings.tightness import Tightness
    >>> frame = run_cell(Tightness(sizes=(16,), steps=5, n_samples=1000), "ball3-0")["tightness"]
    >>> frame.directions.tolist(), bool((frame.excess > frame.floor).all())
    (['spread', 'random'], True)
    """
    import numpy as np

    from saelib.data.synthetic.bodies.body import sphere_directions
    from saelib.geometry.polytopes import ball_floor, circumscribed_excess, radial_excess, spread_directions

    r, seed = (int(part) for part in cell_id.removeprefix("ball").split("-"))
    rows = []
    for neurons in settings.sizes:
        units = {
            "spread": spread_directions(neurons, r, seed, steps=settings.steps),
            "random": sphere_directions(neurons, r, np.random.default_rng(seed)),
        }
        for name, directions in units.items():
            check = radial_excess(directions, settings.n_samples, seed)
            rows.append(
                {
                    "directions": name,
                    "r": r,
                    "neurons": neurons,
                    "seed": seed,
                    "excess": circumscribed_excess(directions),
                    "radial_low": check.low,
                    "radial_high": check.high,
                    "floor": float(ball_floor(neurons, r)),
                }
            )
    return {"tightness": pd.DataFrame(rows)}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as one table, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> frame = pd.DataFrame({"directions": ["spread"], "r": [3], "neurons": [16], "seed": [0]})
    >>> list(gather([{"tightness": frame}]))
    ['tightness']
    """
    whole = pd.concat([frame["tightness"] for frame in frames], ignore_index=True)
    return {"tightness": whole.sort_values(["directions", "r", "neurons", "seed"], ignore_index=True)}
