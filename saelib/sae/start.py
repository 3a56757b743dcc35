"""Where training starts: the centre of the points, and directions that share one matrix."""

from __future__ import annotations

import torch


def geometric_median(
    points: torch.Tensor, *, tolerance: float = 1e-6, max_iterations: int = 200
) -> torch.Tensor:
    """The point [d_in] with the least mean Euclidean distance to the rows of ``points`` [n, d_in].

    Weiszfeld's iteration in float64, from the mean; a point that coincides with the iterate is given
    the weight of one at distance ``tolerance`` times the spread.

    Examples
    --------
    >>> geometric_median(torch.tensor([[0.0], [0.0], [9.0]])).round(decimals=2)
    tensor([0.])
    """
    rows = points.to(torch.float64)
    centre = rows.mean(0)
    spread = float((rows - centre).norm(dim=1).mean())
    floor = max(spread * tolerance, torch.finfo(torch.float64).tiny)
    for _ in range(max_iterations):
        weights = 1.0 / (rows - centre).norm(dim=1).clamp_min(floor)
        moved = (weights @ rows) / weights.sum()
        step = float((moved - centre).norm())
        centre = moved
        if step <= floor:
            break
    return centre.to(points.dtype)


def centre_of(
    points: torch.Tensor, kind: str, generator: torch.Generator, sample: int = 10_000
) -> torch.Tensor:
    """Initial ``b_dec`` [d_in]: the mean of all points, or the geometric median of ``sample`` of them."""
    if kind == "mean":
        return points.mean(0)
    if len(points) > sample:
        rows = torch.randperm(len(points), generator=generator)[:sample].to(points.device)
        points = points.index_select(0, rows)
    return geometric_median(points)
