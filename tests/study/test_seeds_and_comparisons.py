"""Statistics over seeds: hand-worked values, coverage, and no winner's curse."""

import numpy as np
import pandas as pd
import pytest

from saelib.errors import InputError
from saelib.study.comparisons import at_matched_l0, best_elsewhere
from saelib.study.seeds import curve_over_seeds, over_seeds


def test_interval_over_seeds_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(2000):
        estimate = over_seeds(rng.normal(3.0, 2.0, size=5))
        inside += estimate.low <= 3.0 <= estimate.high
    assert 0.935 < inside / 2000 < 0.965


def test_equal_seeds_give_an_interval_of_length_zero():
    assert over_seeds(np.full(5, 0.25)).interval == (0.25, 0.25)


@pytest.mark.parametrize("values", [np.array([1.0]), np.array([[1.0, 2.0]]), np.array([1.0, np.nan])])
def test_too_few_or_missing_seeds_are_refused(values):
    with pytest.raises(InputError, match="values"):
        over_seeds(values)


def test_confidence_out_of_range_is_refused():
    with pytest.raises(InputError, match="confidence"):
        over_seeds(np.array([1.0, 2.0]), confidence=95)


def test_rows_of_one_seed_are_averaged_before_the_interval():
    frame = pd.DataFrame({"seed": [0, 0, 1, 1], "k": [1, 1, 1, 1], "rate": [0.0, 1.0, 0.5, 0.5]})
    row = curve_over_seeds(frame, "rate", ["k"]).iloc[0]
    assert (row.rate, row.low, row.high, row.n) == (0.5, 0.5, 0.5, 2)


def test_choosing_on_other_seeds_has_no_winners_curse():
    # Ten settings of pure noise: the best on the same seeds looks good, the best elsewhere does not.
    rng = np.random.default_rng(1)
    same, elsewhere = [], []
    for _ in range(400):
        table = pd.DataFrame(rng.normal(size=(5, 10)))
        same.append(table.mean().max())
        elsewhere.append(best_elsewhere(table).mean())
    assert np.mean(same) > 0.5
    assert abs(np.mean(elsewhere)) < 0.1


@pytest.mark.parametrize(
    "table", [pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [1.0, np.nan]}), pd.DataFrame(index=[0, 1])]
)
def test_a_table_of_settings_must_be_whole(table):
    with pytest.raises(InputError, match="table"):
        best_elsewhere(table)


def test_gates_are_compared_only_where_both_have_been():
    frame = pd.DataFrame(
        {
            "gate": ["TopK"] * 3 + ["ReLU"] * 2,
            "d_sae": 8,
            "seed": 0,
            "l0": [0.5, 2.0, 9.0, 1.0, 4.0],
            "rate": [0.1, 0.2, 0.3, 0.0, 1.0],
        }
    )
    matched = at_matched_l0(frame, "rate")
    assert matched.l0.tolist() == [2.0]
    assert matched.ReLU.tolist() == pytest.approx([0.5])  # log 2 is half way from log 1 to log 4
