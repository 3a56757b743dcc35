"""The handwritten digits and their concepts."""

import numpy as np
import pytest

from saelib import InputError
from saelib.data.digits import CONCEPTS, digits

DATA = digits(seed=0)


def test_both_parts_are_whole_and_apart():
    assert len(DATA.train_points) + len(DATA.test_points) == 1797
    everything = np.concatenate([DATA.train_points, DATA.test_points])
    from sklearn.datasets import load_digits

    original = np.unique(load_digits().data.astype(np.float32) / 16, axis=0)
    np.testing.assert_array_equal(np.unique(everything, axis=0), original)


def test_points_are_the_pictures_between_paper_and_ink():
    for points, images in ((DATA.train_points, DATA.train_images), (DATA.test_points, DATA.test_images)):
        assert points.dtype == np.float32
        assert points.min() == 0
        assert points.max() == 1
        np.testing.assert_array_equal(points, images.reshape(len(images), 64))


def test_every_digit_is_split_in_proportion():
    train, test = np.bincount(DATA.train_labels), np.bincount(DATA.test_labels)
    np.testing.assert_allclose(test / (train + test), 0.25, atol=0.004)


@pytest.mark.parametrize(("name", "held", "parent"), CONCEPTS)
def test_a_concept_holds_for_its_digits_and_no_others(name, held, parent):
    for labels, concepts in (
        (DATA.train_labels, DATA.train_concepts),
        (DATA.test_labels, DATA.test_concepts),
    ):
        np.testing.assert_array_equal(concepts.extent(name), np.flatnonzero(np.isin(labels, held)))
        up = concepts.parents[concepts.names.index(name)]
        assert (concepts.names[up] if up >= 0 else None) == parent


def test_no_two_concepts_are_the_same_set():
    assert len({held for _, held, _ in CONCEPTS}) == len(CONCEPTS)


def test_containment_is_proper_inclusion_of_definitions():
    names = [name for name, _, _ in CONCEPTS]
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            assert DATA.containment[i, j] == (set(DATA.definitions[a]) < set(DATA.definitions[b]))
    assert DATA.containment[names.index("digit 8"), names.index("loop on top")]
    for i, up in enumerate(DATA.train_concepts.parents):
        assert up < 0 or DATA.containment[i, up]


def test_a_seed_fixes_the_split():
    np.testing.assert_array_equal(digits(seed=0).train_points, DATA.train_points)
    assert not np.array_equal(digits(seed=1).train_labels, DATA.train_labels)


@pytest.mark.parametrize(
    "setting",
    [
        {"seed": -1},
        {"seed": 0.5},
        {"test_size": 0.0},
        {"test_size": 1.0},
        {"test_size": 3},
        {"test_size": 0.001},
    ],
)
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(InputError, match=next(iter(setting))):
        digits(**setting)
