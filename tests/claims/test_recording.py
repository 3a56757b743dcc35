from __future__ import annotations

import importlib
import json
import math
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import InputError
from saelib.claims import Criterion, declared, ledger, record, recording

TWO_PARTS = """
[E2]
statement = "Larger gains, no loss."
source = "new"
notebook = "02_size_and_sparsity"
[E2.quantities.gain]
meaning = "the gain"
criterion = { kind = "above", threshold = 0.05 }
[E2.quantities.loss]
meaning = "the loss"
criterion = { kind = "below", threshold = 0.0 }
"""


@pytest.fixture
def two_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim with two quantities, whatever the study declares."""
    path = tmp_path / "declared.toml"
    path.write_text(TWO_PARTS)
    claims = {**declared(), **declared(path)}
    monkeypatch.setattr(recording, "declared", lambda: claims)
    monkeypatch.setattr(importlib.import_module("saelib.claims.ledger"), "declared", lambda: claims)


@pytest.fixture
def study(two_parts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of the study, as its runner announces it to the notebook that decides the claims below."""
    monkeypatch.setenv("SAELIB_RESULTS", str(tmp_path / "results"))
    monkeypatch.setenv("SAELIB_NOTEBOOK", "02_size_and_sparsity")
    monkeypatch.setattr(recording, "_recorded", set())
    return tmp_path / "results"


def stored(folder: Path, claim: str) -> dict[str, object]:
    return json.loads((folder / "claims" / f"{claim}.json").read_text())


def verdict(folder: Path, claim: str) -> str:
    return next(row.verdict for row in ledger(folder) if row.claim.id == claim)


def test_outside_a_run_the_verdict_is_given_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAELIB_RESULTS", raising=False)
    monkeypatch.chdir(tmp_path)
    for _ in range(2):  # a reader may run a cell as often as they like
        assert record("T5d", value=0, n=360).holds
    assert list(tmp_path.iterdir()) == []


def test_reading_results_elsewhere_is_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAELIB_RESULTS", str(tmp_path))
    monkeypatch.delenv("SAELIB_NOTEBOOK", raising=False)
    record("T5d", value=0)
    assert list(tmp_path.iterdir()) == []


def test_the_file_holds_value_interval_count_context_criterion_and_verdict(study: Path) -> None:
    record("E2", "gain", value=0.2, interval=(0.1, 0.3), n=5, gate="relu")
    assert stored(study, "E2") == {
        "claim": "E2",
        "verdict": "not run",
        "quantities": {
            "gain": {
                "value": 0.2,
                "interval": [0.1, 0.3],
                "n": 5,
                "context": {"gate": "relu"},
                "criterion": {"kind": "above", "threshold": 0.05},
                "holds": True,
            }
        },
    }


def test_a_claim_holds_only_when_every_part_does(study: Path) -> None:
    assert verdict(study, "E2") == "not run"
    record("E2", "gain", value=0.2)
    assert verdict(study, "E2") == "not run"
    record("E2", "loss", value=-0.1)
    assert verdict(study, "E2") == "held"


@pytest.mark.parametrize(
    ("gain", "loss", "expected"),
    [(0.2, 0.1, "held in part"), (0.0, -0.1, "held in part"), (0.0, 0.1, "did not hold")],
)
def test_parts_add_up(study: Path, gain: float, loss: float, expected: str) -> None:
    record("E2", "gain", value=gain)
    record("E2", "loss", value=loss)
    assert verdict(study, "E2") == expected


def test_an_effect_whose_interval_crosses_the_threshold_is_not_shown(study: Path) -> None:
    assert record("E2", "gain", value=0.2, interval=(0.04, 0.36)).holds is False


def test_recording_a_quantity_twice_in_one_run_is_refused_and_changes_nothing(study: Path) -> None:
    record("T5d", value=1)
    before = (study / "claims" / "T5d.json").read_bytes()
    with pytest.raises(InputError, match="'violations' of T5d is recorded a second time"):
        record("T5d", value=0)
    assert (study / "claims" / "T5d.json").read_bytes() == before


