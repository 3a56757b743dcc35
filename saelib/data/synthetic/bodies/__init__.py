"""Bodies of exactly known volume: concepts as regions of the whole space, one body a file."""

from saelib.data.synthetic.bodies.annulus import Annulus
from saelib.data.synthetic.bodies.ball import Ball
from saelib.data.synthetic.bodies.body import Body, ball_volume
from saelib.data.synthetic.bodies.box import Box
from saelib.data.synthetic.bodies.lshape import LShape
from saelib.data.synthetic.bodies.moons import HalfMoon, TwoMoons
from saelib.data.synthetic.bodies.polytope import Polytope
from saelib.data.synthetic.bodies.sample import BodySample, body_concepts
from saelib.data.synthetic.bodies.two_balls import TwoBalls

__all__ = [
    "Annulus",
    "Ball",
    "Body",
    "BodySample",
    "Box",
    "HalfMoon",
    "LShape",
    "Polytope",
    "TwoBalls",
    "TwoMoons",
    "ball_volume",
    "body_concepts",
]
