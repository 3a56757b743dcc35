# %% [markdown]
# # Reading a lattice
#
# **Question.** Neurons and concepts stand in a many-to-many relation. Every table of best matches throws most of it away. Is there a picture that keeps all of it
# and that one can still read?
#
# **Short answer.** A *concept lattice*. It is drawn from nothing but who shares what, it loses nothing (the table can be read back off it), and what the field tells as anecdotes are
# shapes in it: a concept with its neuron is one circle with two names, splitting is a fan, absorption is a neuron that slipped below its concept and
# beside its child, polysemanticity is a neuron above two concepts. And it answers a question of {doc}`11_units` exactly: a concept can be carved out by an AND of
# these neurons if and only if it is a circle of the lattice of points and neurons.
#
# *Decides:* {ref}`T13 <claim-T13>`. *Needs:* {doc}`00_framework`. *Reading time:* 15 minutes.

# %% tags=["parameters"]
n_instances: int = 3_000  # random dictionaries on which the theorems are tried
d_sae: int = 128  # neurons of the dictionary trained on this page
k: int = 3  # how many of them may fire on a point
steps: int = 600  # its training steps
min_delta: int = 40  # points that a circle of the last figure must hold on its own
seed: int = 0  # every random number below comes from it

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from myst_nb import glue
from scipy import sparse

from saelib import ActivationSets, ConceptSet, SAEConfig, TopK, align, claims, plots, study, train
from saelib.data.synthetic import concept_forest
from saelib.lattice import Context, diagram, formal_concepts, try_closures
from saelib.phenomena import planted
from saelib.study.settings.size_and_sparsity import SizeAndSparsity
from saelib.study.sweeps.size_and_sparsity import world

plots.use_style()

# %% [markdown]
# ## Five animals, by hand
#
# Five animals, five things they may share. A cross says who has what; that is all we know.

# %% tags=["remove-cell"]
animals = ["robin", "penguin", "bat", "trout", "platypus"]
shared = ["flies", "feathers", "lays eggs", "warm blood", "swims"]
crosses = ["XXXX.", ".XXXX", "X..X.", "..X.X", "..XXX"]
table = Context([[cross == "X" for cross in row] for row in crosses], animals, shared)

# %% tags=["hide-input", "nbval-check-output"]
print(f"{'':10}" + "".join(f"{name:>12}" for name in shared))
for animal, row in zip(animals, crosses, strict=True):
    print(f"{animal:10}" + "".join(f"{cross.replace('.', ' '):>12}" for cross in row))

# %% [markdown]
# Take *robin* and *penguin*. What do they share? Feathers, eggs and warm blood. Who has all three of these? Robin and penguin, nobody else. We came back to where we
# started: the two animals and the three properties determine each other. Such a pair is a **formal concept** and will be one circle of the drawing; the animals are its
# *extent*, the properties its *intent*.
#
# Take *robin* and *bat* instead: they share flying and warm blood, and only they have both. Another formal concept. Take *trout* alone: it lays eggs and swims; but penguin and
# platypus do too. So *trout* alone is not an extent; its **closure** is all three.
#
# There are finitely many formal concepts, and one lies above another if its extent is larger. Drawn with the larger ones on top, and each name written only once,
# where it first holds:

# %% tags=["remove-cell"]
by_hand = formal_concepts(table, min_support=0)
drawn = diagram(by_hand)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Layered diagram of the lattice of the five animals. Properties stand above circles, animals below; lines lead from larger to smaller extents."}, "figure": {"name": "fig-31-animals", "caption": "Everything the table says, in one drawing. An animal has every property that can be reached from it by going up; a property holds for every animal that can be reached by going down. Grey: share of the sets of animals within the extent that share nothing more (a lower bound of stability)."}}
ax = plots.lattice_diagram(
    drawn.nodes, drawn.lines, size="n_extent", shade="stability_low", shade_label="stability",
    names=("properties", "animals"),
)  # fmt: skip
plt.show()

# %% [markdown]
# Reading it takes three rules.
#
# 1. **Going up, you collect properties; going down, you collect animals.** From *bat* upward: flies, warm blood. So a bat flies and has warm blood, and that is all.
# 2. **What hangs below implies what stands above.** *Feathers* hangs below *lays eggs* and *warm blood*: whatever has feathers has both. That is an implication, read off without
#    counting.
# 3. **Where lines meet.** The highest circle below two others holds the animals that belong to both; the lowest circle above two others holds the properties that both
#    have.
#
# Try it. Point at a circle to see its extent and intent; click it, and everything above and below is marked; arrow keys walk along the lines, and the box finds a name.

