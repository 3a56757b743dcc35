"""The closure theorem on random dictionaries, and that the trial would notice a wrong closure."""

import numpy as np
import pytest

from saelib import InputError
from saelib.lattice import trials_of_closure
from saelib.lattice.trials_of_closure import try_closures


def test_derivations_agree_with_the_listing_of_all_units():
    frame = try_closures(300, np.random.default_rng(1))
    assert not frame.mismatch.any()
    assert not frame.out_of_order.any()
    # All cases occur: closed concepts and others, exact interiors and others, errors that differ.
    assert 0 < (frame.closure_error == 0).mean() < 1
    assert 0 < (frame.boolean < frame.and_or).mean() < 1
    assert 0 < (frame.and_or < frame.single).mean() < 1


def test_a_wrong_closure_is_noticed(monkeypatch):
    monkeypatch.setattr(trials_of_closure, "_closure", lambda active, concept: np.ones_like(concept))
    assert try_closures(50, np.random.default_rng(1)).mismatch.any()


@pytest.mark.parametrize("n", [0, -1, True, 2.5])
def test_a_number_of_instances_is_a_positive_integer(n):
    with pytest.raises(InputError, match=r"^n_instances is"):
        try_closures(n, np.random.default_rng(0))
