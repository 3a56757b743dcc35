"""A dictionary of which every prefix is one."""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from saelib.errors import InputError
from saelib.sae.gates.batch_top_k import BatchTopK
from saelib.sae.gates.gate import NOTHING, Gate
from saelib.sae.gates.top_k import TopK


@dataclass(frozen=True)
class Matryoshka(Gate):
    """Nested dictionaries: trained so that the first m neurons reconstruct alone, for each m of ``prefixes``.

    The gate is the inner one over the whole dictionary; only the loss differs: the mean over the prefixes m
    of ``mean ‖x - z[:m] W_dec[:m] - b_dec‖²``. (The paper takes the sum, which is the same up to a
    factor; the mean keeps the loss comparable with that of the inner gate, and with one prefix they are the
    same.)

    Parameters
    ----------
    inner_gate : TopK or BatchTopK
        Who fires.
    prefixes : sequence of int
        Sizes of the nested dictionaries, rising; the last is ``d_sae``.

    Raises
    ------
    InputError
        For another inner gate, or prefixes that do not rise from 1 or more to ``d_sae``.

    References
    ----------
    Bussmann et al. 2025, arXiv:2503.17547.

    Examples
    --------
    >>> gate = Matryoshka(TopK(1), prefixes=[1, 3])
    >>> gate.acts(torch.tensor([[1.0, 3.0, 2.0]]))
    tensor([[0., 3., 0.]])
    >>> gate.check(4)
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: prefixes end at 3 but d_sae is 4: let the last prefix be d_sae
    """

    inner_gate: TopK | BatchTopK
    prefixes: tuple[int, ...]

    # What a class says of itself for the other gates, this one asks its inner gate.
    chooses = True

    def __post_init__(self) -> None:
        if not isinstance(self.inner_gate, TopK | BatchTopK):
            raise InputError("inner_gate", f"is {self.inner_gate!r}", "give TopK(k) or BatchTopK(k)")
        object.__setattr__(self, "prefixes", _rising(self.prefixes))

    @property
    def architecture(self) -> str:  # type: ignore[override]
        """That of the inner gate: at inference they are the same."""
        return self.inner_gate.architecture

    @property
    def measured(self) -> tuple[str, ...]:  # type: ignore[override]
        """That of the inner gate."""
        return self.inner_gate.measured

    @property
    def k(self) -> int:
        """That of the inner gate."""
        return self.inner_gate.k

    def check(self, d_sae: int) -> None:
        """Raise `InputError` if the last prefix is not ``d_sae``, or the inner gate does not fit."""
        self.inner_gate.check(d_sae)
        if self.prefixes[-1] != d_sae:
            raise InputError(
                "prefixes", f"end at {self.prefixes[-1]} but d_sae is {d_sae}", "let the last prefix be d_sae"
            )

    def acts(self, pre_acts: torch.Tensor, parameters: Mapping[str, torch.Tensor] = NOTHING) -> torch.Tensor:
        """Activations [n, d_sae] of pre-activations [n, d_sae]: those of the inner gate."""
        return self.inner_gate.acts(pre_acts, parameters)


def _rising(prefixes: Any) -> tuple[int, ...]:
    mend = "give rising positive integers, the last one d_sae"
    try:
        listed = tuple(prefixes)
    except TypeError:
        raise InputError("prefixes", f"is {prefixes!r}", mend) from None
    whole = all(isinstance(m, numbers.Integral) and not isinstance(m, bool) for m in listed)
    if not listed or not whole or listed[0] < 1 or any(a >= b for a, b in itertools.pairwise(listed)):
        raise InputError("prefixes", f"is {prefixes!r}", mend)
    return tuple(int(m) for m in listed)
