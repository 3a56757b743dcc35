"""Points with human concepts: synthetic worlds of which everything is known, and handwritten digits."""
