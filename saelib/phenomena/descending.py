"""Where gradient descent goes from a dictionary that was set by hand."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from saelib.errors import InputError, checked_type

if TYPE_CHECKING:
    import torch

    from saelib.sae import SAE

__all__ = ["descend"]


def descend(
    sae: SAE,
    points: torch.Tensor | np.ndarray,
    l1_coefficient: float,
    *,
    steps: int = 2_000,
    lr: float = 3e-3,
    records: int = 50,
) -> tuple[SAE, pd.DataFrame]:
    """Descend from a given ReLU SAE on all points at once: no batches, no revival, no randomness.

    The loss is that of `saelib.sae.train`, mean ‖x̂ − x‖² + λ mean ‖z‖₁ with unit decoder rows. The decoder
    bias stays where it is: moved, it would carry a share of the commonest concept for nothing. Adam's
    step is constant but for the last fifth, where it falls to 0.

    Parameters
    ----------
    sae : SAE
        Where to start; not changed.
    points : array or tensor [n_points, d_in]
        All of them are used in every step.
    l1_coefficient : float
        λ ≥ 0.
    steps : int, default 2000
        Number of steps.
    lr : float, default 3e-3
        Step of Adam.
    records : int, default 50
        About so many rows of the history.

    Returns
    -------
    sae : SAE
        Where the descent ends.
    history : DataFrame
        One row a recorded state, the first before any step and the last after all: ``step``, ``loss``,
        ``squared_error``, ``l1``, ``l0`` (means over the points).

    Raises
    ------
    InputError
        If the gate is not ReLU, the points do not fit, or a number is out of range.

    Examples
    --------
    >>> from saelib.phenomena import faithful_sae
    >>> _, history = descend(faithful_sae([[1.0]]), np.array([[2.0], [0.0]]), 0.2, steps=400, lr=1e-2)
    >>> history.loss.iloc[[0, -1]].round(4).tolist()       # shrunk by λ/2: (0.01 + 0.2·1.9)/2
    [0.2, 0.195]
    """
    import torch

    from saelib.sae import SAE, ReLU
    from saelib.sae.adam import Adam
    from saelib.sae.check import number_within, positive_integer
    from saelib.sae.gradients import gradients

    checked_type("sae", sae, SAE, "give an SAE; load_sae reads one from a folder")
    if not isinstance(sae.gate, ReLU):
        raise InputError("sae", f"has the gate {sae.gate}", "give a ReLU SAE")
    weight = number_within("l1_coefficient", l1_coefficient, 0, np.inf)
    positive_integer("steps", steps), positive_integer("records", records)
    number_within("lr", lr, 0, np.inf, open_low=True)
    x = sae._as_points(points)
    if not len(x) or not bool(torch.isfinite(x).all()):
        raise InputError("points", "is empty or not finite", "give finite points")
    moved, rows = copy.deepcopy(sae), []
    optimiser = Adam(moved)
    for step in range(steps + 1):
        found = gradients(moved, x, weight, into=optimiser.gradient)
        if step % max(1, steps // records) == 0 or step == steps:
            rows.append(
                {"step": step, "loss": found.loss, "squared_error": found.squared_error}
                | {"l1": found.l1, "l0": found.l0}
            )
        if step == steps:
            break
        with torch.no_grad():
            optimiser.gradient["b_dec"].zero_()
            towards = optimiser.gradient["W_dec"]
            towards.addcmul_((towards * moved.W_dec).sum(1, keepdim=True), moved.W_dec, value=-1)
            optimiser.step(lr * min(1.0, (steps - step) / (0.2 * steps)))
            moved.W_dec.div_(moved.W_dec.norm(dim=1, keepdim=True))
    optimiser.release()
    return moved, pd.DataFrame(rows)
