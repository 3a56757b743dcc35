"""How much sparsity costs at each step: a coefficient that warms up, or is steered towards a wanted L0."""

from __future__ import annotations

import math

from saelib.sae.config import SAEConfig

_DESCENT = 0.7  # share of the steps in which the wanted L0 comes down from the first one to the target
_GAIN = 30.0  # with L0 off by a factor e all along, the coefficient changes by a factor e^_GAIN in one run
_DAMPING = 6.0  # L0 a sixth below what is wanted takes the whole coefficient away at once


class Coefficient:
    """The weight of the sparsity penalty, step by step.

    Without a target it is the config's, after its warm-up. With ``target_l0`` it starts there and is
    steered as a thermostat steers its valve. What is wanted comes down, by equal factors a step, from the
    L0 of the first batch to the target: a penalty that asks for the target at once shoots past it, and
    neurons that it kills and thresholds that it raises seldom come back. Each step multiplies the weight by
    a power of L0 / wanted L0, so that it comes to rest where the two agree, whatever the unit of the points;
    and a term in proportion to how far L0 is off keeps it from swinging. Where L0 is paid for, that may turn
    the penalty into a reward (thresholds that have risen too far must come down again); an L1 penalty is at
    least 0.

    Examples
    --------
    >>> from saelib.sae import JumpReLU
    >>> config = SAEConfig(4, JumpReLU(), steps=100, l0_coefficient=0.5, l1_warmup=0.0, target_l0=2.0)
    >>> coefficient = Coefficient(config)
    >>> coefficient.at(0)
    0.5
    >>> coefficient.observe(4.0)            # the first L0: the way down starts here
    >>> coefficient.at(1)
    0.5
    >>> coefficient.observe(4.0)            # by now a little less was wanted
    >>> coefficient.at(2) > 0.5
    True
    >>> coefficient.observe(1.0)
    >>> coefficient.at(3) < 0.0
    True
    """

    def __init__(self, config: SAEConfig) -> None:
        self._config = config
        self._log_factor = 0.0
        self._off = 0.0
        self._seen = 0
        self._log_way = 0.0  # log(first L0 / target), how far it is to come down

    def at(self, step: int) -> float:
        """The weight at a step."""
        lowest = -1.0 if self._config.gate.penalty == "l0" else 0.0
        swing = max(lowest, 1.0 + _DAMPING * self._off)
        return self._config.coefficient_at(step) * math.exp(self._log_factor) * swing

    def observe(self, l0: float) -> None:
        """Take note of a batch's mean L0."""
        target = self._config.target_l0
        if target is None:
            return
        log_ratio = math.log(max(l0, 1e-3 * target) / target)
        if not self._seen:
            self._log_way = max(0.0, log_ratio)
        left = max(0.0, 1.0 - self._seen / (_DESCENT * self._config.steps))
        self._seen += 1
        self._off = max(-1.0, min(1.0, log_ratio - left * self._log_way))
        self._log_factor += _GAIN * self._off / self._config.steps
