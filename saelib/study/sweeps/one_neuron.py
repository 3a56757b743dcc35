"""What one neuron can do: hard instances, packings, Cover's count and its transition, and digits.

Five kinds of cells, each with a table of its own:

- ``adversarial``: instances built with a known answer, every answer of `saelib.geometry.separate` worked out
  again in rationals;
- ``packing``: the errors of many neurons, of all neurons where they can be listed, between the two bounds;
- ``counts``: the subsets that a neuron cuts out of a few points, listed in three ways;
- ``transition``: how often random labels of random points are separable;
- ``digits``: which concepts of handwritten digits one neuron could separate, and how often that is luck.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from saelib.geometry.adversarial import KnownInstance
    from saelib.study.settings.one_neuron import OneNeuron

TABLES = {
    "one_neuron_adversarial": ["kind", "margin"],
    "one_neuron_packing": ["kind", "d_in", "instance"],
    "one_neuron_counts": ["d_in", "points", "set"],
    "one_neuron_transition": ["d_in", "points"],
    "one_neuron_digits": ["concept"],
    "one_neuron_subsamples": ["labels", "points"],
}
MARGINS = ("from 1e-3", "from 1e-6", "from 1e-9", "below 1e-9", "positive, unknown", "none: hulls meet")


def cells(settings: OneNeuron) -> list[str]:
    """One id a cell: its kind and number, the longest cells first.

    Examples
    --------
    >>> from saelib.study.settings.one_neuron import OneNeuron
    >>> cells(OneNeuron(dimensions=(2, 4), chunks=2, small_dimensions=(1,)))[:4]
    ['transition-4', 'transition-2', 'digits-0', 'subsamples-0']
    """
    return [
        *(f"transition-{n}" for n in sorted(settings.dimensions, reverse=True)),
        "digits-0",
        "subsamples-0",
        *(f"adversarial-{chunk}" for chunk in range(settings.chunks)),
        *(f"packing-{chunk}" for chunk in range(settings.chunks)),
        *(f"counts-{n}" for n in sorted(settings.small_dimensions, reverse=True)),
    ]


def run_cell(settings: OneNeuron, cell_id: str) -> dict[str, pd.DataFrame]:
    """Run one cell.

    Returns
    -------
    dict of str to DataFrame
        One table, as its function below describes it.

    Examples
    --------
    >>> from saelib.study.settings.one_neuron import OneNeuron
    >>> frame = run_cell(OneNeuron(n_sets=1, most_points=4), "counts-2")["one_neuron_counts"]
    >>> frame[["points", "hyperplanes", "cells", "programmes", "formula"]].to_numpy().tolist()
    [[3, 8, 8, 8, 8], [4, 14, 14, 14, 14]]
    """
    kind, number = cell_id.split("-")
    rows = {
        "adversarial": adversarial,
        "packing": packings,
        "counts": counts,
        "transition": transition,
        "digits": concepts_of_digits,
        "subsamples": subsamples,
    }[kind](settings, int(number))
    return {f"one_neuron_{kind}": pd.DataFrame(rows)}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as six tables, sorted; the adversarial instances added up over chunks.

    Examples
    --------
    >>> frame = pd.DataFrame({"d_in": [2, 1], "points": [3, 3], "set": [0, 0]})
    >>> gather([{"one_neuron_counts": frame}])["one_neuron_counts"].d_in.tolist()
    [1, 2]
    """
    tables = {}
    for name, key in TABLES.items():
        parts = [frame[name] for frame in frames if name in frame]
        if not parts:
            continue
        whole = pd.concat(parts, ignore_index=True)
        if name == "one_neuron_adversarial":
            whole = whole.groupby(key, as_index=False).sum()
        tables[name] = whole.sort_values(key, kind="stable", ignore_index=True)
    return tables


# --- hard instances ----------------------------------------------------------------------------------------


