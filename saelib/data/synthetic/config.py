"""The settings of a concept forest, and the numbers that follow from them in closed form."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.amplitudes import (
    AmplitudeLaw,
    Constant,
    FoldedNormal,
    LogNormal,
    RectifiedNormal,
    SettledLaw,
    Uniform,
)
from saelib.data.synthetic.copula import Copula
from saelib.data.synthetic.directions import Directions
from saelib.data.synthetic.firing import (
    ExplicitFiring,
    Firing,
    LevelFiring,
    UniformFiring,
    ZipfFiring,
)
from saelib.data.synthetic.tree import Tree, branching_parents
from saelib.errors import InputError


@dataclass(frozen=True)
class ForestConfig:
    """A world of concepts: x = bias + Σ_i a_i(x)·v_i + noise·N(0, I), the concepts present forming a forest.

    Read top to bottom it is a recipe. Everything random about the world (directions, loadings, per-concept
    amplitude parameters, bias) comes from ``world_seed``; the points come from the seed given when
    sampling.

    *Who may fire.* A root fires with its probability. A child can fire only where its parent is on. Given
    the parent, children are

    - ``"exclusive"``: at most one of them is on; child i is the one with probability q_i, none with 1 − Σ
      q_i;
    - ``"independent"``: each fires with its own q_i;
    - ``"contest"``: each fires with its own q_i and of those that did one, drawn evenly, stays:
      SynthSAEBench's way.

    *What a probability means.* ``probability="conditional"``: the number of ``firing`` is q_i = P(i on |
    parent on), for roots P(i on). ``probability="marginal"``: the number is p_i = P(i on), and q_i =
    p_i/p_parent is worked out; an impossible wish (p_i > p_parent, or exclusive siblings with Σ p_i >
    p_parent) is an error. For ``"contest"`` it is the published compensation min(1, p_i/p_parent·(1 +
    Σ_{siblings j≠i} p_j/p_parent)), which only comes near p_i. Either way ``probabilities`` has the true
    P(i on) in closed form, or NaN where there is none (a copula without ``keep_marginals``, below the
    roots).

    Parameters
    ----------
    d_in : int
        Dimension of the points, ≥ 1.
    branching : tuple of int
        Number of roots, children a root, grandchildren a child…: (4, 4, 4) has 4 + 16 + 64 = 84 concepts.
    n_lone : int
        Further roots without children, numbered last.
    parents : tuple of int, optional
        Parent of each concept, -1 for roots, in place of ``branching`` and ``n_lone``.
    firing : float, UniformFiring, LevelFiring, ZipfFiring or ExplicitFiring
        The probabilities; a float p is ``UniformFiring(p)``.
    probability : {"conditional", "marginal"}
        What they mean.
    children : {"exclusive", "independent", "contest"}
        How children share their parent.
    copula : Copula, optional
        Correlated firing.
    amplitude : Constant, Uniform, FoldedNormal, RectifiedNormal or LogNormal
        Law of a_i where concept i is on.
    scale_children : bool
        Multiply a child's amplitude by (parent's amplitude)/(parent's typical amplitude), down the whole
        chain.
    directions : Directions or str
        How the v_i are chosen; a str is ``Directions(kind)``.
    noise : float
        Standard deviation σ of the Gaussian noise in each coordinate, ≥ 0.
    bias : float
        Norm of a constant vector of random direction added to every point, ≥ 0.
    world_seed : int
        Seed of the world, ≥ 0.

    Raises
    ------
    InputError
        A setting out of range, or probabilities that no process can have.

    Examples
    --------
    >>> config = ForestConfig(d_in=8, branching=(1, 2), firing=LevelFiring((0.5, 0.2)))
    >>> config.names
    ('c0', 'c0.0', 'c0.1')
    >>> config.probabilities
    array([0.5, 0.1, 0.1])
    """

    d_in: int = 64
    branching: tuple[int, ...] = (4, 4, 4)
    n_lone: int = 0
    parents: tuple[int, ...] | None = None
    firing: float | Firing = 0.2
    probability: Literal["conditional", "marginal"] = "conditional"
    children: Literal["exclusive", "independent", "contest"] = "exclusive"
    copula: Copula | None = None
    amplitude: AmplitudeLaw = field(default_factory=lambda: Uniform(0.5, 1.5))
    scale_children: bool = False
    directions: Directions | str = field(default_factory=Directions)
    noise: float = 0.0
    bias: float = 0.0
    world_seed: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.d_in, bool) or not isinstance(self.d_in, int | np.integer) or self.d_in < 1:
            raise InputError("d_in", f"is {self.d_in!r}", "give an integer >= 1")
        if self.probability not in ("conditional", "marginal"):
            raise InputError("probability", f"is {self.probability!r}", "give 'conditional' or 'marginal'")
        if self.children not in ("exclusive", "independent", "contest"):
            raise InputError(
                "children", f"is {self.children!r}", "give 'exclusive', 'independent' or 'contest'"
            )
        if not isinstance(
            self.firing, float | int | UniformFiring | LevelFiring | ZipfFiring | ExplicitFiring
        ):
            raise InputError(
                "firing", f"is a {type(self.firing).__name__}", "give a probability or a firing rule"
            )
        if not isinstance(self.amplitude, Constant | Uniform | FoldedNormal | RectifiedNormal | LogNormal):
            raise InputError("amplitude", f"is a {type(self.amplitude).__name__}", "give an amplitude law")
        if not (self.copula is None or isinstance(self.copula, Copula)):
            raise InputError("copula", f"is a {type(self.copula).__name__}", "give a Copula or None")
        if not isinstance(self.directions, Directions | str):
            raise InputError(
                "directions", f"is a {type(self.directions).__name__}", "give Directions or its kind"
            )
        for name in ("noise", "bias"):
            if not 0 <= getattr(self, name) < np.inf:
                raise InputError(name, f"is {getattr(self, name)}", "give a finite number >= 0")
        seed = self.world_seed
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise InputError("world_seed", f"is {seed!r}", "give an integer >= 0")
        if self.spread.kind in ("orthogonal", "equiangular") and len(self.tree) > self.d_in:
            raise InputError(
                "directions",
                f"is {self.spread.kind!r} with {len(self.tree)} concepts in d_in = {self.d_in}",
                "use at most d_in concepts, or 'spread' or 'random'",
            )
        # An impossible wish is refused here, not at the first sample.
        _ = self.conditional, self.law

    @cached_property
    def tree(self) -> Tree:
        """The forest's skeleton."""
        if self.parents is not None:
            return Tree(tuple(self.parents))
        return Tree(branching_parents(self.branching, self.n_lone))

    @property
    def n_concepts(self) -> int:
        """Number of concepts."""
        return len(self.tree)

    @property
    def names(self) -> tuple[str, ...]:
        """Names that show the place in the forest: ``c2``, ``c2.1``, ``c2.1.3``."""
        return self.tree.names

    @property
    def spread(self) -> Directions:
        """``directions`` as settings."""
        return Directions(self.directions) if isinstance(self.directions, str) else self.directions  # type: ignore[arg-type]

    def rng(self, part: int) -> np.random.Generator:
        """Give the world's own generator for one part: 0 directions, 1 loadings, 2 amplitudes, 3 bias."""
        return np.random.default_rng(np.random.SeedSequence(self.world_seed, spawn_key=(part,)))

    @cached_property
    def law(self) -> SettledLaw:
        """The amplitude law with one set of parameters a concept."""
        return self.amplitude.settle(self.n_concepts, self.rng(2))

    @cached_property
    def conditional(self) -> NDArray[np.float64]:
        """q_i before the amplitude law has its say: P(i fires | parent on), float64 [n_concepts]."""
        rule = UniformFiring(self.firing) if isinstance(self.firing, float | int) else self.firing
        wish = rule.resolve(self.tree)
        q = wish.copy()
        for group in self.tree.sibling_groups:
            parent = self.tree.parents[int(group[0])]
            if self.probability == "marginal":
                q[group] = wish[group] / wish[parent]
                if self.children == "contest":
                    q[group] = np.minimum(1.0, q[group] * (1 + q[group].sum() - q[group]))
            if (q[group] > 1 + 1e-12).any():
                i = int(group[int(np.argmax(q[group]))])
                raise InputError(
                    "firing",
                    f"wants {self.names[i]} on more often ({wish[i]:g}) than its parent ({wish[parent]:g})",
                    "lower it, or give conditional probabilities",
                )
            if self.children == "exclusive" and q[group].sum() > 1 + 1e-12:
                raise InputError(
                    "firing",
                    f"gives the exclusive children of {self.names[parent]} {q[group].sum():g} of it in all",
                    "let them sum to at most 1, or use children='independent' or 'contest'",
                )
        return np.minimum(q, 1.0)

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """P(i on), float64 [n_concepts], exact; NaN where no closed form is known."""
        q = self.conditional * self.law.positive
        p = q.copy()
        known = self.copula is None or self.copula.keep_marginals or self.copula.scale == 0
        for group in self.tree.sibling_groups:
            given = q[group]
            if self.children == "contest":
                # The winner is even among those that fired: E[1/(1 + others)] = ∫₀¹ Π(1 − q_j + q_j t) dt, a
                # polynomial of degree m − 1, which Gauss–Legendre with m/2 nodes integrates exactly.
                node, weight = np.polynomial.legendre.leggauss(len(group) // 2 + 1)
                factor = 1 - given[:, None] * (1 - (node + 1) / 2)
                others = np.stack([np.delete(factor, k, axis=0).prod(axis=0) for k in range(len(group))])
                given = given * (others @ weight) / 2
            p[group] = p[self.tree.parents[int(group[0])]] * given if known else np.nan
        return p
