"""The trials of T10 agree with hand-worked families and notice a wrong search."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from saelib import ActivationSets, InputError
from saelib.phenomena import brute_families, family_trials
from saelib.phenomena import trials_of_families as trials


def test_brute_force_by_hand() -> None:
    # Points make {0, 1}, {0, 1, 2} and {2} fire: {0} alone never does, {0, 2} can take 1 in for free.
    active = ActivationSets([[1, 1, 0], [1, 1, 0], [1, 1, 1], [0, 0, 1]])
    assert brute_families(active, 1) == {(0, 1): 3, (0, 1, 2): 1}
    assert brute_families(active, 2) == {(0, 1): 3}
    assert brute_families(active, 4) == {}


def test_no_kind_refutes_the_theorem() -> None:
    found = family_trials(15, np.random.default_rng(1))
    assert found.holds.all()
    assert found.groupby("kind").size().to_dict() == dict.fromkeys(trials.FAMILY_KINDS, 15)
    by_kind = found.groupby("kind").planted.sum()
    assert by_kind["random"] == 0
    assert by_kind["disjoint"] >= 15
    assert by_kind["forest"] >= 15


@pytest.mark.parametrize("spoil", ["a family is lost", "a support is off by one"])
def test_a_wrong_search_is_noticed(monkeypatch: pytest.MonkeyPatch, spoil: str) -> None:
    honest = trials.families

    def spoiled(*args: object, **options: object) -> pd.DataFrame:
        found = honest(*args, **options)  # type: ignore[arg-type]
        if spoil == "a family is lost":
            return found.iloc[1:]
        return found.assign(support=found.support + 1)

    monkeypatch.setattr(trials, "families", spoiled)
    found = family_trials(5, np.random.default_rng(2))
    assert not found.holds[found.planted > 0].any()


def test_malformed_input_is_refused() -> None:
    with pytest.raises(InputError, match="n is 0"):
        family_trials(0, np.random.default_rng(0))
    with pytest.raises(InputError, match="17 neurons"):
        brute_families(ActivationSets(np.ones((2, 17))), 1)
    with pytest.raises(InputError, match="min_support is 0"):
        brute_families(ActivationSets([[1, 1]]), 0)
