"""The study's sweeps: each a module that lists its cells, runs one, and gathers them into tables."""
