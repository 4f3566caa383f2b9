"""Random numbers: one seed in, an independent stream for every name."""

import zlib

import numpy as np


def seed_sequence(seed: int, name: str) -> np.random.SeedSequence:
    """The child of `seed` that belongs to `name`.

    A stream depends on the seed and on its own name only, so that adding or removing a parameter leaves the draws
    of every other parameter as they were.

    Parameters
    ----------
    seed : the analysis' one seed, an integer ≥ 0
    name : what the stream is for, for example ``"parameters.procedure_cost"``

    Examples
    --------
    >>> a = np.random.default_rng(seed_sequence(1, "age")).random()
    >>> b = np.random.default_rng(seed_sequence(1, "age")).random()
    >>> bool(a == b)
    True
    """
    return np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode()),))


def generator(seed: int, name: str) -> np.random.Generator:
    """A numpy generator on the stream of `name`; see `seed_sequence`."""
    return np.random.default_rng(seed_sequence(seed, name))
