"""What a training run is told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from saelib.errors import InputError
from saelib.sae.check import number_within, positive_integer
from saelib.sae.gates import Gate


@dataclass(frozen=True)
class SAEConfig:
    """Settings of one training run; together with the points they determine the result.

    Parameters
    ----------
    d_sae : int
        Number of neurons.
    gate : Gate
        `ReLU`, `TopK`, `BatchTopK`, `JumpReLU`, `Gated` or `Matryoshka`.
    steps : int, default 2000
        Number of gradient steps.
    batch_size : int, default 1024
        Points a step, drawn without replacement within an epoch.
    seed : int, default 0
        Draws the initial directions, the batches and the revivals.
    lr : float, default 3e-3
        Peak learning rate of Adam (betas 0.9 and 0.999).
    lr_warmup, lr_decay : float, default 0.05, 0.2
        Fractions of the steps over which the rate rises from 0 and falls back to 0, linearly.
    l1_coefficient : float, default 0.0
        Weight λ of the mean L1 norm of the activations in the loss (the unit is that of a point); of a
        `Gated` SAE, of what its gate lets through.
    l1_warmup : float, default 0.05
        Fraction of the steps over which λ rises from 0, linearly; that of L0 too.
    l0_coefficient : float, default 0.0
        Weight λ of the mean L0 norm in the loss of a `JumpReLU` SAE (the unit is that of a point, squared).
    bandwidth : float, default 0.1
        Width of the window around a `JumpReLU` neuron's threshold within which pre-activations move
        it, and where the thresholds start (the unit is that of a point).
    target_l0 : float, optional
        For `ReLU`, `Gated` and `JumpReLU`: steer λ, from its value here, so that so many neurons fire on a
        point in the end; what is wanted comes down to it over the first 0.7 of the steps. In some thousand
        steps it comes within about a tenth; it cannot give more than fire without a penalty.
    b_dec_init : {"geometric_median", "mean"}, default "geometric_median"
        Where the decoder bias starts.
    dead_after : int, default 250
        Steps without firing after which a neuron counts as dead during training and is revived.
    revive : bool, default True
        Revive dead neurons: an auxiliary loss for `TopK`, `BatchTopK` and `Matryoshka`, resampling for the
        rest.
    aux_coefficient : float, default 1/32
        Weight of the auxiliary loss (Gao et al. 2024).

    Raises
    ------
    InputError
        For any value outside its range.

    Examples
    --------
    >>> from saelib.sae import TopK
    >>> SAEConfig(d_sae=16, gate=TopK(4)).batch_size
    1024
    >>> SAEConfig(d_sae=16, gate=TopK(40))
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: k is 40 but d_sae is 16: give k ≤ d_sae
    >>> SAEConfig(d_sae=16, gate=TopK(4), target_l0=3.0)
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: target_l0 is 3.0 but TopK(k=4) says itself how many fire: leave it out
    """

    d_sae: int
    gate: Gate
    steps: int = 2000
    batch_size: int = 1024
    seed: int = 0
    lr: float = 3e-3
    lr_warmup: float = 0.05
    lr_decay: float = 0.2
    l1_coefficient: float = 0.0
    l1_warmup: float = 0.05
    l0_coefficient: float = 0.0
    bandwidth: float = 0.1
    target_l0: float | None = None
    b_dec_init: Literal["geometric_median", "mean"] = "geometric_median"
    dead_after: int = 250
    revive: bool = True
    aux_coefficient: float = 1 / 32

    def __post_init__(self) -> None:
        for name in ("d_sae", "steps", "batch_size", "dead_after"):
            positive_integer(name, getattr(self, name))
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise InputError("seed", f"is {self.seed!r}", "give a non-negative integer")
        number_within("lr", self.lr, 0, math.inf, open_low=True)
        for name in ("lr_warmup", "lr_decay", "l1_warmup"):
            number_within(name, getattr(self, name), 0, 1)
        number_within("bandwidth", self.bandwidth, 0, math.inf, open_low=True)
        for name in ("l1_coefficient", "l0_coefficient", "aux_coefficient"):
            number_within(name, getattr(self, name), 0, math.inf)
        if self.b_dec_init not in ("geometric_median", "mean"):
            raise InputError("b_dec_init", f"is {self.b_dec_init!r}", "give 'geometric_median' or 'mean'")
        if not isinstance(self.gate, Gate):
            raise InputError("gate", f"is {self.gate!r}", "give a gate such as ReLU() or TopK(8)")
        self.gate.check(self.d_sae)
        self._check_penalty()

    def lr_at(self, step: int) -> float:
        """Learning rate of step 0 ≤ ``step`` < ``steps``: linear warm-up, plateau, linear decay.

        Examples
        --------
        >>> from saelib.sae import ReLU
        >>> config = SAEConfig(d_sae=2, gate=ReLU(), steps=10, lr=1.0, lr_warmup=0.2, lr_decay=0.5)
        >>> [round(config.lr_at(step), 1) for step in range(10)]
        [0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.6, 0.4, 0.2]
        """
        rising = (step + 1) / max(1.0, self.lr_warmup * self.steps)
        falling = (self.steps - step) / max(1.0, self.lr_decay * self.steps)
        return self.lr * min(1.0, rising, falling)

    def coefficient_at(self, step: int) -> float:
        """Weight of the gate's sparsity penalty at a step: linear warm-up, then constant."""
        weight = self.l0_coefficient if self.gate.penalty == "l0" else self.l1_coefficient
        return weight * min(1.0, (step + 1) / max(1.0, self.l1_warmup * self.steps))

    def _check_penalty(self) -> None:
        other = "l1" if self.gate.penalty == "l0" else "l0"
        if getattr(self, f"{other}_coefficient"):
            raise InputError(
                f"{other}_coefficient",
                f"is {getattr(self, f'{other}_coefficient')!r} but {self.gate} pays in {self.gate.penalty}",
                f"give {self.gate.penalty}_coefficient",
            )
        if self.target_l0 is None:
            return
        if self.gate.chooses:
            raise InputError(
                "target_l0",
                f"is {self.target_l0!r} but {self.gate} says itself how many fire",
                "leave it out",
            )
        number_within("target_l0", self.target_l0, 0, self.d_sae, open_low=True)
        if not getattr(self, f"{self.gate.penalty}_coefficient"):
            raise InputError(
                f"{self.gate.penalty}_coefficient",
                "is 0 where target_l0 starts from it",
                "give a positive number",
            )
