"""A study small enough to run in a test: one sweep of five cells, one settings class, two profiles."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import pandas as pd

from saelib import InputError
from saelib.study.plan import Profile, Sweep


@dataclass(frozen=True)
class Settings:
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    factor: float = float(os.environ.get("TINY_FACTOR", "2"))


def cells(settings: Settings) -> list[str]:
    return [f"seed_{seed}" for seed in settings.seeds]


def run_cell(settings: Settings, cell_id: str) -> dict[str, pd.DataFrame]:
    seed = int(cell_id.removeprefix("seed_"))
    if os.environ.get("TINY_BAD_CELL") == cell_id:
        raise InputError("factor", "is 0", "give a positive number")
    time.sleep(float(os.environ.get("TINY_PAUSE", 0)))
    frame = pd.DataFrame({"seed": [seed, seed], "value": [settings.factor * seed, 1 / 3]})
    return {"rows": frame, "notes": pd.DataFrame({"note": [cell_id]})}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    return {
        "tiny": pd.concat([each["rows"] for each in frames]),
        "tiny_notes": pd.concat([each["notes"] for each in frames]),
    }


def require_weights() -> None:
    if os.environ.get("TINY_WITHOUT_WEIGHTS"):
        raise InputError("the weights", "are not installed", "run: install-weights")


SWEEPS = {
    "tiny": Sweep("tiny_study", tables=("tiny", "tiny_notes"), needs="tiny_study.require_weights"),
}
PROFILES = {
    "full": Profile("full", settings={"tiny": Settings()}, published=True, together=2),
    "quick": Profile(
        "quick",
        settings={"tiny": Settings(seeds=(0, 1))},
        parameters={"01_three_notions": {"n_instances": 5}},
    ),
}
