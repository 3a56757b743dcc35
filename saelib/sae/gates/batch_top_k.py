"""Relative gating across a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch

from saelib.errors import InputError
from saelib.sae.gates.gate import NOTHING, Gate
from saelib.sae.gates.top_k import checked_k


@dataclass(frozen=True)
class BatchTopK(Gate):
    """Relative gating across a batch: in training the ``k · B`` largest of B · d_sae survive, if positive.

    A point that needs more neurons takes them from one that needs fewer; ``k`` is kept on average. A single
    point has no batch, so inference compares with one number, the SAE's ``threshold``: the running mean
    over training of the least activation that survived. There the gate is absolute, ``z = p`` where ``p >
    threshold`` and else 0, and an activation set is a half-space again. Until it is trained its threshold is
    0, and it is a `ReLU`.

    Parameters
    ----------
    k : int
        How many neurons may fire on a point on average, 1 ≤ k ≤ d_sae.

    Raises
    ------
    InputError
        If ``k`` is not a positive integer, or exceeds ``d_sae`` of the SAE it is put into.

    References
    ----------
    Bussmann et al. 2024, arXiv:2412.06410.

    Examples
    --------
    >>> BatchTopK(1).acts(torch.tensor([[1.0, 3.0, 2.0]]), {"threshold": torch.tensor(1.5)})
    tensor([[0., 3., 2.]])
    """

    k: int
    architecture: ClassVar[str] = "jumprelu"
    measured: ClassVar[tuple[str, ...]] = ("threshold",)
    chooses: ClassVar[bool] = True

    def __post_init__(self) -> None:
        checked_k(self.k)

    def check(self, d_sae: int) -> None:
        """Raise `InputError` if ``k`` exceeds ``d_sae``."""
        if self.k > d_sae:
            raise InputError("k", f"is {self.k} but d_sae is {d_sae}", "give k ≤ d_sae")

    def acts(self, pre_acts: torch.Tensor, parameters: Mapping[str, torch.Tensor] = NOTHING) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae] at inference; without a threshold, at 0."""
        z = torch.relu(pre_acts)
        return z * (pre_acts > parameters["threshold"]) if "threshold" in parameters else z