def adversarial(settings: OneNeuron, chunk: int) -> list[dict[str, Any]]:
    """Ask about instances with a known answer.

    Returns
    -------
    list of dict
        One for each kind and range of the margin (as a share of the data's diameter): ``instances``,
        ``undecided``, and among the others ``wrong_verdict``, ``not_proven`` (the neuron or the certificate
        does not stand up to substitution in rationals) and ``wrong_margin`` (above the true one or, from
        a share of 1e-6 upward, more than a thousandth below it; or a bound that the true margin breaks).

    Examples
    --------
    >>> from saelib.study.settings.one_neuron import OneNeuron
    >>> rows = adversarial(OneNeuron(n_instances=16, chunks=1), 0)
    >>> sum(row["instances"] for row in rows), sum(row["wrong_verdict"] for row in rows)
    (16, 0)
    """
    from saelib.geometry.adversarial import known_instances

    rng = np.random.default_rng([settings.seed, chunk])
    share = settings.n_instances // settings.chunks
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for instance in known_instances(share, rng):
        key = (instance.kind, _range(instance))
        empty = dict.fromkeys(("instances", "undecided", "wrong_verdict", "not_proven", "wrong_margin"), 0)
        row = found.setdefault(key, {"kind": key[0], "margin": key[1]} | empty)
        row["instances"] += 1
        for fault in _faults(instance):
            row[fault] += 1
    return list(found.values())


def _range(instance: KnownInstance) -> str:
    if not instance.separable:
        return MARGINS[-1]
    if math.isnan(instance.margin):
        return MARGINS[-2]
    for name, least in zip(MARGINS, (1e-3, 1e-6, 1e-9, 0.0), strict=False):
        if instance.relative_margin >= least:
            return name
    raise AssertionError(instance.relative_margin)


def _faults(instance: KnownInstance) -> list[str]:
    from saelib.geometry import Separation, Undecided, separate
    from saelib.study.sweeps.substitution import certificate_holds, separation_holds

    answer = separate(instance.inside, instance.outside)
    if isinstance(answer, Undecided):
        return ["undecided"]
    faults = ["wrong_verdict"] if answer.separable != instance.separable else []
    if not isinstance(answer, Separation):
        if not certificate_holds(answer, instance.inside, instance.outside):
            faults.append("not_proven")
        return faults
    if not separation_holds(answer, instance.inside, instance.outside):
        faults.append("not_proven")
    if instance.margin > 0:
        got, bound = answer.margin / instance.margin, answer.margin_bound / instance.margin
        known = instance.relative_margin >= 1e-6
        if got > 1 + 1e-9 or (known and (got < 0.999 or bound < 1 - 1e-6)):
            faults.append("wrong_margin")
    return faults


# --- packings ----------------------------------------------------------------------------------------------


def packings(settings: OneNeuron, chunk: int) -> list[dict[str, Any]]:
    """Enclose the errors of the best neuron, and let many neurons try to do better than possible.

    Returns
    -------
    list of dict
        One an instance: ``kind``, ``d_in``, ``instance``, ``points``, the packing's ``lower`` bound, the
        errors of the ``best`` neuron (of all that there are, for kind ``all neurons``, else of the random
        ones), those of the hinge neuron, ``upper``, the number of ``neurons`` tried, the hinge neuron
        included, and ``violations``: those with fewer errors than ``lower``.

    Examples
    --------
    >>> from saelib.study.settings.one_neuron import OneNeuron
    >>> rows = packings(OneNeuron(n_small=4, n_large=1, n_neurons=10, chunks=1), 0)
    >>> len(rows), sum(row["violations"] for row in rows)
    (5, 0)
    """
    rng = np.random.default_rng([settings.seed, 1, chunk])
    rows = []
    for instance in range(chunk, settings.n_small, settings.chunks):
        points, subsets = _in_general_position(rng, int(rng.integers(1, 4)), int(rng.integers(6, 13)))
        label = _label(rng, points, instance)
        rows.append({"kind": "all neurons", "instance": instance} | _enclosed(points, label, subsets))
    for instance in range(chunk, settings.n_large, settings.chunks):
        d = int(rng.choice([2, 4, 8, 16]))
        points = rng.standard_normal((int(rng.integers(100, 400)), d))
        label = _label(rng, points, instance)
        w = rng.standard_normal((settings.n_neurons, d))
        w[::2] += 3 * (points[label].mean(axis=0) - points[~label].mean(axis=0))
        heights = w @ points.T
        # Random directions, half of them towards the concept, each with its threshold at some point.
        at = rng.integers(0, len(points), len(w))
        fires = heights > np.take_along_axis(heights, at[:, None], axis=1)
        rows.append({"kind": "random neurons", "instance": instance} | _enclosed(points, label, fires))
    return rows


