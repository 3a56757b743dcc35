from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import InputError
from saelib.claims import declared, storage
from saelib.study import frames
from saelib.study.verification import DIFFERENT, IDENTICAL, WITHIN, Tolerance, compare

FRAME = pd.DataFrame({"gate": ["relu", "topk"], "size": [16, 32], "rate": [0.5, math.nan]})


def outcome(tmp_path: Path, other: pd.DataFrame | None) -> tuple[str, str]:
    frames.write_table(tmp_path / "a" / "t.parquet", FRAME)
    (tmp_path / "b").mkdir()
    if other is not None:
        frames.write_table(tmp_path / "b" / "t.parquet", other)
    (compared,) = compare(tmp_path / "a", tmp_path / "b", Tolerance())
    assert compared.name == "table t"
    return compared.outcome, compared.detail


@pytest.mark.parametrize(
    ("change", "expected", "detail"),
    [
        (lambda frame: frame, IDENTICAL, ""),
        (lambda frame: frame.assign(rate=[0.5 + 1e-8, math.nan]), WITHIN, "largest difference 1.0e-08"),
        (
            lambda frame: frame.assign(rate=[0.6, math.nan]),
            DIFFERENT,
            "rate, row 0: 0.5 committed, 0.6 recomp",
        ),
        (
            lambda frame: frame.assign(rate=[0.5, 0.5]),
            DIFFERENT,
            "rate, row 1: nan committed, 0.5 recomputed",
        ),
        (lambda frame: frame.assign(size=[16, 33]), DIFFERENT, "size differs"),
        (lambda frame: frame.assign(gate=["relu", "relu"]), DIFFERENT, "gate differs"),
        (
            lambda frame: frame.assign(size=[16.0, 32.0]),
            DIFFERENT,
            "size: int64 committed, float64 recomputed",
        ),
        (lambda frame: frame.iloc[:1], DIFFERENT, "2 rows committed, 1 recomputed"),
        (lambda frame: frame.drop(columns="rate"), DIFFERENT, "columns differ: rate"),
        (lambda frame: frame[["size", "gate", "rate"]], DIFFERENT, "columns differ: another order"),
        (lambda frame: None, DIFFERENT, "not recomputed"),
    ],
)
def test_a_table_is_identical_close_or_different_and_says_where(
    tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame | None], expected: str, detail: str
) -> None:
    found, reason = outcome(tmp_path, change(FRAME.copy()))
    assert found == expected
    assert detail in reason


def test_a_table_nobody_committed_is_different(tmp_path: Path) -> None:
    frames.write_table(tmp_path / "b" / "t.parquet", FRAME)
    (compared,) = compare(tmp_path / "a", tmp_path / "b", Tolerance())
    assert (compared.outcome, compared.detail) == (DIFFERENT, "not among the committed results")


@pytest.mark.parametrize(
    ("value", "interval", "n", "expected", "detail"),
    [
        (0.2, (0.1, 0.3), 5, IDENTICAL, ""),
        (0.2 + 1e-8, (0.1, 0.3), 5, WITHIN, ""),
        (0.2, (0.1, 0.31), 5, DIFFERENT, "0.2 [0.1, 0.3] committed, 0.2 [0.1, 0.31] recomputed; verdict"),
        (0.2, (0.1, 0.3), 6, DIFFERENT, "above_densest"),
        (0.2, None, 5, DIFFERENT, "above_densest"),
        (-0.2, (-0.3, -0.1), 5, DIFFERENT, "verdict held → held in part"),
    ],
)
def test_a_claim_is_compared_by_value_interval_count_and_verdict(
    tmp_path: Path, value: float, interval: tuple[float, float] | None, n: int, expected: str, detail: str
) -> None:
    claim = declared()["E3"]
    fixed = storage.Measurement(0.5)
    committed = {"above_sparsest": fixed, "above_densest": storage.Measurement(0.2, (0.1, 0.3), 5)}
    storage.write(claim, committed, tmp_path / "a")
    recomputed = {"above_sparsest": fixed, "above_densest": storage.Measurement(value, interval, n)}
    storage.write(claim, recomputed, tmp_path / "b")
    (compared,) = compare(tmp_path / "a", tmp_path / "b", Tolerance())
    assert compared.name == "claim E3"
    assert compared.outcome == expected
    assert detail in compared.detail


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_tolerance_is_what_it_states(committed: float, recomputed: float) -> None:
    allowed = abs(committed - recomputed) <= 1e-9 + 1e-6 * abs(committed)
    assert Tolerance().allows(committed, recomputed) is allowed
    assert Tolerance(0, 0).allows(committed, recomputed) is (committed == recomputed)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, "0"])
def test_tolerances_are_not_negative(value: float) -> None:
    with pytest.raises(InputError, match="tolerance relative is"):
        Tolerance(relative=value)
