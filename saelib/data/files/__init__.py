"""A reader's own files: points, concepts, and the model that points come from.

:func:`open_points` leaves the points where they are and reads what is asked for, :func:`read_concepts` reads
labels in either of two forms, and :func:`model_points` makes points of texts with a model on disk. Files from
outside are held against their own headers before anything of them is used; none is ever executed.
"""

from saelib.data.files.extracting import model_points
from saelib.data.files.labelling import read_concepts
from saelib.data.files.opening import open_points
from saelib.data.files.points import Points

__all__ = ["Points", "model_points", "open_points", "read_concepts"]
