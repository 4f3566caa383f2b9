"""Draws chunked by Dask: a model run chunk by chunk, when its outcomes are asked for."""

from collections.abc import Callable

import xarray as xr


def is_chunked(draws: object) -> bool:
    """Whether draws are chunked along `sample`."""
    return isinstance(draws, xr.Dataset) and "sample" in draws.chunksizes


def in_chunks(run: Callable[[xr.Dataset], xr.Dataset], draws: xr.Dataset) -> xr.Dataset:
    """A model's outcomes for draws that are chunked along `sample`, chunked alike.

    The first draw is run at once, as outcomes of all have its form; everything else waits until it is computed.

    Parameters
    ----------
    run : a model's `run`, which gives a Dataset whose every variable has `sample` as its first dimension
    draws : chunked along `sample`

    Returns
    -------
    Dataset of Dask arrays, with the draws' coordinates along `sample`. Errors of a chunk count its samples from 0

    See Also
    --------
    is_chunked : tells whether draws are

    Examples
    --------
    >>> draws = xr.Dataset({"cost": ("sample", [0.0, 1.0, 2.0, 3.0])}).chunk(sample=2)
    >>> doubled = in_chunks(lambda some: some * 2, draws)
    >>> doubled["cost"].chunks, doubled["cost"].values.tolist()
    (((2, 2),), [0.0, 2.0, 4.0, 6.0])
    """
    along = draws.coords.to_dataset()[[name for name, coord in draws.coords.items() if coord.dims == ("sample",)]]
    bare = draws.drop_vars(list(along.coords))
    one = run(bare.isel(sample=[0]).compute())
    bare_one = one.drop_vars("sample", errors="ignore").isel(sample=0)
    repeated = bare_one.chunk().expand_dims(
        sample=draws.sizes["sample"]
    )  # lazily, so that nothing of that size is made
    template = repeated.chunk(sample=draws.chunksizes["sample"])
    return xr.map_blocks(run, bare, template=template).assign_coords(along.coords)
