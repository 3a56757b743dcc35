"""The study's two sizes: ``full`` is what the book shows, ``quick`` goes the same way in minutes.

A sweep plugs in by one entry in ``SWEEPS`` and one of settings in each profile that runs it. Notebook
defaults are the full study's, so only ``quick`` lists parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.plan import Profile, Sweep
from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class SizeAndSparsity:
    """The central experiment: gates × sizes × sparsities × seeds on one concept forest.

    Parameters
    ----------
    branching : tuple of int
        Roots, children of a root, children of a child; 6, 3, 4 makes 96 concepts on 3 levels.
    firing : tuple of float
        By level: P(a root is on), then P(a child is on | its parent is). Every frequency stays below the
        1/6 up to which the default tolerances make approximation imply separation.
    amplitude : pair of float
        A concept's amplitude is uniform between them.
    noise : float
        Standard deviation of the noise in each coordinate.
    d_in : int
        Dimension of the points; fewer than the concepts, so that they are in superposition.
    n_train, n_test : int
        Points to train on and points to judge on.
    sizes : tuple of int
        Dictionary sizes ``d_sae``.
    budgets : tuple of int
        ``k`` of Top-K, from sparse to dense.
    l1_coefficients : tuple of float
        Penalties of ReLU, from sparse (large) to dense (small).
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate.
    tolerances : Tolerances
        When a concept counts as learned.

    Examples
    --------
    >>> settings = SizeAndSparsity()
    >>> len(settings.sizes) * (len(settings.budgets) + len(settings.l1_coefficients)) * len(settings.seeds)
    360
    """

    branching: tuple[int, ...] = (6, 3, 4)
    firing: tuple[float, ...] = (0.15, 0.3, 0.22)
    amplitude: tuple[float, float] = (0.5, 1.5)
    noise: float = 0.02
    d_in: int = 64
    n_train: int = 60_000
    n_test: int = 20_000
    sizes: tuple[int, ...] = (16, 32, 64, 128, 256, 512)
    budgets: tuple[int, ...] = (1, 2, 3, 4, 8, 16)
    l1_coefficients: tuple[float, ...] = (1.2, 0.6, 0.3, 0.15, 0.06, 0.03)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 1_000
    batch_size: int = 1_024
    lr: float = 1e-2
    tolerances: Tolerances = field(default_factory=Tolerances)


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
    steps: int = 800
    batch_size: int = 256
    lr: float = 1e-2
    tolerances: Tolerances = field(default_factory=Tolerances)


@dataclass(frozen=True)
class Tightness:
    """How fast units of tangent neurons close in on a ball, in three and four dimensions.

    The plane needs no sweep: there the best unit and its excess are known exactly.

    Parameters
    ----------
    dimensions : tuple of int
        Of the ball.
    sizes : tuple of int
        Numbers of neurons.
    seeds : tuple of int
        Of the start from which the directions are spread.
    steps : int
        L-BFGS iterations that spread them; by then the excess falls by less than 0.1 % in ten more.
    n_samples : int
        Directions along which the radial formula checks each volume.

    Examples
    --------
    >>> settings = Tightness()
    >>> len(settings.dimensions) * len(settings.sizes) * len(settings.seeds)
    80
    """

    dimensions: tuple[int, ...] = (3, 4)
    sizes: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1_024, 2_048)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 60
    n_samples: int = 20_000


SWEEPS = {
    "size_and_sparsity": Sweep(
        "saelib.study.sweeps.size_and_sparsity", tables=("size_and_sparsity", "size_and_sparsity_concepts")
    ),
    "digits": Sweep("saelib.study.sweeps.digits", tables=("digits", "digits_concepts")),
    "tightness": Sweep("saelib.study.sweeps.tightness", tables=("tightness",)),
}

PROFILES = {
    "full": Profile(
        "full",
        settings={"size_and_sparsity": SizeAndSparsity(), "digits": Digits(), "tightness": Tightness()},
        published=True,
    ),
    "quick": Profile(
        "quick",
        settings={
            "size_and_sparsity": SizeAndSparsity(
                n_train=20_000,
                n_test=5_000,
                sizes=(16, 64, 256),
                budgets=(1, 4, 16),
                l1_coefficients=(1.2, 0.3, 0.03),
                seeds=(0, 1),
                steps=400,
            ),
            "digits": Digits(
                sizes=(16, 64),
                budgets=(1, 4, 16),
                l1_coefficients=(2.0, 0.5, 0.05),
                seeds=(0, 1),
                steps=400,
            ),
            "tightness": Tightness(sizes=(16, 32, 64, 96, 128, 256), seeds=(0, 1), steps=20, n_samples=5_000),
        },
        parameters={
            "01_three_notions": {"n_instances": 20_000},
            "13_absolute_and_relative_gating": {
                "n_points": 20_000,
                "n_triples": 20_000,
                "n_middles": 100,
                "n_samples": 10,
                "n_seeds": 2,
                "steps": 100,
            },
            "12_tight_in_the_whole_space": {"n_samples": 50_000},
            "14_capacity": {"n_instances": 10_000},
            "15_noise_and_samples": {"n_instances": 10_000, "n_points": 4_000, "repeats": 100},
        },
    ),
}
