"""How much sparsity costs at each step: a coefficient that warms up, or is steered towards a wanted L0."""

from __future__ import annotations

import math

from saelib.sae.config import SAEConfig

_GAIN = 10.0  # with L0 off by a factor e all along, the coefficient changes by a factor e^_GAIN in one run
_DAMPING = 3.0  # L0 a third below the target takes the whole coefficient away at once


class Coefficient:
    """The weight of the sparsity penalty, step by step.

    Without a target it is the config's, after its warm-up. With ``target_l0`` it starts there and is
    steered as a thermostat steers its valve. Each step multiplies it by a power of L0 / target, so that it
    comes to rest where L0 is the target, whatever the unit of the points; and a term in proportion to how
    far L0 is off keeps it from swinging. Where L0 is paid for, that may turn the penalty into a reward
    (thresholds that have risen too far must come down again); an L1 penalty is at least 0.

    Examples
    --------
    >>> from saelib.sae import JumpReLU
    >>> config = SAEConfig(4, JumpReLU(), steps=100, l0_coefficient=0.5, l1_warmup=0.0, target_l0=2.0)
    >>> coefficient = Coefficient(config)
    >>> coefficient.at(0)
    0.5
    >>> coefficient.observe(3.0)
    >>> coefficient.at(1) > 0.5
    True
    >>> coefficient.observe(1.0)
    >>> coefficient.at(2) < 0.0
    True
    """

    def __init__(self, config: SAEConfig) -> None:
        self._config = config
        self._log_factor = 0.0
        self._off = 0.0

    def at(self, step: int) -> float:
        """The weight at a step."""
        lowest = -1.0 if self._config.gate.penalty == "l0" else 0.0
        swing = max(lowest, 1.0 + _DAMPING * self._off)
        return self._config.coefficient_at(step) * math.exp(self._log_factor) * swing

    def observe(self, l0: float) -> None:
        """Take note of a batch's mean L0."""
        target = self._config.target_l0
        if target is not None:
            self._off = max(-1.0, min(1.0, math.log(max(l0, 1e-3 * target) / target)))
            self._log_factor += _GAIN * self._off / self._config.steps