# %% tags=["hide-input"]
shown = drawn.nodes.drop(columns=["above", "below", "stability_high"])
shown = shown.rename(columns={"stability_low": "stability, at least"})
HTML(
    plots.lattice_explorer(
        shown,
        drawn.covers,
        drawn.routes,
        title="Lattice of five animals",
        objects="animals",
        attributes="properties",
    )
)

# %% [markdown]
# ## The theorem behind the picture
#
# A *context* is a set of objects $G$, a set of attributes $M$, and a relation between them. For a set of objects $A$ let $A'$ be the attributes that all
# of them have; for a set of attributes $B$ let $B'$ be the objects that have all of them. $A''$ is $(A')'$, the closure of $A$.
#
# :::{prf:theorem} T13a: a Galois connection [P]
# :label: thm-T13a
# In words: asking for what is shared, and asking who shares it, undo each other as far as anything can.
#
# In symbols: $A \subseteq B' \iff B \subseteq A'$. Hence larger sets share less, $A \subseteq A''$, and $A''' = A'$; the pairs $(A, B)$ with $A' = B$ and $B' = A$,
# ordered by their extents, form a complete lattice.
# :::
#
# :::{dropdown} Proof
# Both sides of the equivalence say that every object of $A$ has every attribute of $B$. With $B = A'$ it gives $A \subseteq A''$, likewise $B \subseteq B''$. If
# $A_1 \subseteq A_2$, whatever all of $A_2$ have all of $A_1$ have, so $A_2' \subseteq A_1'$. Applying this to $A \subseteq A''$ gives $A''' \subseteq A'$, and $B \subseteq B''$ with
# $B = A'$ gives the other inclusion; likewise $B''' = B'$. So extents are the sets of the form $B'$; $\bigcap_t B_t' = (\bigcup_t B_t)'$ is one again, so any family of formal concepts has a greatest lower
# bound, and with it (all upper bounds' greatest lower bound) a least upper one {cite:p}`ganter1999fca`. $\square$
# :::
#
# Now let the objects be data points, finitely many, each of positive weight under $\mu$, and the attributes *neurons*: point $x$ has neuron $j$ if $x \in \theta_j$. An AND-unit
# fires where all of its neurons do, an OR-unit where any of them does.
#
# :::{prf:theorem} T13c: the closure theorem [N]
# :label: thm-T13c
# In words: the circles of the lattice of points and neurons are exactly the sets that ANDs of neurons can carve out of the data. The smallest one around a concept is
# its closure.
#
# In symbols: the extents are the sets $\bigcap_{j \in B} \theta_j$, $B$ any set of neurons (all points for $B = \emptyset$). For a concept $C$ the set $C''$ is the
# smallest extent that contains $C$. So some AND-unit separates $C$ without error iff $C'' = C$; the best AND-unit with full recall is $C'$, all neurons that fire on
# the whole concept, and its error is $\mu(C'' \setminus C)$; a larger dictionary can only make it smaller. Dually the best OR-unit without leak is
# $\mathrm{int}(C) = \bigcup \{\theta_j : \theta_j \subseteq C\}$, and $\mathrm{int}(C) \subseteq C \subseteq C''$.
# :::
#
# :::{dropdown} Proof
# $B' = \{x : x \in \theta_j \text{ for all } j \in B\} = \bigcap_{j \in B} \theta_j$, and extents are the sets of the form $B'$. By {prf:ref}`thm-T13a` $C \subseteq C''$; if
# $C \subseteq B'$ then $B \subseteq C'$, so $C'' \subseteq B'$: the closure is the smallest. An AND-unit with full recall fires on some $B' \supseteq C$, hence on all of $C''$, and
# its error is at least $\mu(C'' \setminus C)$, which $B = C'$ attains. It vanishes iff $C'' = C$. A larger dictionary makes $C'$ larger, so $C''$ smaller.
# An OR-unit without leak consists of neurons within $C$, and the union of all of them is the largest. $\square$
# :::
#
# :::{prf:theorem} T13d: three errors in order [N]
# :label: thm-T13d
# In words: no function of the set of active neurons is better than a vote within each activation pattern; AND- and OR-units lie between that and one neuron. ({prf:ref}`thm-T13d-units` has
# the same for the Jaccard distance.)
#
# In symbols: every function of the activation pattern errs on at least $\sum_p \min(\mu(p \cap C), \mu(p \setminus C))$, summed over the patterns $p$, and some function attains it. Hence
# error(Boolean) $\le$ error(AND/OR) $\le$ error(single).
# :::
#
# :::{dropdown} Proof
# A function of the pattern is constant on each pattern, where it errs on $p \setminus C$ or on $p \cap C$; choose the smaller. Units are such functions, and a single neuron is an
# AND-unit of one. $\square$
# :::
#
# All of it is tried on random small dictionaries, with dead, universal and equal neurons among them, against a listing of all units; the order of the three errors also on
# every dictionary of {doc}`23_one_neuron_or_several`, trained and random, where units come from a search. That order cannot fail but by a mistake in the code.

