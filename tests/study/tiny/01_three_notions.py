# %% [markdown]
# # A chapter that decides T1

# %% tags=["parameters"]
n_instances: int = 10  # tries
scale: float = 1.0  # of everything
names: list = ["a"]  # whatever

# %%
import os
import sys

from saelib import claims, study

print("progress", file=sys.stderr)
print("tries", n_instances, "in", os.getcwd())
frame = study.table("tiny")
object()

# %%
if os.environ.get("TINY_BAD_NOTEBOOK"):
    from saelib import InputError

    raise InputError("k", "is -3", "give a positive integer")

# %%
claims.record("T1", "violations", value=0, n=n_instances)

# %%
claims.record("T1", "attained", value=float(frame["value"].min()), interval=(0.0, 0.0))
