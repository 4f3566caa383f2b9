"""What is recorded of a model is the model: held against the engine and the plain second one, at other inputs."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from random_models import random_cohort, random_tree

import heemodel as hm
from heemodel.mirror import MirrorError, NoFormulaError
from heemodel.mirror.expressions import value_of
from heemodel.mirror.record import record_model
from heemodel.mirror.verification import answers_of
from heemodel.verify.naive_cohort import naive_run
from heemodel.verify.naive_tree import naive_tree


def recorded(model, draws, group=None):
    """The totals of what was recorded, and how to work them out from other values of single parameters."""
    record = record_model(model, draws, group)

    def totals(**changes):
        places = {record.reader.leaves[name].elements[()].place: value for name, value in changes.items()}
        values = record.reader.recording.recalculated(places)
        return {key: values[n.place] if hasattr(n, "place") else n for key, n in record.content.totals.items()}

    return record, totals


def group_of(model):
    return model.groups[0] if model.groups else None


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_cohort_is_the_engine_s_at_other_inputs(seed):
    model, draws = random_cohort(seed)
    group = group_of(model)
    record, totals = recorded(model, draws, group)
    changes = {"price": 77.0, "utility": 0.31, "effect": 0.93}
    engine = answers_of(model.run(draws.assign(changes)), record.content, group)
    assert totals(**changes) == pytest.approx(engine, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("seed", range(8))
def test_a_cohort_is_the_plain_engine_s(seed):
    model, draws = random_cohort(seed)
    group = group_of(model)
    _, totals = recorded(model, draws, group)
    plain = naive_run(model, draws).isel(sample=0)
    plain = plain if group is None else plain.sel(group=group)
    for strategy in model.strategies:
        found = {name: sum(v for ((n, _), s), v in totals().items() if (n, s) == (name, strategy)) for name in plain}
        assert found == pytest.approx({name: float(plain[name].sel(strategy=strategy)) for name in plain}, rel=1e-11)


@pytest.mark.parametrize("seed", range(6))
def test_a_tree_is_the_engine_s_and_the_plain_one_s(seed):
    tree, draws = random_tree(seed)
    record, totals = recorded(tree, draws)
    changes = {"chance_0": 0.25, "price": 44.0, "effect": 0.7}
    moved = draws.assign(changes)
    assert totals(**changes) == pytest.approx(answers_of(tree.run(moved), record.content, None), rel=1e-11)
    plain = naive_tree(tree, moved).isel(sample=0)
    for strategy in tree.strategies:
        qaly = totals(**changes)[("qaly", None), strategy]
        assert qaly == pytest.approx(float(plain["qaly"].sel(strategy=strategy)), rel=1e-11)


def test_a_function_of_the_parameters_is_the_engine_s():
    def outcomes(p):
        cured = hm.by_strategy({"usual care": 0.2, "new care": p.cured})
        return hm.Outcomes(cost={"drug": 2 * p.price * cured, "care": 2_000 * (1 - cured)}, qaly=0.6 + 0.3 * cured)

    model = hm.FunctionModel(strategies=["usual care", "new care"], outcomes=outcomes)
    draws = xr.Dataset({"cured": 0.4, "price": 30.0})
    record, totals = recorded(model, draws)
    moved = draws.assign(cured=0.5, price=44.0)
    assert totals(cured=0.5, price=44.0) == pytest.approx(answers_of(model.run(moved), record.content, None), rel=1e-12)


def one_state(chance, **more):
    """A model with one move, whose probability is worked out by a function of p."""
    rates = hm.Discount(cost=0.035, qaly=0.035, timing="count")
    more = {"horizon": "4 years", "discount": rates} | more
    return hm.CohortModel(
        states=["well", "dead"],
        strategies=["care"],
        start={"well": 1.0},
        cycle_length="1 year",
        transitions=lambda p, time: {("well", "dead"): chance(p, time)},
        payoffs=lambda p, time: hm.Payoffs(cost={"care": {"well": 10.0}}, qaly={"well": 0.8}),
        **more,
    )


FUNCTIONS = {
    "exp, log, sqrt": lambda x: np.exp(-1 / np.sqrt(1 + x)) * np.log(1 + x),
    "log1p, expm1": lambda x: xr.apply_ufunc(np.expm1, xr.apply_ufunc(np.log1p, x / 3)),
    "clip": lambda x: x.clip(0.05, 0.15),
    "where on itself": lambda x: xr.where(x < 0.3, x, 0.3),
    "conditions": lambda x: 0.1 * ((x > 0.1) & ~(x > 0.9)) + 0.05 * ((x < 0.01) | (x > 0.15)),
    "powers": lambda x: (x**2 + 2.0**-x) / 9,
    "minimum, maximum, absolute, sign": lambda x: np.minimum(abs(x - 1), 0.2) * np.sign(x) + np.maximum(x, 0.1) / 9,
    "floor and ceil": lambda x: (np.floor(10 * x) + np.ceil(3 * x)) / 30,
    "remainder": lambda x: (x % 0.15) + (x // 0.15) / 20,
    "tanh and logistic": lambda x: np.tanh(x) / (1 + np.exp(-x)),
    "rounding by a fixed table": lambda x: x * xr.DataArray([0.5, 0.4, 0.3, 0.2], dims="cycle"),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_numpy_s_elementary_functions_are_recorded(name):
    model = one_state(lambda p, time: FUNCTIONS[name](p.x))
    draws = xr.Dataset({"x": 0.2})
    record, totals = recorded(model, draws)
    for x in (0.2, 0.37):
        engine = answers_of(model.run(draws.assign(x=x)), record.content, None)
        assert totals(x=x) == pytest.approx(engine, rel=1e-12)


def test_sums_over_a_parameter_s_own_dimension_and_choices_of_it_are_recorded():
    shares = xr.DataArray([0.2, 0.3, 0.5], coords={"mrs": ["0", "1", "2"]})
    draws = xr.Dataset({"share": shares, "ratio": shares * 2})
    model = one_state(
        lambda p, time: (
            (p.share * p.ratio).sum("mrs") / 9
            + p.share.sel(mrs=["0", "2"]).sum("mrs") * p.ratio.sel(mrs="1") / 9
            + p.share.cumsum("mrs").isel(mrs=1) * xr.dot(p.share, p.ratio, dim="mrs") / 9
            + p.ratio.mean("mrs") * p.ratio.max("mrs") / 99
        )
    )
    record_model(model, draws)  # which holds it against the engine at other inputs


def test_the_life_table_s_rates_are_inputs():
    model = one_state(
        lambda p, time: hm.rate_to_probability(time.life_table(p.men) * p.ratio, time.cycle_years),
        start_age=60,
        life_table="uk-2022-2024",
    )
    record = record_model(model, xr.Dataset({"men": 0.5, "ratio": 2.0}))
    rates = record.reader.rates["male"].elements
    doubled = {number.place: 2 * number.value for number in rates.flat}
    values = record.reader.recording.recalculated(doubled)
    years = record.content.totals[("life_years", None), "care"]
    assert values[years.place] < years.value


def life_table(**columns):
    import pandas as pd

    return pd.DataFrame(columns)


ages = list(range(60, 66))
TABLES = {
    "of persons": ({"age": ages, "mx": [0.01, 0.02, 0.03, 0.05, 0.08, 0.1]}, {}),
    "that dies out": ({"age": ages, "qx": [0.1, 0.2, 0.3, 0.5, 0.8, 1.0]}, {"horizon": "5 years"}),
    "by calendar year": (
        {"age": np.repeat(ages, 2), "year": [2024, 2025] * 6, "mx": np.linspace(0.01, 0.2, 12)},
        {"start_year": 2024.5},
    ),
}


@pytest.mark.parametrize("kind", TABLES)
def test_life_tables_of_one_s_own_are_recorded(kind):
    columns, more = TABLES[kind]
    model = one_state(
        lambda p, time: hm.rate_to_probability(time.life_table() * p.ratio, time.cycle_years),
        start_age=61,
        life_table=life_table(**columns),
        **more,
    )
    record_model(model, xr.Dataset({"ratio": 1.2}))  # which holds it against the engine at other inputs


@pytest.mark.parametrize("kind", TABLES)
def test_a_life_table_that_is_held_fast_is_refused(kind):
    columns, more = TABLES[kind]

    def chance(p, time):
        rates = np.minimum(time.life_table(), 0.9)
        return xr.DataArray(1 - np.exp(-np.asarray(rates)), dims=rates.dims) * p.r

    model = one_state(chance, start_age=61, life_table=life_table(**columns), **more)
    with pytest.raises(MirrorError, match="would not be the model") as error:
        record_model(model, xr.Dataset({"r": 0.9}))
    assert "test_mirror_recording.py, line" in str(error.value)


def test_a_life_table_that_is_held_fast_is_refused_though_a_parameter_cannot_be_moved():
    def chance(p, time):
        if bool((p.x != 0.2).any()):
            raise hm.ModelError("x is 0.2")
        return xr.DataArray(np.asarray(time.life_table(0.5)), dims="cycle") * p.x

    model = one_state(chance, start_age=60, life_table="uk-2022-2024")
    with pytest.raises(MirrorError, match="would not be the model"):
        record_model(model, xr.Dataset({"x": 0.2}))


def test_discount_rates_are_moved_even_from_0(monkeypatch):
    """Were discounting left out of what is recorded, answers would differ only at another rate than 0."""
    from heemodel.mirror import timing

    monkeypatch.setattr(timing._Discounting, "_one", lambda self, rate, years: 1.0)
    model = one_state(lambda p, time: p.x, discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"))
    with pytest.raises(MirrorError, match="would not be the model"):
        record_model(model, xr.Dataset({"x": 0.2}))


def test_a_parameter_that_cannot_be_moved_by_itself_is_named():
    def chance(p, time):
        if bool((p.x != 0.2).any()):
            raise hm.ModelError("x is 0.2")
        return p.x * p.y

    record = record_model(one_state(chance), xr.Dataset({"x": 0.2, "y": 0.5}))
    assert record.unchecked == ["x"]


def test_a_number_of_0_that_is_held_fast_is_found_too():
    with pytest.raises(MirrorError, match="would not be the model"):
        record_model(one_state(lambda p, time: p.x + p.y.item()), xr.Dataset({"x": 0.2, "y": 0.0}))


def test_a_function_without_a_formula_is_refused_by_its_name_and_line():
    model = one_state(lambda p, time: xr.apply_ufunc(np.arctan, p.x))
    with pytest.raises(NoFormulaError, match="arctan") as error:
        record_model(model, xr.Dataset({"x": 0.2}))
    assert "test_mirror_recording.py, line" in str(error.value)


@pytest.mark.parametrize(
    "frozen",
    [lambda p, time: p.x * 0 + float(p.x), lambda p, time: xr.DataArray(np.asarray(p.x)), lambda p, time: p.x.item()],
)
def test_a_number_that_is_taken_as_a_plain_one_is_never_held_fast_silently(frozen):
    with pytest.raises(MirrorError, match="would not be the model") as error:
        record_model(one_state(frozen), xr.Dataset({"x": 0.2}))
    assert "test_mirror_recording.py, line" in str(error.value)


def test_a_number_may_be_looked_at_where_no_answer_depends_on_it():
    def chance(p, time):
        if bool((p.x > 0.9).any()) or float(p.x) > 0.95:
            raise hm.ModelError("too large")
        return p.x

    record = record_model(one_state(chance), xr.Dataset({"x": 0.2}))
    (((condition, line), answer),) = record.reader.recording.decisions.items()
    assert (condition.operation, condition.operands[1], answer) == ("greater", 0.9, False)
    assert "test_mirror_recording.py" in line


def test_other_kinds_of_model_and_unknown_groups_are_refused():
    cohort = one_state(lambda p, time: p.x)
    with pytest.raises(MirrorError, match="Sequence"):
        record_model(hm.Sequence([cohort, cohort]), xr.Dataset({"x": 0.1}))
    model = one_state(lambda p, time: p.x, groups=["young", "old"])
    with pytest.raises(MirrorError, match="'young'; 'old'"):
        record_model(model, xr.Dataset({"x": 0.1}))
    with pytest.raises(MirrorError, match="did you mean 'young'"):
        record_model(model, xr.Dataset({"x": 0.1}), "yuong")


def test_clocks_that_would_fill_a_sheet_are_refused(monkeypatch):
    from heemodel.mirror import cohort

    model = one_state(lambda p, time: p.x * 0.999 ** time.clock("time_in_state"))
    monkeypatch.setattr(cohort, "MOST_SPELLS", 3)
    with pytest.raises(MirrorError, match="clock"):
        record_model(model, xr.Dataset({"x": 0.1}))


def test_discount_rates_in_three_steps_are_recorded():
    rates = hm.structures.Stepped({0: 0.035, 1: 0.02, 3: 0.01})
    discount = hm.Discount(cost=rates, qaly=rates, timing="count")
    model = replace(one_state(lambda p, time: p.x), discount=discount)
    record_model(model, xr.Dataset({"x": 0.2}))  # which holds it against the engine


def test_hazards_of_a_life_table_are_added_up_to_each_birthday():
    columns, _ = TABLES["of persons"]
    model = one_state(
        lambda p, time: hm.rate_to_probability(time.life_table() * p.ratio, time.cycle_years),
        start_age=61,
        life_table=life_table(**columns),
    )
    content = record_model(model, xr.Dataset({"ratio": 1.2})).content
    (hazard,) = [column for column in content.columns if column.block.startswith("Hazard")]
    wanted = [0, *np.cumsum(columns["mx"])[:-1]]
    assert [value_of(number) for number in hazard.numbers] == pytest.approx(wanted)
