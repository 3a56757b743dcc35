"""What geometry and counting allow: bounds that no training can beat."""

from __future__ import annotations

from saelib.geometry import bounds

__all__ = ["bounds"]
