"""Draws from several sources as one set of parameters: draw i of each stays draw i."""

from typing import Any

import pandas as pd
import xarray as xr

from heemodel.errors import HeemodelError

type Draws = xr.Dataset | xr.DataArray | pd.DataFrame | pd.Series


def join_draws(*draws: Draws) -> xr.Dataset:
    """Several sources of parameters as one: draw i of each stays draw i.

    Parameters
    ----------
    draws : any of

        - Dataset with dimension `sample`, as `draw(n, seed=…)` of inputs or of a posterior gives;
        - DataArray with dimension `sample` and a name, as ``hm.distributions.Gamma(…).draw(n, seed=1, name="x")``;
        - data frame with a row for each draw and a column for each parameter, or a series with a name. Its index
          numbers the samples, so that 0, 1, 2, … goes with draws from elsewhere.

        Or none of them with `sample`: central values.

    Returns
    -------
    Dataset with a variable for each parameter and dimension `sample`

    Raises
    ------
    HeemodelError
        with every source that cannot be joined; or if the number of draws differs, two sources have a parameter of the
        same name, or they number samples or label a dimension differently

    See Also
    --------
    Inputs.draw : draws of an inputs file

    Examples
    --------
    >>> from heemodel.parameters import Beta, Gamma
    >>> cost = Gamma.from_mean(2_000, 500).draw(1_000, seed=1, name="cost")
    >>> utility = Beta.from_mean(0.8, 0.1).draw(1_000, seed=1, name="utility")
    >>> sorted(join_draws(cost, utility).data_vars)
    ['cost', 'utility']
    """
    mistakes = [f"source {place}: {wrong}" for place, one in enumerate(draws, 1) if (wrong := _wrong(one))]
    if mistakes:
        raise HeemodelError("; ".join(mistakes))
    sources = [_dataset(one) for one in draws]
    _check_samples(sources)
    names = [str(name) for source in sources for name in source.data_vars]
    if twice := {name for name in names if names.count(name) > 1}:
        raise HeemodelError(f"parameter {min(twice)!r} is there twice; rename one")
    try:
        return xr.merge(sources, join="exact", combine_attrs="drop", compat="no_conflicts")
    except xr.AlignmentError as error:
        raise HeemodelError(
            f"the draws have different labels along a dimension and cannot be joined: {error}. Number samples alike, "
            "as in draws.assign_coords(sample=range(n)) or frame.reset_index(drop=True), and bring other labels into "
            "one order, as in draws.sel(strategy=[…])"
        ) from None
    except xr.MergeError as error:
        raise HeemodelError(
            f"the draws tell different things of the same samples and cannot be joined: {error}. Leave one out, as in "
            "draws.drop_vars('model')"
        ) from None


def _wrong(source: Any) -> str:
    """Why a source is no draws of named parameters, with the cure; empty if it is."""
    match source:
        case xr.Dataset():
            return ""
        case xr.DataArray():
            return _wrong_array(source)
        case pd.Series():
            nameless = not isinstance(source.name, str)
            cure = "name the parameter, as in series.rename('cost')"
            return f"a series has the name {source.name!r}; {cure}" if nameless else _wrong_index(source.index)
        case pd.DataFrame():
            return _wrong_columns(list(source.columns)) or _wrong_index(source.index)
    return (
        f"is a {type(source).__name__}; give Datasets, such as the draw(n, seed=…) of a posterior, named DataArrays "
        "or data frames with a column for each parameter"
    )


def _wrong_array(array: xr.DataArray) -> str:
    """Why an array is no draws of one parameter."""
    if array.name is None:
        return "an array has no name; name the parameter, as in array.rename('cost')"
    if array.name in array.coords:
        return f"array {array.name!r} is named like one of its coordinates; name it after the parameter"
    return ""


def _wrong_columns(names: list[Any]) -> str:
    """Why columns are no parameters."""
    if nameless := [name for name in names if not isinstance(name, str)]:
        return f"a data frame has the column {nameless[0]!r}; give columns the names of parameters"
    if twice := {name for name in names if names.count(name) > 1}:
        return f"parameter {min(twice)!r} is there twice; rename one"
    return ""


def _wrong_index(index: pd.Index) -> str:
    """Why rows are not numbered as samples."""
    if isinstance(index, pd.MultiIndex) or not pd.api.types.is_integer_dtype(index):
        return "rows are not numbered; give a row for each sample and number them, frame.reset_index(drop=True)"
    return ""


def _dataset(source: Draws) -> xr.Dataset:
    """A source as a Dataset."""
    match source:
        case xr.Dataset():
            return source
        case xr.DataArray():
            return source.to_dataset()
    frame = pd.DataFrame(source)
    samples = {"sample": frame.index.to_numpy()}
    return xr.Dataset({name: ("sample", frame[name].to_numpy()) for name in frame.columns}, coords=samples)


def _check_samples(sources: list[xr.Dataset]) -> None:
    """All sources have as many samples, or none has any."""
    lengths = {source.sizes.get("sample") for source in sources}
    if None in lengths and len(lengths) > 1:
        odd = next(source for source in sources if "sample" not in source.dims)
        found = ", ".join(map(str, odd.dims)) or "none"
        raise HeemodelError(f"draws need the dimension 'sample'; one source has the dimensions: {found}. Rename it")
    if len(lengths) > 1:
        raise HeemodelError(f"{' and '.join(str(n) for n in lengths)} draws cannot be joined; draw as many of each")
