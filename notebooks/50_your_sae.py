# %% [markdown]
# # Your own SAE
#
# **Question.** You have a sparse autoencoder, points and labels of your own. What of the last chapters holds for them, and what do you do about it on Monday?
#
# **Short answer.** One command, `saelib analyse`, answers every question of this book for your files: a report to open in a browser, and tables to go on with. This page does the same in Python, shows the main tables, and says how to read every
# number. Without files of your own it makes some: {glue:text}`50-points` points, {glue:text}`50-neurons` neurons, {glue:text}`50-concepts` concepts. There the best neuron of a concept has an F1 of {glue:text}`50-f1` on average, where chance gives a Jaccard
# index of {glue:text}`50-null` and the neurons reach {glue:text}`50-jaccard`.
#
# *Decides:* nothing; it is a tool. *Needs:* {doc}`01_three_notions`; the chapters that the tables link to, as you come to them. *Reading time:* 10 minutes.

# %% tags=["parameters"]
sae: str = ""  # folder of the SAE; empty for a small case that this page makes itself
points: str = ""  # activations: a .npy, .safetensors or .parquet file, or a folder of such
tensor: str = ""  # which tensor of .safetensors files with several; empty for the only one
concepts: str = ""  # labels: a .csv or .parquet file
parents: str = ""  # which concept is a special case of which: a .csv or .parquet file, or empty
drop_empty: bool = False  # leave out concepts without a point, which are refused otherwise
groups: str = ""  # a text file, a line a point: its document or the like, kept in one half; or empty
out: str = ""  # folder of the results; empty for a temporary one
model: str = ""  # in place of points: folder of a Hugging Face model,
texts: str = ""  # a file with texts, each of which becomes a point,
layer: int = 0  # and the number of layers after which the residual stream is read
tokens: str = "last"  # which tokens become points: last or mean, one point a text, or every
column: str = ""  # which column of a table holds the texts; empty for the column text, or the only one
max_length: int = 0  # cut texts after so many tokens; 0 for not at all
delta: float = 0.1  # share of a concept that may be missed: detection
epsilon: float = 0.1  # share of the rest that may be leaked into: separation
eta: float = 0.3  # Jaccard distance of approximation
alpha: float = 0.3  # tolerance of the lattice
threshold: float = 0.0  # a neuron fires where its activation exceeds it
audit: int = 2  # worst served concepts to ask geometry about; seconds to minutes each
preview: int = 20_000  # points of the first, provisional report; 0 for none
seed: int = 0  # of the halves and samples
jobs: int = 0  # threads; 0 for one a processor
resume: bool = True  # go on from what an earlier run has left

# %% tags=["remove-cell"]
import shlex
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from myst_nb import glue

from saelib import SAEConfig, TopK, plots, save_sae, train
from saelib.analysis import TABLES, analyse
from saelib.data.files import model_points, open_points
from saelib.data.synthetic import ForestConfig, LevelFiring, concept_forest

plots.use_style()
pd.set_option("display.float_format", "{:.2f}".format)
own = bool(sae)
folder = Path(tempfile.mkdtemp())
out = out or str(folder / "report")

# %% [markdown]
# ## What the command reads
#
# Four files. *The SAE*: a folder in the layout of SAELens (`cfg.json` and `sae_weights.safetensors`), of dictionary_learning or of sparsify. *The points*: what the SAE encodes, one row each. *The labels*: one row a point, and one
# column a concept with 0 and 1; any other column becomes one concept for each of its values. Or, if few points have many of the concepts, *long*: a row for every point that has a concept, with the columns `point` and `concept`.
# And perhaps *parents*, with the columns `concept` and `parent`: without them nothing can be said about absorption. Nothing in these files is executed, and what does not fit is refused with one line.
#
# If there are no files, here are some: a world of six concepts with three special cases each, of which at most one holds at a time.

