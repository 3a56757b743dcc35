"""T1 under attack, and the pairs of sets that attain it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.geometry.bounds.notions import distance_ceiling, leak_ceiling, recall_floor
from saelib.geometry.bounds.pairs import PAIR_KINDS, Pairs, random_pairs

__all__ = [
    "attack_t1a",
    "attack_t1b",
    "attack_t1c",
    "attack_t1d",
    "extreme_t1b",
    "extreme_t1c",
    "extreme_t1d",
]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_N_AMBIENT = 12


def attack_t1a(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Sets over 12 points of the space, with masses ν and μ, where μ is positive only where ν is."""
    kinds = ("equal", "equal up to a null set", "equal on the data", "around", "inside", "unrelated")
    kind = np.array(kinds)[np.arange(n) % len(kinds)]
    nu = rng.integers(0, 4, (n, _N_AMBIENT))
    nu[:, 0] += 1
    mu = np.where(nu > 0, rng.integers(0, 3, (n, _N_AMBIENT)), 0)
    mu[:, 0] += 1
    concept = rng.random(nu.shape) < rng.random((n, 1))
    other = rng.random(nu.shape) < rng.random((n, 1))
    shape = [(kind == name)[:, None] for name in kinds]
    theta = np.select(
        shape,
        [concept, np.where(nu == 0, other, concept), np.where(mu == 0, other, concept),
         concept | other, concept & other, other],
    )  # fmt: skip
    missed = (mu * (concept & ~theta)).sum(axis=1)
    leaked = (mu * (theta & ~concept)).sum(axis=1)
    apart = (nu * (theta ^ concept)).sum(axis=1)
    detected, separated, approximated = missed == 0, missed + leaked == 0, apart == 0
    steps = detected.astype(np.int64) - separated, separated.astype(np.int64) - approximated
    frame = pd.DataFrame(
        {"kind": kind, "detected": detected, "separated": separated, "approximated": approximated}
    )
    frame["slack"] = np.minimum(*steps)
    frame["violated"] = frame["slack"] < 0
    return frame


def attack_t1b(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Pairs that meet, each at its own Jaccard distance η: the bounds loosen as η grows."""
    meeting = tuple(kind for kind in PAIR_KINDS if kind not in ("disjoint", "empty neuron"))
    pairs = random_pairs(n, rng, meeting)
    return _frame_t1b(replace(pairs, inside=np.maximum(pairs.inside, 1)))


def attack_t1c(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Tolerances that the pair just meets, meets with a point to spare, and meets anyhow."""
    pairs = random_pairs(n, rng)
    most_miss, most_leak = pairs.inside, pairs.rest - pairs.outside
    spare = rng.integers(0, 3, n)
    miss = pairs.missed + np.where(spare == 2, rng.integers(0, most_miss + 1), np.minimum(spare, most_miss))
    leak = pairs.outside + np.where(spare == 2, rng.integers(0, most_leak + 1), np.minimum(spare, most_leak))
    return _frame_t1c(pairs, miss, leak)


def attack_t1d(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Neurons of full recall against an η a hair below, at or above their own distance, or any."""
    pairs = random_pairs(n, rng, ("around", "around", "around", "equal", "neuron everywhere"))
    under = np.where(rng.random(n) < 0.7, pairs.union, rng.integers(2, 1_000_000, n))
    near = pairs.apart * under // pairs.union + rng.integers(-1, 2, n)
    over = np.where(rng.random(n) < 0.8, near, rng.integers(0, under))
    return _frame_t1d(pairs, np.clip(over, 0, under - 1), under)


def extreme_t1b(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """θ inside C attains the floor of the recall, θ around C the ceiling of the leak, by turns."""
    pairs = random_pairs(n, rng, ("inside", "around"))
    pairs = replace(pairs, inside=np.maximum(pairs.inside, 1))
    frame = _frame_t1b(pairs)
    frame["slack"] = np.where(pairs.kind == "inside", *_slacks_t1b(pairs))
    return frame


def extreme_t1c(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Every pair, at its own miss and leak."""
    pairs = random_pairs(n, rng)
    return _frame_t1c(pairs, pairs.missed, pairs.outside)


def extreme_t1d(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Every neuron of full recall, at its own Jaccard distance."""
    pairs = random_pairs(n, rng, ("around",))
    return _frame_t1d(pairs, pairs.apart, pairs.union)


# Below, ``bound`` is float64 from the closed forms, to look at. The slack, and with it the decision, comes
# from whole numerators, products of two counts below 10**6 each, and shares no line with the closed forms.


def _frame_t1b(pairs: Pairs) -> pd.DataFrame:
    frame = _rates(pairs)
    frame["eta"] = pairs.apart / pairs.union
    frame["recall_floor"] = recall_floor(frame["eta"])
    frame["leak_ceiling"] = leak_ceiling(frame["eta"], frame["frequency"])
    frame["measured"], frame["bound"] = frame["leak"], frame["leak_ceiling"]
    recall_slack, leak_slack = _slacks_t1b(pairs)
    frame["slack"] = np.minimum(recall_slack, leak_slack)
    frame["violated"] = frame["slack"] < 0
    return frame


def _slacks_t1b(pairs: Pairs) -> tuple[Floats, Floats]:
    # inside/concept − (1 − apart/union), and (apart/union)/(1 − apart/union) · concept/rest − outside/rest
    # or, where that is less, 1 − outside/rest; each with its whole numerator.
    shared = pairs.union - pairs.apart
    recall = (pairs.inside * pairs.union - shared * pairs.concept) / (pairs.concept * pairs.union)
    leak = (pairs.apart * pairs.concept - pairs.outside * shared) / (shared * pairs.rest)
    return recall, np.minimum(leak, (pairs.rest - pairs.outside) / pairs.rest)


def _frame_t1c(pairs: Pairs, miss: Integers, leak: Integers) -> pd.DataFrame:
    frame = _rates(pairs)
    frame["delta"], frame["epsilon"] = miss / pairs.concept, leak / pairs.rest
    frame["measured"] = pairs.apart / pairs.union
    frame["bound"] = distance_ceiling(frame["delta"], frame["epsilon"], frame["frequency"])
    # δ = miss/concept and εr = leak/concept: the bound is (miss + leak)/(concept + leak).
    ceiling = pairs.concept + leak
    frame["slack"] = ((miss + leak) * pairs.union - pairs.apart * ceiling) / (ceiling * pairs.union)
    frame["violated"] = frame["slack"] < 0
    return frame


def _frame_t1d(pairs: Pairs, over: Integers, under: Integers) -> pd.DataFrame:
    frame = _rates(pairs)
    frame["eta"] = over / under
    close = pairs.apart * under <= over * pairs.union  # 1 − J ≤ η
    frame["close"] = close
    frame["measured"], frame["bound"] = frame["leak"], leak_ceiling(frame["eta"], frame["frequency"])
    # η/(1 − η) · concept/rest − outside/rest, which must have the sign that `close` says.
    spare = over * pairs.concept - pairs.outside * (under - over)
    frame["slack"] = np.where(close, 1, -1) * spare / ((under - over) * pairs.rest)
    frame["violated"] = np.where(close, spare < 0, spare >= 0)
    return frame


def _rates(pairs: Pairs) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": pairs.kind,
            "frequency": pairs.concept / pairs.points,
            "recall": pairs.inside / pairs.concept,
            "leak": pairs.outside / pairs.rest,
        }
    )
