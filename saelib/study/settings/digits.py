"""Settings: the experiment on handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class Digits:
    """The same questions on handwritten digits.

    Parameters
    ----------
    test_size : float
        Share of the 1,797 images held out; a third leaves about 60 of every digit to judge on.
    sizes, budgets, l1_coefficients, seeds : tuple
        As in `SizeAndSparsity`. The penalties were set by the number of neurons that fire (1 to 13 of 16
        on an image), before any concept was looked at.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate.
    tolerances : Tolerances
        Those of the central experiment. For a digit (frequency 0.1, below the 1/6 of T1b) approximation
        implies separation; for parity (0.5) it does not: an η of 0.2 admits a leak of 0.25 there.

    Examples
    --------
    >>> settings = Digits()
    >>> len(settings.sizes) * (len(settings.budgets) + len(settings.l1_coefficients)) * len(settings.seeds)
    250
    """

    test_size: float = 1 / 3
    sizes: tuple[int, ...] = (16, 32, 64, 128, 256)
    budgets: tuple[int, ...] = (1, 2, 4, 8, 16)
    l1_coefficients: tuple[float, ...] = (2.0, 1.0, 0.5, 0.2, 0.05)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 500
    batch_size: int = 256
    lr: float = 1e-2
    tolerances: Tolerances = field(default_factory=Tolerances)


FULL = Digits()
QUICK = Digits(
    sizes=(16, 64),
    budgets=(1, 4, 16),
    l1_coefficients=(2.0, 0.5, 0.05),
    seeds=(0, 1),
    steps=400,
)