# %% tags=["remove-cell"]
tried = try_closures(n_instances, np.random.default_rng(seed))
readers = study.table("one_or_several")

# %% tags=["hide-input", "nbval-check-output"]
print(
    f"dictionaries {len(tried):,}   disagreements {tried.mismatch.sum()}   out of order {tried.out_of_order.sum()}"
)
print(f"concepts that an AND-unit carves out exactly {(tried.closure_error == 0).mean():.0%}")
strict = (tried.boolean < tried.and_or).mean(), (tried.and_or < tried.single).mean()
print(f"Boolean strictly below AND/OR {strict[0]:.0%}   AND/OR strictly below single {strict[1]:.0%}")

# %% [markdown]
# ## Shapes
#
# Put human concepts and neurons into *one* context, points against both, and the diagram shows where each neuron stands among the concepts. Here on a world of two
# children under one parent, with dictionaries made by hand so that we know what is in them. Blue names are concepts, orange ones ($\theta$) neurons.


# %% tags=["remove-cell"]
def together(activations, concepts, **limits):
    """Lattice of points against concepts and neurons, with the names of the two kinds apart."""
    both = sparse.hstack([concepts.membership, activations.membership])
    names = [*concepts.names, *(f"θ {name}" for name in activations.names)]
    layout = diagram(formal_concepts(Context(both, attributes=names), **limits))
    apart = layout.nodes.own_intent.map(lambda own: [n for n in own if n.startswith("θ")])
    layout.nodes["above"] = apart.map("\n".join)
    human = layout.nodes.own_intent.map(lambda own: [n for n in own if not n.startswith("θ")])
    layout.nodes["below"] = human.map("\n".join)
    return layout


# %% tags=["remove-cell"]
member = np.zeros((14, 3), dtype=bool)
member[:12, 0] = member[:4, 1] = member[4:8, 2] = True
pets = ConceptSet(member, names=["animal", "dog", "cat"], parents=[-1, 0, 0])
merged = ActivationSets(np.column_stack([member[:, 0], member[:, 1] | member[:, 2]]), ["animal", "furry"])
shapes = {
    "faithful": planted(pets),
    "absorption": planted(pets, absorbed={"dog": 1.0}),
    "splitting": planted(pets, split={"cat": 2}),
    "polysemanticity": merged,
}

# %% tags=["hide-input"] mystnb={"image": {"alt": "Four small lattices. Faithful: every concept shares its circle with its neuron. Absorption: the neuron of animal stands below the concept animal and not above dog. Splitting: two neurons hang below the concept cat. Polysemanticity: one neuron stands above both dog and cat."}, "figure": {"name": "fig-31-shapes", "caption": "What the field tells as anecdotes are shapes. **Faithful:** concept and neuron share a circle. **Absorption:** the neuron has slipped below its concept, and the child no longer hangs under it. **Splitting:** a fan of neurons under a concept that has none of its own. **Polysemanticity:** a neuron that sits above two concepts and shares its circle with none."}}
figure, axes = plt.subplots(2, 2, figsize=(plots.COLUMN, 6.6))
for ax, (name, activations) in zip(axes.flat, shapes.items(), strict=True):
    shape = together(activations, pets, min_support=1)
    plots.lattice_diagram(shape.nodes, shape.lines, names=("neurons", "concepts"), ax=ax)
    ax.set_title(name)
    ax.margins(0.25, 0.3)
    ax.get_legend().remove()
