"""T4, tightness in the whole space: how close a unit of neurons can come to a body, and at what price.

A *unit* here is an AND-unit: a list of `saelib.geometry.Neuron`, firing where all of them fire. Its region is
an open convex polytope, possibly unbounded. Masses are those of an *ambient measure* ν with total mass 1:
uniform on a body, Gaussian, or any object with ``d_in`` and ``sample(n, seed)``.

Exact where it can be: areas in the plane, hulls in closed form, polytopes around a ball in low dimension.
Elsewhere by sampling, with an interval that holds at every sample size.
"""

from saelib.geometry.polytopes.ambient import Gaussian
from saelib.geometry.polytopes.circumscribed import circumscribed_excess, radial_excess
from saelib.geometry.polytopes.directions import spread_directions
from saelib.geometry.polytopes.floor import ball_floor, ball_limit, neurons_needed
from saelib.geometry.polytopes.hulls import in_hull
from saelib.geometry.polytopes.irreducible import irreducible_error
from saelib.geometry.polytopes.mass import Mass
from saelib.geometry.polytopes.planar import area_within, clip, polygon_area
from saelib.geometry.polytopes.rates import Rate, fit_rate, local_slopes
from saelib.geometry.polytopes.supporting import support, supporting_unit
from saelib.geometry.polytopes.symmetric import symmetric_difference

__all__ = [
    "Gaussian",
    "Mass",
    "Rate",
    "area_within",
    "ball_floor",
    "ball_limit",
    "circumscribed_excess",
    "clip",
    "fit_rate",
    "in_hull",
    "irreducible_error",
    "local_slopes",
    "neurons_needed",
    "polygon_area",
    "radial_excess",
    "spread_directions",
    "support",
    "supporting_unit",
    "symmetric_difference",
]