# %%
if not own:
    world = ForestConfig(
        d_in=16, branching=(6, 3), firing=LevelFiring((0.2, 0.25)), noise=0.02, world_seed=seed
    )
    sample = concept_forest(world, 12_000, seed)
    dictionary = train(
        sample.points, SAEConfig(d_sae=48, gate=TopK(3), steps=600, seed=seed), progress=False
    ).sae
    sae = str(save_sae(dictionary, folder / "sae"))
    points, concepts, parents = (str(folder / name) for name in ("points.npy", "labels.csv", "parents.csv"))
    np.save(points, sample.points)
    names = sample.concepts.names
    pd.DataFrame(sample.concepts.membership.toarray().astype(int), columns=names).to_csv(
        concepts, index=False
    )
    above = [names[i] if i >= 0 else "" for i in sample.concepts.parents]
    pd.DataFrame({"concept": names, "parent": above}).to_csv(parents, index=False)

# %% tags=["hide-input", "nbval-check-output"]
for path in (concepts, parents):
    if path.endswith(".csv"):
        print(f"{Path(path).name}:", *Path(path).read_text(encoding="utf-8").split("\n")[:4], sep="\n  ")

# %% [markdown]
# ## The analysis
#
# The points are cut in two halves: on one the best neuron of every concept is chosen, on the other it is judged. A choice among thousands of neurons is always flattered where it was made; only the second number can be believed. If your points
# come in groups (tokens of one document, nouns with one head), name them in `groups`, so that no group is on both sides.

# %%
if points:
    given = open_points(points, tensor=tensor or None)
else:
    of_texts = {"tokens": tokens, "column": column or None, "max_length": max_length or None}
    given = model_points(model, texts, layer, folder / "points", **of_texts)
whose = Path(groups).read_text(encoding="utf-8").splitlines() if groups else None
analysis = analyse(
    sae, given, concepts, out, parents=parents or None, drop_empty=drop_empty, groups=whose,
    delta=delta, epsilon=epsilon, eta=eta, alpha=alpha, threshold=threshold,
    audit=audit, preview=preview, seed=seed, jobs=jobs or None, resume=resume, progress=False,
)  # fmt: skip
facts, tables = analysis.facts, analysis.tables

# %% [markdown]
# On the command line it is this, and the report is the file `report.html` in the folder after `--out`:

# %% tags=["hide-input"]
of_texts = {"tokens": tokens, "column": column, "max-length": max_length or ""}
source = {"model": model, "texts": texts, "layer": layer, **of_texts}
if points:
    source = {"points": points, "tensor": tensor}
options = {"sae": sae, **source, "concepts": concepts, "parents": parents, "groups": groups, "out": out}
numbers = {"delta": delta, "epsilon": epsilon, "eta": eta, "alpha": alpha, "threshold": threshold}
options |= {**numbers, "audit": audit, "preview": preview, "seed": seed, "jobs": jobs}
if not own:  # where a temporary folder lies says nothing
    options = {name: Path(v).name if isinstance(v, str) else v for name, v in options.items()}
words = [
    f"--{name} {shlex.quote(str(v))}" for name, v in options.items() if v != "" and (name, v) != ("jobs", 0)
]
flags = ["--drop-empty"] * drop_empty + ["--no-resume"] * (not resume)
print("saelib analyse", *words, *flags, sep=" \\\n  ")

# %% [markdown]
# ## First: is the dictionary alive?
#
# Look here before you look at any concept. An explained variance below a half or a large share of dead neurons says that training went wrong, or that points and SAE do not belong together (another layer, another normalisation). An L0 far from what the SAE was trained for says the same.

# %% tags=["hide-input", "nbval-check-output"]
seen = ["points", "d_in", "d_sae", "concepts", "concepts_a_point", "l0", "explained_variance", "dead_share"]
for name in seen:
    value = facts[name]
    print(f"{name:20} {value:,.2f}" if isinstance(value, float) else f"{name:20} {value:,}")
print(*facts["notes"], sep="\n")

# %% [markdown]
# ## Concepts: who has a neuron
#
# In the figure every concept stands three times: with its best neuron, with the union of up to five neurons, and with what the best neuron would reach had the labels been dealt out to other points. *Read it from below:* a concept whose first mark is near its third has no neuron; where the first two coincide, one neuron does as well as five.