plt.show()

# %% [markdown]
# The implication score of {doc}`21_absorption` is a line of this drawing: *dog* implies *animal* among the concepts because one hangs below the other; among the neurons of the second
# shape it does not. How far a trained dictionary is from keeping such a line is a confidence, and needs no picture.

# %% [markdown]
# ## One family of a trained dictionary
#
# Now for real. A dictionary is trained on the world of {doc}`02_size_and_sparsity`. We take one root of the forest with its children and the children of its first child, the neuron
# of each by Jaccard index, and the points of that root. On the left the lattice of the concepts, which is their tree (its bottom, without points, is not drawn). On the
# right the lattice of their neurons on the same points. Real neurons are ragged, and every ragged edge is a formal concept of a few points. Shown are those that are
# $\Delta$-*stable*: every neuron that is not in the intent is silent on at least `min_delta` points of the extent, so that no fewer points hold the circle apart from the ones below it.

# %% tags=["remove-cell"]
settings = world(SizeAndSparsity(), seed)
sample, held_out = concept_forest(settings, 40_000, seed), concept_forest(settings, 20_000, seed + 1_000_000)
sae = train(
    sample.points, SAEConfig(d_sae=d_sae, gate=TopK(k), steps=steps, lr=1e-2, seed=seed), progress=False
).sae
fit = align(ActivationSets.from_sae(sae, sample.points, progress=False), sample.concepts)
root = held_out.concepts.names[0]
children = np.flatnonzero(held_out.concepts.parents == 0)
leaves = np.flatnonzero(held_out.concepts.parents == children[0])
family = [0, *children.tolist(), *leaves.tolist()]

# %% tags=["remove-cell"]
rows = held_out.concepts.extent(0)
names = [held_out.concepts.names[i] for i in family]
neurons = fit.learn()[family]
fired = ActivationSets.from_sae(sae, held_out.points, progress=False).membership[rows][:, neurons]
human = diagram(formal_concepts(Context(held_out.concepts.membership[rows][:, family], attributes=names), 1))
theirs = Context(fired, attributes=[f"θ {name}" for name in names])
found = formal_concepts(theirs, min_support=min_delta, min_delta=min_delta)
learned = diagram(found, object_labels=0)
learned.nodes["above"] = learned.nodes.own_intent.map("\n".join)  # long names side by side would overlap

# %% tags=["hide-input"] mystnb={"image": {"alt": "Left: the lattice of eight concepts of one family, a tree. Right: the lattice of their eight neurons on the same points."}, "figure": {"name": "fig-31-family", "caption": "Human order and learned order. Left: the concepts of one family on the points of its root. Right: the neurons that stand for them, on the same points; only Δ-stable formal concepts. Two names at one circle are one neuron that stands for two concepts, or two that cannot be told apart on enough points. Of the {glue:text}`n-edges` neurons of children {glue:text}`n-below` hang below their parent's; where one does not, and is not the same neuron, the implication is lost."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 4.6), width_ratios=[1, 1.5])
human.nodes["below"], human.nodes["above"] = human.nodes.above, ""  # blue, as concepts are
learned.nodes["below"] = ""
for ax, lattice, title in zip(axes, (human, learned), ("concepts", "their neurons"), strict=True):
    plots.lattice_diagram(lattice.nodes, lattice.lines, size="n_extent", ax=ax)
    ax.set_title(title)
    ax.get_legend().remove()
plt.show()

# %% tags=["remove-cell"]
everything = formal_concepts(theirs, min_support=1)
counts = dict(zip(names, theirs.attribute_sizes.tolist(), strict=True))
size = dict(zip(names, held_out.concepts.sizes[family].tolist(), strict=True))
over = [-1] + [family.index(held_out.concepts.parents[i]) for i in family[1:]]

# %% tags=["hide-input", "nbval-check-output"]
print(f"points {len(rows):,}; formal concepts of the neurons: {len(everything):,}, Δ-stable: {len(found)}")
for i, name in enumerate(names[1:], start=1):
    parent = names[over[i]]
    both = int((fired[:, [over[i]]].multiply(fired[:, [i]])).sum())
    kept = "unavailable" if not counts[name] else f"{both / counts[name]:.2f}"
    print(
        f"{name} has {size[name]:5} points, θ {name} fires on {counts[name]:5}; θ {parent} too on {kept} of them"
    )

