"""Absolute gating that decides and measures separately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch

from saelib.errors import InputError
from saelib.sae.gates.gate import NOTHING, Gate


@dataclass(frozen=True)
class Gated(Gate):
    """Whether and how much, apart: ``z = max(u · exp(r_mag) + b_mag, 0)`` where ``u + b_gate > 0``, else 0.

    ``u = (x - b_dec) W_enc`` is shared; each neuron has its own ``b_gate``, ``b_mag`` and ``r_mag`` in place
    of ``b_enc``. The pre-activation is the one that gates, ``p = u + b_gate``, and the L1 penalty falls on it
    alone (through ``max(p, 0)``), so that magnitudes aren't shrunk; an auxiliary loss reconstructs the point
    from ``max(p, 0)`` with the decoder held fixed, so that the gate learns.

    References
    ----------
    Rajamanoharan et al. 2024, arXiv:2404.16014.

    Examples
    --------
    >>> zero, one = torch.zeros(3), torch.ones(3)
    >>> Gated().acts(torch.tensor([[-1.0, 1.0, 2.0]]), {"b_gate": zero, "r_mag": zero, "b_mag": one})
    tensor([[0., 2., 3.]])
    """

    architecture: ClassVar[str] = "gated"
    learned: ClassVar[tuple[str, ...]] = ("b_gate", "b_mag", "r_mag")
    bias: ClassVar[str] = "b_gate"

    def acts(self, pre_acts: torch.Tensor, parameters: Mapping[str, torch.Tensor] = NOTHING) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae]."""
        missing = [name for name in self.learned if name not in parameters]
        if missing:
            raise InputError("parameters", f"has no {missing[0]}", f"give {', '.join(self.learned)}")
        u = pre_acts - parameters["b_gate"]
        magnitude = torch.relu(u * torch.exp(parameters["r_mag"]) + parameters["b_mag"])
        return magnitude * (pre_acts > 0)