# %% tags=["remove-cell"]
table = tables["concepts"]
kinds = {
    "jaccard": "best neuron",
    "or_jaccard": "union of up to five",
    "null_jaccard": "labels dealt out anew",
}
long = table.melt(["concept", "points"], list(kinds), "kind", "index").dropna(subset="index")
long = long.assign(
    kind=long.kind.map(kinds), index=long["index"].astype(float), points=long.points.astype(float)
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Scatter of concepts: number of points against Jaccard index, with one mark each for the best neuron, the union of up to five neurons, and the best neuron for labels dealt out anew."}, "figure": {"name": "fig-50-concepts", "caption": "What lies above the marks of chance has been learned; what the union lifts is shared among neurons. Each concept by its points, with the Jaccard index on the judging half of its best neuron, of the union of up to five, and of the best neuron for labels dealt out to other points."}}
ax = plots.scatter(
    long, "points", "index", hue="kind", log_x=True, label_x="points of the concept", label_y="Jaccard index"
)
ax.set_ylim(-0.03, 1.03)
plt.show()

# %% tags=["hide-input"]
shown = [
    "concept",
    "points",
    "neuron",
    "f1",
    "recall",
    "precision",
    "jaccard",
    "null_jaccard",
    "or_jaccard",
    "split_into",
]
table.sort_values("f1", na_position="first")[shown].head(12).style.format(precision=2).hide()

# %% [markdown]
# - `recall` low, `precision` high: the neuron means a part of the concept. Look at `or_jaccard` and `split_into`: if several neurons together reach it, the concept is *split* ({doc}`20_splitting`), and a smaller dictionary may hold it in one.
# - `recall` high, `precision` low: the neuron means more than the concept. Look at the parent, and at `second` in the table of neurons ({doc}`22_families_and_hierarchy`).
# - both low, `jaccard` near `null_jaccard`: no neuron. Whether any could is the question of the last table ({doc}`16_whose_fault`).
# - `judged` below 30: the rate is rough, whatever it is ({doc}`15_noise_and_samples`). And an index says the same thing of rare and common concepts only if one reads it right ({doc}`01_three_notions`).
#
# ## Parents and children: absorption
#
# A parent's neuron that falls silent where the child's neuron fires: the rule "where the child, there the parent" is lost in the dictionary. `rate` is the share of the child's points on which that happens. It means something only where the parent's neuron has the parent
# as its own best concept (`owns_parent`) and the two neurons differ (`own_neurons`); `gap` says whether the parent's neuron avoids this child more than the rest ({doc}`21_absorption`). A naive rule calls a pair absorbed when the parent's neuron is silent on most of what the child's neuron finds (`naive`).
# Then there is a second control: does a linear probe for the parent, trained on the choosing half, still fire on these points (`probe`)? If not, they do not look like the parent to begin with, and no neuron is to blame. What passes both is `controlled`.

# %% tags=["remove-cell"]
edges = tables["edges"]
drawn = edges.dropna(subset=["rate", "gap"]).astype({"rate": float, "gap": float})
drawn["the parent's neuron"] = drawn.owns_parent.map(
    {True: "is the parent's own", False: "means something else"}
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Scatter of pairs of parent and child: gap against rate of absorption, marked by whether the parent's neuron has the parent as its own best concept."}, "figure": {"name": "fig-50-edges", "caption": "A pair at the top right whose parent has a neuron of its own is absorption; without one it only says that the parent has no neuron. Each pair of parent and child by gap and rate, on the judging half."}}
if len(drawn):
    plots.scatter(
        drawn, "gap", "rate", hue="the parent's neuron", label_x="gap: rest less child", label_y="rate"
    )
    plt.show()

# %% tags=["hide-input"]
shown = ["parent", "child", "n_child", "n_absorbed", "rate", "gap", "owns_parent", "naive", "probe"]
edges.sort_values("rate", ascending=False)[shown].head(8).style.format(precision=2).hide()

# %% [markdown]
# ## Families, and the lattice
#
# Neurons that often fire together, ordered by how steady that is: `overlap` 1 says that the rarest member fires only inside the others, as a child inside its parent ({doc}`22_families_and_hierarchy`). The lattice, which the report draws to walk about in, holds all concepts and all
# neurons that separate them at tolerance `alpha` ({doc}`32_the_lattice_of_an_sae`).

# %% tags=["hide-input"]
families = tables["families"][["neurons", "concepts", "support", "lift", "overlap"]].head(6)
families.map(lambda cell: ", ".join(map(str, cell)) if isinstance(cell, list | tuple | np.ndarray) else cell)

# %% [markdown]
# ## Whose fault is it?
#
# For the worst served concepts: can *any* one neuron separate them from the rest? `no` comes with a certificate; then do not train again, but use several neurons or another layer. `yes` says that training could have done it; but if `by_chance` is `yes` too, a random set of as many points can be separated as well: the sample is too
# small for the dimension, and the answer means nothing. `unavoidable` and `avoidable` count errors on the sample ({doc}`16_whose_fault`).

# %% tags=["hide-input"]
shown = [
    "concept",
    "n_inside",
    "one_neuron",
    "errors",
    "unavoidable",
    "avoidable",
    "open",
    "fault",
    "by_chance",
]
tables["geometry"][shown].style.format(precision=2).hide()

# %% [markdown]
# ## Every column
#
# What each column says is written in {class}`saelib.analysis.Table` and at the head of each table of the report; here are those of the concepts.

# %% tags=["hide-input", "hide-output"]
columns = TABLES["concepts"].columns
pd.DataFrame(
    [(c.name, c.meaning, c.reading) for c in columns], columns=["column", "says", "how to read it"]
).style.hide()

# %% tags=["remove-cell"]
mean = {
    name: "unavailable" if facts[name] is None else f"{facts[name]:.2f}"
    for name in ("f1_mean", "jaccard_mean", "null_jaccard_mean")
}
texts_of = {
    "50-points": f"{facts['points']:,}",
    "50-neurons": f"{facts['d_sae']:,}",
    "50-concepts": f"{facts['concepts']:,}",
    "50-f1": mean["f1_mean"],
    "50-jaccard": mean["jaccard_mean"],
    "50-null": mean["null_jaccard_mean"],
    "50-half": f"{facts['f1_above_half']} of {facts['concepts']}",
    "50-separated": f"{facts['separated']}",
    "50-edges": f"{facts['edges']}",
    "50-absorbed": f"{facts['absorbed']}",
    "50-owned": f"{facts['absorbed_owned']}",
    "50-naive": f"{facts['naive']}",
    "50-naive-owned": f"{facts['naive_owned']}",
    "50-controlled": "an unknown number" if (n := facts["naive_controlled"]) is None else f"{n}",
}
for key, text in texts_of.items():
    glue(key, text, display=False)

# %% [markdown]
# ## What we found
#
# In the files of this run {glue:text}`50-half` concepts have a neuron with an F1 above one half, and {glue:text}`50-separated` are separated at the tolerances given. Of {glue:text}`50-edges` pairs of parent and child
# {glue:text}`50-absorbed` are absorbed, {glue:text}`50-owned` of them with a parent whose neuron is its own. A naive rule finds {glue:text}`50-naive`; in {glue:text}`50-naive-owned` of these the parent has a neuron of its own, and in {glue:text}`50-controlled` of those a linear probe for the parent still fires. One dictionary and one seed: what would come out with another seed is not in these numbers, so train two before you report one.
#
# ## What it means for your SAE
#
# On Monday, in this order:
#
# 1. Explained variance and dead neurons. If they are bad, stop here.
# 2. Sort the concepts by `margin`. What is near 0 has no neuron; do not name one.
# 3. Of the rest, those with `split_into` above 1 and those with an absorbed child: their best neuron tells half the story, so use the union in `or_neurons`.
# 4. Sort the neurons by `second_jaccard`: where it is near `jaccard`, your labels do not settle what the neuron means.
# 5. The worst concepts that matter to you: `audit` says whether to train again or to look elsewhere.
#
# ## Exercises
#
# 1. Give the analysis labels of which one column is dealt out at random. What do its `jaccard`, `null_jaccard` and `margin` say?
#
#    :::{dropdown} Solution
#    `jaccard` and `null_jaccard` differ only by the draw of the permutation, so `margin` is near 0, of either sign. `jaccard` itself is not near 0 if the column holds for many points: a neuron that fires on a share $p$ of the points has an index of about $pq/(p + q - pq)$ with a
#    random concept of share $q$.
#    :::
#
# 2. Leave `parents` out. Which tables change?
#
#    :::{dropdown} Solution
#    The table of edges is empty, and with it everything about absorption; `parent` and `depth` say nothing. Concepts, neurons, families and the lattice stay the same to the last digit: none of them reads parents.
#    :::
