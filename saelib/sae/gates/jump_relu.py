"""Absolute gating with a threshold for each neuron."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch

from saelib.sae.gates.gate import NOTHING, Gate


@dataclass(frozen=True)
class JumpReLU(Gate):
    """Absolute gating with a jump: ``z = p`` where ``p > θ`` and else 0, with a ``threshold`` θ ≥ 0 a neuron.

    The activation set of a neuron is the open half-space where its pre-activation exceeds θ; unlike with
    `ReLU`, what decides whether a neuron fires need not shrink how much. Sparsity is paid for by the L0
    penalty of `SAEConfig`. Neither L0 nor the jump has a useful derivative, so training smooths the
    derivative with respect to θ over a window of ``bandwidth`` (a straight-through estimator) and moves log
    θ, which keeps θ positive. Until it is trained θ is 0, and it is a `ReLU`.

    References
    ----------
    Rajamanoharan et al. 2024, arXiv:2407.14435.

    Examples
    --------
    >>> JumpReLU().acts(torch.tensor([[1.0, 3.0, 2.0]]), {"threshold": torch.tensor([0.5, 3.5, 1.0])})
    tensor([[1., 0., 2.]])
    """

    architecture: ClassVar[str] = "jumprelu"
    learned: ClassVar[tuple[str, ...]] = ("b_enc", "threshold")
    penalty: ClassVar[Literal["l1", "l0"]] = "l0"

    def acts(self, pre_acts: torch.Tensor, parameters: Mapping[str, torch.Tensor] = NOTHING) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae]; without thresholds, those of `ReLU`."""
        z = torch.relu(pre_acts)
        return z * (pre_acts > parameters["threshold"]) if "threshold" in parameters else z
