"""Settings: audits as noise grows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WhoseFault:
    """What geometry allows against what training achieves, as noise grows.

    Parameters
    ----------
    noises : tuple of float
        Standard deviation of the noise in each coordinate; the central experiment has 0.02.
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    d_sae : int
        Neurons of both dictionaries.
    k : int
        Neurons that fire on a point in the Top-K dictionary.
    l1_coefficients : tuple of float
        Penalties of ReLU, of which the one is audited whose L0 on the training points is nearest to ``k``.
    per_level : int
        Concepts audited on each level of the forest.
    n_train, n_test : int
        Points to train on and points to audit on.
    steps : int
        Training length.

    Examples
    --------
    >>> len(WhoseFault().noises) * len(WhoseFault().seeds)
    15
    """

    noises: tuple[float, ...] = (0.02, 0.1, 0.2, 0.3, 0.4)
    seeds: tuple[int, ...] = (0, 1, 2)
    d_sae: int = 256
    k: int = 4
    l1_coefficients: tuple[float, ...] = (0.15, 0.6, 1.2, 1.6, 2.2)
    per_level: int = 6
    n_train: int = 60_000
    n_test: int = 4_000
    steps: int = 600


FULL = WhoseFault()
QUICK = WhoseFault(
    noises=(0.02, 0.2, 0.4),
    seeds=(0, 1),
    d_sae=64,
    l1_coefficients=(0.15, 1.2),
    per_level=2,
    n_train=8_000,
    n_test=1_000,
    steps=150,
)
