"""Who starts, who enters, who is dead: functions of the parameters, in shares or people."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm

PLAIN = hm.Discount(cost=0.0, qaly=0.0, timing="count")


def model(**given):
    """A, B and dead; ten yearly cycles counted at their start."""
    structure = {
        "states": ["A", "B", "dead"],
        "strategies": ["only"],
        "start": {"A": 1.0},
        "cycle_length": "1 year",
        "horizon": "10 years",
        "correction": "start",
        "discount": PLAIN,
        "transitions": lambda p, time: {("A", "B"): 0.1, ("A", "dead"): 0.02, ("B", "dead"): 0.1},
        "payoffs": lambda p, time: hm.Payoffs(cost={}, qaly={"A": 0.8, "B": 0.6}),
    }
    return hm.CohortModel(**structure | given)


def drawn(**values):
    return xr.Dataset({name: ("sample", np.asarray(value)) for name, value in values.items()})


def test_the_start_is_a_function_of_the_parameters():
    uncertain = model(start=lambda p: {"A": p.s, "B": 1 - p.s})
    found = uncertain.run(drawn(s=[0.1, 0.3]))["qaly"].sel(strategy="only")
    np.testing.assert_allclose(found, [4.1484, 4.6292], atol=5e-5)
    assert float(uncertain.run(xr.Dataset({"s": 0.1}))["qaly"].item()) == float(found[0])
    assert uncertain.check_parameters(drawn(s=[0.1]), must_be_read=["s"]) == {"s"}


@pytest.mark.parametrize("where", ["start", "intake"])
def test_draws_that_are_fixed_before_the_run_are_refused(where):
    share = drawn(s=[0.6, 0.9]).s
    given = {"start": {"A": share, "B": 1 - share}, "intake": {"A": share}}[where]
    with pytest.raises(hm.ModelError, match=rf"{where}=lambda p: {{'A': p.share}}"):
        model(**{where: given})


@pytest.mark.parametrize("dim", ["state", "leaf"])
def test_the_start_may_be_an_array_by_state(dim):
    shares = xr.DataArray([0.3, 0.7], coords={dim: ["B", "A"]})
    one = model(start=shares).run(xr.Dataset())["qaly"]
    two = model(start=lambda p: shares).run(xr.Dataset())["qaly"]
    wanted = model(start={"A": 0.7, "B": 0.3}).run(xr.Dataset())["qaly"]
    assert one.item() == two.item() == wanted.item()
    with pytest.raises(hm.ModelError, match="needs one called state, with names"):
        model(start=lambda p: xr.DataArray([0.3, 0.7], dims="part")).run(xr.Dataset())


def test_prevalent_and_incident_people_are_counted_in_people():
    """1,000 at the start, 200 at the start of every year but none leaves."""
    people = model(
        start={"A": 1000}, intake={"A": 200.0}, start_in="people", transitions=lambda p, time: {}, horizon="3 years"
    ).run(xr.Dataset())
    assert people["life_years"].item() == 1200 + 1400 + 1600
    assert people.attrs["per"] == "everyone in the model"
    assert model().run(xr.Dataset()).attrs["per"] == "person"
    with pytest.raises(hm.ModelError, match='start_in="people"'):
        model(start={"A": 1000}).run(xr.Dataset())


def test_several_dead_states():
    moves = {("A", "dead"): 0.05, ("A", "dead_other"): 0.02}
    given = {"states": ["A", "dead", "dead_other"], "transitions": lambda p, time: moves}
    paid = {"payoffs": lambda p, time: hm.Payoffs(cost={}, qaly={"A": 1.0})}
    lived = model(**given, **paid, dead=["dead", "dead_other"]).run(xr.Dataset())["life_years"].item()
    assert lived == pytest.approx(sum(0.93**k for k in range(10)), rel=1e-12)
    assert lived == pytest.approx(7.3717, abs=5e-5)
    with pytest.raises(hm.ModelError, match=r"'dead'.*would count as alive.*dead=\['dead_other', 'dead'\]"):
        model(**given, **paid, dead="dead_other").run(xr.Dataset())


def test_a_model_in_which_nobody_dies():
    given = {"states": ["H", "S1", "D"], "start": {"H": 1.0}, "transitions": lambda p, time: {("H", "S1"): 0.1}}
    given["payoffs"] = lambda p, time: hm.Payoffs(cost={}, qaly={"H": 1.0})
    assert model(**given, dead=None).run(xr.Dataset())["life_years"].item() == pytest.approx(10.0)
    assert model(**given, dead=[]).run(xr.Dataset())["life_years"].item() == pytest.approx(10.0)
    with pytest.raises(hm.ModelError, match=r"no state is called 'dead' among 'H', 'S1', 'D'.*dead=None"):
        model(**given)
    with pytest.raises(hm.ModelError, match="names state ''"):
        model(**given, dead="")


def test_nobody_leaves_a_dead_state():
    with pytest.raises(hm.ModelError, match=r"\('dead', 'A'\) leads out of a dead state"):
        model(transitions=lambda p, time: {("dead", "A"): 0.1}).run(xr.Dataset())


def test_draws_come_as_a_table_or_with_their_dimension_named():
    uncertain = model(start=lambda p: {"A": p.s, "B": 1 - p.s})
    table = pd.DataFrame({"s": [0.1, 0.3]})
    np.testing.assert_allclose(uncertain.run(table)["qaly"].sel(strategy="only"), [4.1484, 4.6292], atol=5e-5)
    for dim in ("index", "iteration", "draw", "dim_0", "simulation"):
        for method in ("run", "trace", "occupancy", "final_shares", "check_parameters"):
            with pytest.raises(hm.ModelError, match=f'draws.rename\\({dim}="sample"\\)'):
                getattr(uncertain, method)(table.to_xarray().rename(index=dim))


def test_one_strategy_alone_goes_through_every_method():
    alone = model()
    assert alone.run(xr.Dataset())["qaly"].dims == ("strategy",)
    assert alone.trace(xr.Dataset())["mean"].sel(cycle=1, state="A").item() == pytest.approx(0.88)


def test_occupancy_by_draw_and_at_the_end():
    uncertain = model(start=lambda p: {"A": p.s, "B": 1 - p.s})
    draws = drawn(s=[0.1, 0.3]).assign_coords(sample=[7, 9])
    everywhere, end = uncertain.occupancy(draws), uncertain.final_shares(draws)
    assert everywhere.dims == ("cycle", "state", "strategy", "sample")
    assert end.dims == ("sample", "strategy", "state")
    assert end["sample"].to_numpy().tolist() == [7, 9]
    np.testing.assert_allclose(everywhere.sel(state="A", strategy="only", cycle=10), np.array([0.1, 0.3]) * 0.88**10)
    xr.testing.assert_allclose(
        everywhere.isel(cycle=10, drop=True).drop_vars("years", errors="ignore").transpose(*end.dims), end
    )
    np.testing.assert_allclose(everywhere.mean("sample"), uncertain.trace(draws)["mean"], rtol=1e-12)
    assert uncertain.final_shares(xr.Dataset({"s": 0.1})).dims == ("strategy", "state")


def young_and_old():
    """Two groups that die at different rates, and pay for staying, moving and starting."""
    dies = {"young": 0.02, "old": 0.2}
    rates = xr.DataArray(list(dies.values()), coords={"group": list(dies)})
    return model(
        groups=list(dies),
        transitions=lambda p, time: {("A", "B"): p.s, ("A", "dead"): rates, ("B", "dead"): rates},
        payoffs=lambda p, time: hm.Payoffs(
            cost={
                "care": {"A": 10.0, "B": 20.0 + time.cycle},
                "move": {("A", "B"): 5.0, ("A", "dead"): 7.0, ("start", "A"): 3.0},
            },
            qaly={"A": 0.8, "B": 0.6},
            effects={"moved": {("A", "B"): 1.0}},
        ),
    )


def test_costs_by_state_are_those_that_are_paid_there():
    two, draws = young_and_old(), drawn(s=[0.1, 0.3])
    whole, apart = two.run(draws), two.run(draws, by="state")
    xr.testing.assert_identical(whole.drop_dims("component"), apart.drop_dims("component"))
    assert set(apart["cost"].dims) == {*whole["cost"].dims, "state"}
    assert apart["cost"]["component"].to_numpy().tolist() == ["care", "move"]
    np.testing.assert_allclose(apart["cost"].sum("state").transpose(*whole["cost"].dims), whole["cost"], rtol=1e-13)
    move = apart["cost"].sel(component="move")
    np.testing.assert_allclose(move.sel(state="B"), 5 * whole["moved"].transpose(*move.sel(state="B").dims), rtol=1e-13)
    np.testing.assert_allclose(move.sel(state="A"), 3.0)
    assert (apart["cost"].sel(component="care", state="dead") == 0).all()
    with pytest.raises(hm.ModelError, match="by='component'"):
        two.run(draws, by="component")


def test_the_trace_of_all_groups_together_is_that_of_their_weighted_mean():
    two, draws = young_and_old(), drawn(s=np.linspace(0.05, 0.4, 9))
    together = two.trace(draws, weights={"old": 0.25, "young": 0.75})
    mean = 0.75 * two.occupancy(draws).sel(group="young") + 0.25 * two.occupancy(draws).sel(group="old")
    assert together["mean"].dims == ("cycle", "state", "strategy")
    np.testing.assert_allclose(together["mean"], mean.mean("sample"), rtol=1e-12)
    np.testing.assert_allclose(together["lower"], mean.quantile(0.025, "sample"), rtol=1e-12)
    np.testing.assert_allclose(together["upper"], mean.quantile(0.975, "sample"), rtol=1e-12)


@pytest.mark.parametrize(
    ("weights", "reason"),
    [({"old": 1.0}, "give a share of young, old"), ({"old": 0.5, "young": 0.6}, r"\[0.6, 0.5\].*add up to 1")],
)
def test_weights_are_a_share_of_each_group(weights, reason):
    with pytest.raises(hm.ModelError, match=reason):
        young_and_old().trace(drawn(s=[0.1]), weights=weights)
