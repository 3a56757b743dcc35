"""Growing a unit neuron by neuron, and dropping what it turns out not to need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from saelib.units.target import Target, fired
from saelib.units.unit import hits

Judge = Callable[[np.ndarray | int, np.ndarray | int], np.ndarray]
"""From points caught and points leaked to what is to be small."""


class Growth:
    """A unit that grows, with the counts it would have after adding any one neuron.

    Only points that are still open matter for what comes next: those an OR-unit does not fire on yet, those
    an AND-unit still fires on.
    """

    def __init__(self, target: Target, kind: str, judge: Judge) -> None:
        self.target, self.kind, self.judge = target, kind, judge
        self.neurons: list[int] = []
        self._open = np.ones(target.inside.size, dtype=np.bool_)
        self._inside, self._outside = target.both.copy(), target.leaked.copy()
        everywhere = kind == "and"
        self.both = target.concept_size if everywhere else 0
        self.leaked = target.inside.size - target.concept_size if everywhere else 0

    def add(self, neuron: int) -> None:
        """Let the neuron join."""
        points = self.target.activations.extent(neuron)
        points = points[self._open[points]]
        inside = self.target.inside[points]
        caught = int(np.count_nonzero(inside))
        within, without = (fired(self.target.activations, points[part]) for part in (inside, ~inside))
        self.neurons.append(int(neuron))
        if self.kind == "and":
            self._open[:] = False
            self._open[points] = True
            self._inside, self._outside = within, without
            self.both, self.leaked = caught, points.size - caught
        else:
            self._open[points] = False
            self._inside -= within
            self._outside -= without
            self.both += caught
            self.leaked += points.size - caught

    def extend(self, most: int, allowed: np.ndarray | None = None, stop: float = -np.inf) -> None:
        """Add the best neuron while that helps, up to ``most`` neurons or a value of at most ``stop``."""
        value = float(self.judge(self.both, self.leaked))
        while len(self.neurons) < most and value > stop:
            if self.kind == "and":
                values = self.judge(self._inside, self._outside)
            else:
                values = self.judge(self.both + self._inside, self.leaked + self._outside)
            if allowed is not None:
                values = np.where(allowed, values, np.inf)
            best = int(values.argmin())
            if not values[best] < value:
                return
            value = float(values[best])
            self.add(best)


def pruned(
    target: Target, kind: str, neurons: list[int], judge: Judge, limit: float | None = None
) -> tuple[float, list[int]]:
    """Drop neurons one by one, the most harmful first, while the value does not get worse.

    With a ``limit``, drop them while the value stays within the limit. One neuron is always kept. Returns the
    value in the end and the neurons kept.
    """
    kept = sorted(neurons)
    together = hits(target.activations, kept)
    fire = together == len(kept) if kind == "and" else together > 0
    both = int(np.count_nonzero(fire & target.inside))
    leaked = int(np.count_nonzero(fire)) - both
    value = float(judge(both, leaked))
    while len(kept) > 1:
        after = np.array([_without(target, kind, together, len(kept), j, both, leaked) for j in kept])
        values = judge(after[:, 0], after[:, 1])
        drop = int(values.argmin())
        if not values[drop] <= (value if limit is None else limit):
            break
        value = float(values[drop])
        both, leaked = (int(count) for count in after[drop])
        together[target.activations.extent(kept.pop(drop))] -= 1
    return value, kept


def _without(
    target: Target, kind: str, together: np.ndarray, n: int, neuron: int, both: int, leaked: int
) -> tuple[int, int]:
    """Caught and leaked points of the unit without one of its neurons."""
    points = target.activations.extent(neuron)
    if kind == "or":
        alone = points[together[points] == 1]
        caught = int(np.count_nonzero(target.inside[alone]))
        return both - caught, leaked - (alone.size - caught)
    # Points that lack this neuron alone: all that lack one, less those where this one is there.
    lacking = together == n - 1
    lacking[points] = False
    caught = int(np.count_nonzero(lacking & target.inside))
    return both + caught, leaked + int(np.count_nonzero(lacking)) - caught


def greedy_unit(target: Target, kind: str, objective: str, most: int) -> list[int]:
    """Return the best unit found from several starts; never worse than the best single neuron.

    Without a limit on its neurons it is never worse in errors than the closed-form unit of its kind either:
    one start goes through the neurons of that unit first.
    """

    def judge(both: np.ndarray | int, leaked: np.ndarray | int) -> np.ndarray:
        return target.value(objective, both, leaked)

    found = []
    for first, allowed in _starts(target, kind):
        growth = Growth(target, kind, judge)
        growth.add(first)
        if allowed is not None:
            growth.extend(most, allowed)
        growth.extend(most)
        value, neurons = pruned(target, kind, growth.neurons, judge)
        found.append((value, len(neurons), neurons))
    return min(found)[2]


def _starts(target: Target, kind: str) -> list[tuple[int, np.ndarray | None]]:
    """First neurons worth growing from, each with the neurons to try before all others."""
    by_errors = int(target.value("errors", target.both, target.leaked).argmin())
    by_jaccard = int(target.value("jaccard", target.both, target.leaked).argmin())
    sizes = target.both + target.leaked
    exact = target.covering if kind == "and" else target.within
    if kind == "and":
        # The neuron that misses least of the concept, and of those the smallest.
        third = int(np.lexsort((sizes, -target.both))[0])
    else:
        # The neuron that leaks least of its size, and of those the largest; no dead one if there is a choice.
        share = np.divide(target.leaked, sizes, out=np.ones(sizes.shape), where=sizes > 0)
        third = int(np.lexsort((-sizes, share))[0])
    plain: list[tuple[int, np.ndarray | None]] = [(j, None) for j in dict.fromkeys((by_errors, by_jaccard))]
    return [*plain, (third, exact if exact.any() else None)]