def _enclosed(points: np.ndarray, label: np.ndarray, fires: np.ndarray) -> dict[str, Any]:
    from saelib.geometry import hinge_neuron, packing_bound

    inside, outside = points[label].astype(np.float64), points[~label].astype(np.float64)
    upper = hinge_neuron(inside, outside)
    lower = packing_bound(inside, outside, neuron=upper.neuron)
    errors = (fires != label).sum(axis=1)
    return {
        "d_in": points.shape[1],
        "points": len(points),
        "lower": lower,
        "best": int(errors.min()),
        "upper": upper.n_errors,
        "neurons": len(errors) + 1,
        "violations": int((errors < lower).sum() + (upper.n_errors < lower)),
    }


def _label(rng: np.random.Generator, points: np.ndarray, instance: int) -> np.ndarray:
    """Fair coins, or a half-space with some labels turned over; both sides have points."""
    n, d = len(points), points.shape[1]
    while True:
        if instance % 2:
            label = rng.random(n) < 0.5
        else:
            heights = points @ rng.standard_normal(d)
            label = (heights > np.median(heights)) ^ (rng.random(n) < rng.choice([0.05, 0.15]))
        if label.any() and not label.all():
            return label


def _in_general_position(rng: np.random.Generator, d: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole-number points of which no d + 1 lie in one hyperplane, and the subsets that neurons cut out."""
    from saelib.errors import InputError
    from saelib.geometry import linear_dichotomies

    while True:
        points = rng.integers(-1000, 1001, (n, d))
        try:
            return points, linear_dichotomies(points)
        except InputError:  # drawn again
            continue


# --- Cover's count -----------------------------------------------------------------------------------------


def counts(settings: OneNeuron, d: int) -> list[dict[str, Any]]:
    """Count the subsets of a few points that a neuron cuts out, in three ways, beside the formula.

    Returns
    -------
    list of dict
        One a point set: ``hyperplanes`` (read off the hyperplanes through d_in points each), ``cells`` (of
        the arrangement that the points make among all neurons), ``programmes`` (one answer of `separate` for
        each subset, with ``undecided`` ones) and ``formula``.

    Examples
    --------
    >>> from saelib.study.settings.one_neuron import OneNeuron
    >>> [row["formula"] for row in counts(OneNeuron(n_sets=1, most_points=5), 1)]
    [4, 6, 8, 10]
    """
    from saelib.geometry import arrangement_cells, separate
    from saelib.geometry.bounds import separable_subsets

    rng = np.random.default_rng([settings.seed, 2, d])
    rows = []
    for n, which in product(range(d + 1, settings.most_points + 1), range(settings.n_sets)):
        points, subsets = _in_general_position(rng, d, n)
        # A point x is the hyperplane <w, x> + b = 0 in the space of all neurons (w, b).
        forms = np.column_stack([points, np.ones(n)]).T
        labels = np.array(list(product((False, True), repeat=n - 1)))[1:]  # up to complement, and not empty
        answers = [
            separate(points[:-1][label], np.vstack([points[:-1][~label], points[-1:]])).separable
            for label in labels
        ]
        rows.append(
            {
                "d_in": d,
                "points": n,
                "set": which,
                "hyperplanes": len(subsets),
                "cells": len(arrangement_cells(forms, np.zeros(n)).fires),
                "programmes": 2 * (1 + sum(answer is True for answer in answers)),
                "undecided": sum(answer is None for answer in answers),
                "formula": separable_subsets(n, d),
            }
        )
    return rows


# --- the transition ----------------------------------------------------------------------------------------


def transition(settings: OneNeuron, d: int) -> list[dict[str, Any]]:
    """Label fresh random points by fair coins and ask whether one neuron separates them.

    Returns
    -------
    list of dict
        One for each number of points: ``labels`` drawn, ``separable`` and ``undecided`` among them, the
        measured ``fraction`` and the ``formula``.

    Examples
    --------
    >>> from saelib.study.settings.one_neuron import OneNeuron
    >>> transition(OneNeuron(loads=(1.0,), n_labels=5), 2)[0]["separable"]
    5
    """
    from saelib.geometry.bounds import separable_fraction

    rng = np.random.default_rng([settings.seed, 3, d])
    rows = []
    for n in sorted({math.ceil(load * (d + 1)) for load in settings.loads}):
        draws = settings.n_labels_at_half if n == 2 * (d + 1) else settings.n_labels
        answers = [_separable(rng.standard_normal((n, d)), rng.random(n) < 0.5) for _ in range(draws)]
        rows.append(
            {
                "d_in": d,
                "points": n,
                "load": n / (d + 1),
                "labels": draws,
                "separable": sum(answer is True for answer in answers),
                "undecided": sum(answer is None for answer in answers),
                "fraction": sum(answer is True for answer in answers) / draws,
                "formula": float(separable_fraction(n, d)),
            }
        )
    return rows


def _separable(points: np.ndarray, label: np.ndarray) -> bool | None:
    from saelib.geometry import separate

    # A neuron may fire everywhere or nowhere: Cover counts these two subsets.
    return True if label.all() or not label.any() else separate(points[label], points[~label]).separable


# --- digits ------------------------------------------------------------------------------------------------

_COARSE = ("even", "loop", "prime", "below five")


def _digits() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    from saelib.data.digits import digits

    data = digits(0)
    points = np.concatenate([data.train_points, data.test_points]).astype(np.float64)
    drawn = np.concatenate([data.train_labels, data.test_labels])
    names = [f"digit {digit}" for digit in range(10)] + list(_COARSE)
    return points, {name: np.isin(drawn, data.definitions[name]) for name in names}


def concepts_of_digits(settings: OneNeuron, _: int) -> list[dict[str, Any]]:
    """Ask of every digit and some coarser concepts whether one neuron could separate it from the others.

    Returns
    -------
    list of dict
        One a concept: ``images`` in it, ``separable``, its ``margin`` (0 if not), the number of points its
        certificate rests on, the least errors of any neuron between ``lower`` and ``upper``, and of ``nulls``
        random sets of as many images how many are separable, ``null_separable``.

    Examples
    --------
    >>> from saelib.study.settings.one_neuron import OneNeuron
    >>> row = concepts_of_digits(OneNeuron(digit_concepts=("digit 0",), n_nulls=1), 0)[0]
    >>> row["separable"], round(row["margin"], 3), row["null_separable"]
    (True, 0.181, 0)
    """
    from saelib.geometry import hinge_neuron, packing_bound, separate

    points, labels = _digits()
    rng = np.random.default_rng([settings.seed, 4])
    rows = []
    for name in settings.digit_concepts or labels:
        inside, outside = points[labels[name]], points[~labels[name]]
        answer = separate(inside, outside)
        lower = upper = 0
        if not answer.separable:
            best = hinge_neuron(inside, outside, polish=settings.polish)
            lower, upper = packing_bound(inside, outside, neuron=best.neuron), best.n_errors
        nulls = [_separable(points, rng.permutation(labels[name])) for _ in range(settings.n_nulls)]
        rows.append(
            {
                "concept": name,
                "images": len(inside),
                "separable": answer.separable is True,
                "undecided": answer.separable is None,
                "margin": answer.margin if answer.separable else 0.0,  # type: ignore[union-attr]
                "support": len(answer.inside_rows) + len(answer.outside_rows),
                "lower": lower,
                "upper": upper,
                "nulls": len(nulls),
                "null_separable": sum(null is True for null in nulls),
            }
        )
    return rows


def subsamples(settings: OneNeuron, _: int) -> list[dict[str, Any]]:
    """Ask the same of parity with few images, once with the true labels and once with shuffled ones.

    Returns
    -------
    list of dict
        One for each number of images and kind of labels: ``draws``, ``separable`` among them, and the mean
        dimension of the flat that the images span, ``span``.

    Examples
    --------
    >>> from saelib.study.settings.one_neuron import OneNeuron
    >>> rows = subsamples(OneNeuron(subsample_sizes=(20,), n_subsamples=3), 0)
    >>> [(row["labels"], row["separable"]) for row in rows]
    [('even or odd', 3), ('fair coins', 3)]
    """
    points, labels = _digits()
    rng = np.random.default_rng([settings.seed, 5])
    rows = []
    for n in settings.subsample_sizes:
        found: dict[str, list[bool | None]] = {"even or odd": [], "fair coins": []}
        span = []
        for _draw in range(settings.n_subsamples):
            drawn = rng.choice(len(points), n, replace=False)
            x = points[drawn]
            span.append(np.linalg.matrix_rank(x - x[0]))
            found["even or odd"].append(_separable(x, labels["even"][drawn]))
            found["fair coins"].append(_separable(x, rng.random(n) < 0.5))
        for name, answers in found.items():
            yes = sum(answer is True for answer in answers)
            unsure = sum(answer is None for answer in answers)
            rows.append(
                {"labels": name, "points": n, "draws": len(answers), "separable": yes, "undecided": unsure}
                | {"span": float(np.mean(span))}
            )
    return rows
