"""Settings of every sweep, one file a sweep: the dataclass, and what ``full`` and ``quick`` run."""
