"""Relative gating, point by point."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch

from saelib.errors import InputError
from saelib.sae.gates.gate import NOTHING, Gate
from saelib.sae.selection import top_k_indices


def checked_k(k: object) -> None:
    """Raise `InputError` unless ``k`` is a positive integer."""
    if isinstance(k, bool) or not isinstance(k, numbers.Integral):
        raise InputError("k", f"is {k!r}, not an integer", "give a positive integer")
    if k < 1:
        raise InputError("k", f"is {k}", "give a positive integer")


@dataclass(frozen=True)
class TopK(Gate):
    """Relative gating: of each point's pre-activations only the ``k`` largest survive, if positive.

    Exactly ``k`` neurons at most fire on a point, ties included (broken by position). An activation set is a
    union of cells of a hyperplane arrangement.

    Parameters
    ----------
    k : int
        How many neurons may fire on one point, 1 ≤ k ≤ d_sae.

    Raises
    ------
    InputError
        If ``k`` is not a positive integer, or exceeds ``d_sae`` of the SAE it is put into.

    References
    ----------
    Makhzani & Frey 2014; Gao et al. 2024, arXiv:2406.04093.

    Examples
    --------
    >>> TopK(1).acts(torch.tensor([[1.0, 3.0, 2.0], [-1.0, -2.0, -3.0]]))
    tensor([[0., 3., 0.],
            [0., 0., 0.]])
    """

    k: int
    architecture: ClassVar[str] = "topk"
    chooses: ClassVar[bool] = True

    def __post_init__(self) -> None:
        checked_k(self.k)

    def check(self, d_sae: int) -> None:
        """Raise `InputError` if ``k`` exceeds ``d_sae``."""
        if self.k > d_sae:
            raise InputError("k", f"is {self.k} but d_sae is {d_sae}", "give k ≤ d_sae")

    def acts(self, pre_acts: torch.Tensor, parameters: Mapping[str, torch.Tensor] = NOTHING) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae]."""
        chosen = top_k_indices(pre_acts, self.k)
        return torch.zeros_like(pre_acts).scatter(1, chosen, torch.relu(pre_acts.gather(1, chosen)))
