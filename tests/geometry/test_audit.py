from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from saelib import SAE, ActivationSets, ConceptSet, InputError, ReLU
from saelib.geometry.auditing import audit
from saelib.geometry.enclosing import limits
from saelib.geometry.neuron import Neuron


def grid() -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0)), axis=-1).reshape(-1, 2)


def concepts() -> ConceptSet:
    """On a 5 × 5 grid: the left two columns, the centre, the four corners, everything, nothing."""
    x = grid()
    corner = np.isin(x, (0, 4)).all(axis=1)
    held = [x[:, 0] < 2, (x == 2).all(axis=1), corner, np.ones(25, bool), np.zeros(25, bool)]
    return ConceptSet(np.column_stack(held), names=["left", "centre", "corners", "all", "none"])


def least_errors(inside: np.ndarray) -> int:
    """Brute force over the half-planes through two grid points, moved and turned a little either way."""
    x, best = grid(), int(min(inside.sum(), (~inside).sum()))
    for a in x:
        for b in x:
            direction = b - a
            if not direction.any():
                continue
            for turn in (-0.01, 0.01):
                normal = np.array([-direction[1], direction[0]]) + turn * direction
                for anchor in (a, b, (a + b) / 2):
                    for shift in (-0.01, 0.01):
                        fires = (x - anchor) @ normal > shift
                        best = min(best, int((fires != inside).sum()), int((~fires != inside).sum()))
    return best


def test_limits_enclose_what_brute_force_finds() -> None:
    found = limits(grid(), concepts(), jobs=1, progress=False).set_index("concept")
    held = concepts().membership.toarray()
    for i, name in enumerate(concepts().names):
        row = found.loc[name]
        assert row.at_least <= least_errors(held[:, i]) <= row.at_most, name


def test_what_the_limits_say_of_the_grid() -> None:
    found = limits(grid(), concepts(), jobs=1, progress=False).set_index("concept")
    assert found.one_neuron.to_dict() == {
        "left": "yes", "centre": "no", "corners": "no", "all": "trivial", "none": "trivial",
    }  # fmt: skip
    assert found.loc["left", "margin"] == pytest.approx(0.5)
    assert found.loc["centre", "margin"] is pd.NA
    assert (found.loc["centre", "unit"], found.loc["centre", "unit_size"]) == ("yes", 2)  # a slanted strip
    assert (found.loc["corners", "unit"], found.loc["corners", "in_hull"]) == ("no", 21)
    assert (found.loc["left", "unit"], found.loc["none", "at_most"]) == ("not tried", 0)


def test_identical_points_on_both_sides_force_an_error_each() -> None:
    points = np.array([[0.0], [0.0], [0.0], [1.0], [1.0], [5.0]])
    held = np.array([[1], [1], [0], [1], [0], [1]], dtype=bool)
    row = limits(points, ConceptSet(held), jobs=1, progress=False).iloc[0]
    assert row.coincident == 2
    assert row.one_neuron == "no"
    assert 2 == row.at_least <= row.at_most == 2


def test_every_error_is_attributed_once() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((80, 3))
    held = np.column_stack([x[:, 0] > 0, np.abs(x[:, 1]) < 0.4, rng.random(80) < 0.3])
    result = audit(SAE(3, 6, ReLU(), seed=1), x, ConceptSet(held), jobs=1, progress=False)
    assert (result.unavoidable + result.avoidable + result.open == result.errors).all()
    assert (result[["unavoidable", "avoidable", "open"]] >= 0).all(axis=None)
    assert (result.errors == result.missed + result.leaked).all()
    assert (result.errors >= result.at_least).all()  # ReLU neurons are half-spaces
    assert result.fault.iloc[0] == "training"  # a half-space that this random dictionary does not have


def test_a_perfect_neuron_is_nobodys_fault() -> None:
    x = grid()
    fires = Neuron([-1.0, 0.0], 1.5).fires(x)[:, None]
    result = audit(ActivationSets(fires), x, concepts(), jobs=1, progress=False, units=False)
    assert result.set_index("concept").fault["left"] == "none"
    assert result.jaccard.iloc[0] == 1.0


def test_the_best_neuron_is_the_one_with_the_fewest_errors() -> None:
    rng = np.random.default_rng(3)
    x, held = rng.standard_normal((40, 2)), rng.random((40, 4)) < 0.5
    active = rng.random((40, 7)) < 0.5
    result = audit(ActivationSets(active), x, ConceptSet(held), jobs=1, progress=False, units=False)
    errors = (active[:, :, None] != held[:, None, :]).sum(axis=0)
    assert result.errors.tolist() == errors.min(axis=0).tolist()
    assert all(errors[j, i] == errors[:, i].min() for i, j in enumerate(result.neuron))


def test_limits_serve_several_dictionaries() -> None:
    x, sets = grid(), concepts()
    found = limits(x, sets, jobs=1, progress=False, units=False)
    fires = ActivationSets(Neuron([1.0, 0.0], -1.5).fires(x)[:, None])
    one = audit(fires, x, sets, found=found)
    two = audit(fires, x, sets, jobs=1, progress=False, units=False)
    pd.testing.assert_frame_equal(one, two)
    assert "errors" not in found


def test_processes_change_nothing() -> None:
    one = limits(grid(), concepts(), jobs=1, progress=False)
    two = limits(grid(), concepts(), jobs=2, progress=False)
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("points", "options", "message"),
    [
        (np.zeros((24, 2)), {}, "concepts covers 25 points of 24"),
        (np.zeros(25), {}, "points has shape"),
        (np.where(np.eye(25, 2) > 0, np.nan, 0.0), {}, "points is not finite in row 0"),
        (np.full((25, 1), "a"), {}, "points has shape .* type"),
        (grid(), {"most_certificates": -1}, "most_certificates is -1"),
        (grid(), {"most_certificates": "3"}, "most_certificates is '3'"),
        ([[1.0], [1.0, 2.0]], {}, "points is ragged"),
    ],
)
def test_malformed_input_is_refused(points: np.ndarray, options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        limits(points, concepts(), jobs=1, **options)


def test_activation_sets_and_limits_of_others_are_refused() -> None:
    fires = ActivationSets(np.ones((24, 1), dtype=bool))
    with pytest.raises(InputError, match="sae covers 24 points of 25"):
        audit(fires, grid(), concepts(), jobs=1)
    found = limits(grid(), concepts(), jobs=1, units=False)
    fires = ActivationSets(np.ones((25, 1), dtype=bool))
    with pytest.raises(InputError, match="found is of other concepts"):
        audit(fires, grid(), concepts().select([0, 1]), found=found)
    with pytest.raises(InputError, match="found is of other points"):
        audit(fires, grid(), concepts(), found=found.assign(n_inside=found.n_inside + 1))
    with pytest.raises(InputError, match="sae has no neurons"):
        audit(ActivationSets(np.zeros((25, 0), dtype=bool)), grid(), concepts(), jobs=1)
    with pytest.raises(InputError, match="concepts has none"):
        limits(grid(), concepts().select([]), jobs=1)
    with pytest.raises(InputError, match="units is given beside found"):
        audit(fires, grid(), concepts(), found=found, units=True)