def test_a_later_run_may_record_again(study: Path) -> None:
    code = "from saelib import claims; claims.record('T5d', value=0, n=3)"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))
    assert stored(study, "T5d")["verdict"] == "held"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("E99", "violations"), r"claim_id 'E99' is not declared: give one of T1,"),
        (("E2", "no_such"), "quantity 'no_such' is not declared for E2: give one of gain, loss"),
        (("E2", None), "quantity is missing for E2: name one of gain, loss"),
        (("T1", "violations"), r"claim_id T1 is decided by 01_three_notions, not 02_size_and_sparsity"),
    ],
)
def test_what_was_not_declared_is_refused(
    study: Path, arguments: tuple[str, str | None], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        record(*arguments, value=0)
    assert not (study / "claims").exists()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "0", b"0", None, True, [0], np.nan])
def test_only_finite_numbers_are_values(study: Path, value: object) -> None:
    with pytest.raises(InputError, match=r"value is .*: give a finite number"):
        record("T5d", value=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0, 0.0, np.int64(0), np.float32(0), np.array(0), Fraction(0)])
def test_numbers_of_any_make_are_stored_as_plain_ones(study: Path, value: float) -> None:
    assert record("T5d", value=value).holds
    quantities = stored(study, "T5d")["quantities"]
    assert quantities["violations"]["value"] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("interval", "message"),
    [
        ((0.0,), "interval has 1 numbers"),
        ((0.0, 0.1, 0.2), "interval has 3 numbers"),
        ((0.3, 0.1), "does not contain the value"),
        ((0.3, 0.4), r"interval \[0.3, 0.4\] does not contain the value 0.2"),
        ((0.0, math.nan), "interval is nan"),
    ],
)
def test_an_interval_is_two_ends_around_the_value(
    two_parts: None, interval: tuple[float, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        record("E2", "gain", value=0.2, interval=interval)


@pytest.mark.parametrize("n", [0, -1, 2.5, True, "five"])
def test_n_is_a_positive_count(n: object) -> None:
    with pytest.raises(InputError, match="n is"):
        record("T5d", value=0, n=n)  # type: ignore[arg-type]


def test_context_is_made_of_scalars(study: Path) -> None:
    record("T5d", value=0, gate="relu", strict=np.bool_(True), size=np.int64(3), note=None)
    context = stored(study, "T5d")["quantities"]["violations"]["context"]  # type: ignore[index]
    assert context == {"gate": "relu", "note": None, "size": 3, "strict": True}
    with pytest.raises(InputError, match="sizes is"):
        record("T5e", value=0, sizes=[1, 2])


def test_the_same_numbers_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAELIB_NOTEBOOK", "02_size_and_sparsity")
    for name in ("a", "b"):
        monkeypatch.setenv("SAELIB_RESULTS", str(tmp_path / name))
        context = {"x": 1, "y": 2} if name == "a" else {"y": 2, "x": 1}
        record("T5d", value=0, n=3, **context)
    assert (tmp_path / "a/claims/T5d.json").read_bytes() == (tmp_path / "b/claims/T5d.json").read_bytes()


def test_nothing_but_the_whole_file_is_left(study: Path) -> None:
    record("T5d", value=0)
    assert [path.name for path in (study / "claims").iterdir()] == ["T5d.json"]


def test_a_folder_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SAELIB_RESULTS", str(tmp_path / "file"))
    monkeypatch.setenv("SAELIB_NOTEBOOK", "02_size_and_sparsity")
    with pytest.raises(InputError, match=r"file cannot be written .*: choose a folder you may write to"):
        record("T5d", value=0)


@given(st.floats(-10, 10), st.floats(0, 5), st.floats(0, 5))
def test_a_wider_interval_never_makes_a_claim_hold(value: float, left: float, right: float) -> None:
    for claim in declared().values():
        for quantity in claim.quantities.values():
            wide = quantity.criterion.holds(value, (value - left, value + right))
            assert quantity.criterion.holds(value) or not wide


@given(st.sampled_from(["at_most", "below", "at_least", "above"]), st.floats(-1, 1), st.floats(-1, 1))
def test_negating_everything_mirrors_the_criterion(kind: str, threshold: float, value: float) -> None:
    mirror = {"at_most": "at_least", "at_least": "at_most", "below": "above", "above": "below"}
    assert Criterion(kind, threshold).holds(value) == Criterion(mirror[kind], -threshold).holds(-value)
