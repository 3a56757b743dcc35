from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from saelib import InputError
from saelib.phenomena import published_absorption

# Decoder rows with cosines 1 (the concept's), 0.8, 0.6, 0.05 and -0.6 to the probe.
COSINES = np.array([1.0, 0.8, 0.6, 0.05, -0.6])
DECODER = np.column_stack([COSINES, np.sqrt(1 - COSINES**2)])
PROBE = np.array([5.0, 0.0])


def score(p: float, acts: list[float], split: tuple[int, ...] = (0,)) -> tuple[float, bool]:
    frame = published_absorption([[p, 0.3]], [acts], DECODER, PROBE, split)
    return frame.fraction[0], bool(frame.full[0])


@pytest.mark.parametrize(
    ("p", "acts", "expected"),
    [
        (1.0, [1.0, 0.0, 0.0, 0.0, 0.0], (0.0, False)),  # the neuron carries all of it
        (1.0, [0.0, 1.0, 0.0, 0.0, 0.0], (1.0, True)),  # another carries 0.8 of it, the neuron is silent
        (1.0, [0.2, 1.0, 0.0, 0.0, 0.0], (0.8, False)),  # u = min(0.8, 1 - 0.2) = 0.8; 0.8 / (0.8 + 0.2)
        (1.0, [0.5, 1.0, 0.0, 0.0, 0.0], (0.5, False)),  # u = min(0.8, 0.5) = 0.5; 0.5 / (0.5 + 0.5)
        (1.0, [0.1, 0.0, 1.0, 0.0, 0.0], (6 / 7, False)),  # u = min(0.6, 0.9) = 0.6; 0.6 / 0.7
        (1.0, [0.0, 0.4, 0.0, 0.0, 0.0], (0.0, False)),  # 0.32 is less than 0.4 of p
        (1.0, [0.0, 0.3, 0.3, 0.0, 0.0], (1.0, False)),  # 0.24 + 0.18 together suffice, neither alone
        (1.0, [0.0, 0.0, 0.0, 9.0, 0.0], (0.0, True)),  # 0.45 by cosine 0.05: enough for full only
        (1.0, [0.0, 0.0, 0.0, 0.0, 9.0], (0.0, False)),  # against the probe
        (-1.0, [0.0, 1.0, 0.0, 0.0, 0.0], (0.0, False)),  # the probe itself does not fire
        (0.0, [0.0, 0.0, 0.0, 0.0, 0.0], (0.0, False)),
    ],
)
def test_scores_worked_out_by_hand(p: float, acts: list[float], expected: tuple[float, bool]) -> None:
    fraction, full = score(p, acts)
    assert (fraction, full) == (pytest.approx(expected[0]), expected[1])


def test_at_most_three_absorbers_count() -> None:
    decoder = np.tile([1.0, 0.0], (6, 1))
    frame = published_absorption([[10.0, 0.0]], [[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]], decoder, [1.0, 0.0], [0])
    assert frame.absorbers[0] == 12.0


@given(seed=st.integers(0, 10_000))
def test_neither_scale_nor_the_order_of_points_nor_sparse_storage_matters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, decoder, probe = rng.standard_normal((9, 4)), rng.standard_normal((7, 4)), rng.standard_normal(4)
    acts = np.maximum(rng.standard_normal((9, 7)), 0)
    one = published_absorption(x, acts, decoder, probe, [0, 3])
    two = published_absorption(4 * x[::-1], sparse.csr_array(4 * acts[::-1]), decoder * 3, probe * 7, [3, 0])
    assert one.fraction.to_numpy() == pytest.approx(two.fraction.to_numpy()[::-1], abs=1e-9)
    assert (one.full.to_numpy() == two.full.to_numpy()[::-1]).all()
    assert one.fraction.between(0, 1).all()


def test_a_faithful_dictionary_has_none() -> None:
    rng = np.random.default_rng(0)
    on = rng.random((50, 6)) < 0.4
    on[:, 0] = True
    frame = published_absorption(on @ np.eye(6), on.astype(float), np.eye(6), np.eye(6)[0], [0])
    assert (frame.fraction == 0).all()
    assert not frame.full.any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": [[1.0]]}, "W_dec has shape"),
        ({"acts": [[1.0, 2.0]]}, "acts has shape"),
        ({"acts": [[np.nan] * 5]}, "acts holds nan"),
        ({"probe": [0.0, 0.0]}, "probe has length 0"),
        ({"split": []}, "split is empty"),
        ({"split": [5]}, "split names 5 to 5"),
        ({"points": [[np.inf, 0.0]]}, "points holds inf"),
    ],
)
def test_malformed_input_is_refused(change: dict, message: str) -> None:
    given_ = {"points": [[1.0, 0.0]], "acts": [[0.0] * 5], "W_dec": DECODER, "probe": PROBE, "split": [0]}
    with pytest.raises(InputError, match=message):
        published_absorption(**(given_ | change))