# %% tags=["hide-input"]
shown = learned.nodes.drop(columns=["above", "below", "stability_high", "extent", "own_extent"])
shown = shown.assign(extent=[()] * len(shown), own_extent=[()] * len(shown))
shown = shown.rename(columns={"stability_low": "stability, at least"})
HTML(
    plots.lattice_explorer(
        shown,
        learned.covers,
        learned.routes,
        title=f"Lattice of the neurons of {root}",
        objects="points",
        attributes="neurons",
    )
)

# %% tags=["remove-cell"]
ordered = readers[["errors_boolean_fit", "errors_unit_fit", "errors_single_fit"]].dropna()
wrong = (ordered.errors_boolean_fit > ordered.errors_unit_fit) | (
    ordered.errors_unit_fit > ordered.errors_single_fit
)
out_of_order = int(tried.out_of_order.sum()) + int(wrong.sum())
print(claims.record("T13", "closure_mismatches", value=int(tried.mismatch.sum()), n=len(tried)))
print(claims.record("T13", "order_violations", value=out_of_order, n=len(tried) + len(ordered)))
glue("n-tried", f"{len(tried):,}", display=False)
glue("mismatches", f"{int(tried.mismatch.sum())}", display=False)
glue("out-of-order", f"{out_of_order}", display=False)
glue("n-ordered", f"{len(tried) + len(ordered):,}", display=False)

# %% tags=["remove-cell"]
stands = {name: at for at, own in enumerate(learned.nodes.own_intent) for name in own}
below = 0
for child, parent in ((f"θ {names[i]}", f"θ {names[over[i]]}") for i in range(1, len(family))):
    there = stands.get(child)
    below += there is not None and there != stands.get(parent) and parent in learned.nodes.intent[there]
glue("n-below", f"{below}", display=False)
glue("n-edges", f"{len(family) - 1}", display=False)
glue("n-all", f"{len(everything):,}", display=False)
glue("n-stable", f"{len(found)}", display=False)

# %% [markdown]
# ## What we found
#
# Closure, best units and the lattice of all AND-units agree on {glue:text}`n-tried` random dictionaries (disagreements: {glue:text}`mismatches`), and the order of the three errors was checked for
# {glue:text}`n-ordered` concepts of random and trained dictionaries (violations: {glue:text}`out-of-order`). Of {glue:text}`n-all` formal concepts of one family's neurons
# {glue:text}`n-stable` are stable enough to be drawn; the others rest on fewer points. In this dictionary {glue:text}`n-below` of {glue:text}`n-edges` children's neurons hang below their parent's.

# %% [markdown]
# ## What it means for your SAE
#
# - To learn whether an AND of your neurons can carve out a concept at all, do not search: compute the closure. `closure_unit(activations, concept)` gives the best unit and its error.
# - Draw small contexts: a family of concepts with their neurons, on the points of the parent. Thousands of neurons at once are a table, not a drawing.
# - Keep only $\Delta$-stable formal concepts, and say the threshold. In sparse data many sets of neurons are closed only by the accident of a few points.
# - Look for the four shapes of {numref}`fig-31-shapes`. Each of them has an entry in a table of best matches, and does not show there.

# %% [markdown]
# ## Exercises
#
# 1. In the lattice of the animals, what is the closure of *bat* and *trout*?
#
#    :::{dropdown} Solution
#    They share nothing, so the closure is everybody: the top.
#    :::
#
# 2. How many formal concepts has the context in which object $i$ has every attribute but the $i$-th, for $n$ objects and $n$ attributes?
#
#    :::{dropdown} Solution
#    Every set $A$ of objects has $A' = M \setminus A$ (by number) and $A'' = A$. All $2^n$ sets are extents: the lattice is the cube.
#    :::
#
# 3. A dictionary has one neuron for each leaf of a forest, firing exactly on it, and no other neurons. Which concepts can its AND-units carve out exactly? And its OR-units?
#
#    :::{dropdown} Solution
#    AND-units: the leaves, everything (the empty unit), and meets of several leaves, which for exclusive leaves are empty. OR-units: unions of leaves; an inner concept only if each of its
#    points lies in one of its leaves.
#    :::
