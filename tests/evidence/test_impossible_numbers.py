"""What no model takes: numbers that cannot be, in every column of every table; empty tables; and names that clash."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm

ARMS = pd.DataFrame({"study": list("AABB"), "treatment": ["old", "new"] * 2})
BINARY = ARMS.assign(events=[3, 2, 4, 5], n=20, years=1.0)
RATES = ARMS.assign(events=[3, 2, 4, 5], exposure=20.0)
MEANS = ARMS.assign(mean=[1.0, 2, 3, 4], se=0.5)
SPREADS = ARMS.assign(mean=[1.0, 2, 3, 4], sd=2.0, n=16)
CONTRASTS = ARMS.assign(effect=[-0.5, np.nan, 0.5, np.nan], se=[0.3, np.nan, 0.3, np.nan])
COUNTS = pd.DataFrame([("A", t, c) for t in ("old", "new") for c in "wid"], columns=["trial", "treatment", "category"])
COUNTS = COUNTS.assign(count=[3, 4, 5, 5, 4, 3], n=12)
SHARES = pd.DataFrame({"group": ["a", "b"], "events": [3, 4], "n": 20, "weight": 0.5, "bias_sd": 0.1})
STAYS = pd.DataFrame({"group": ["a", "a", "b"], "time": [3.0, 8.0, 5.0], "event": [1, 0, 1]})
LEFT = pd.DataFrame({"group": ["a", "a", "a"], "time": [3.0, 8.0, 5.0], "exit": ["dead", "home", None]})
LEAVING = pd.DataFrame({"group": "a", "exit": ["dead", "home"], "count": [3, 17]})
MOMENTS = pd.DataFrame({"group": ["a", "b"], "n": 20, "mean": 9.0, "sd": 7.0})
QUARTILES = pd.DataFrame({"group": ["a", "b"], "n": 20, "q1": 4.0, "median": 7.0, "q3": 12.0})
COSTS = pd.DataFrame({"group": ["a", "b"], "mean": 900.0, "se": 80.0})
BILLS = pd.DataFrame({"group": "a", "cost": [0.0, 300.0, 700.0, 1_500.0]})
UTILITIES = pd.DataFrame({"group": ["a", "b"], "mean": [0.8, 0.6], "se": 0.05})
VALUES = pd.DataFrame({"group": "a", "utility": [0.5, 0.7, 0.8, 0.6]})
DEATHS = pd.DataFrame({"strategy": ["old", "new"], "events": [4, 3], "n": 20})
HOME = pd.DataFrame({"strategy": ["old", "new"], "events": [9, 11], "n": 16})
MEAN_STAYS = pd.DataFrame({"strategy": ["old", "new"], "mean": [9.0, 7.0], "n": 20})


def network(outcome, **more):
    return lambda table: hm.evidence.network_meta_analysis(
        table, outcome=outcome, effects="fixed", reference="old", **more
    )


def ordered(table):
    return hm.evidence.ordered_categories(table, categories=list("wid"), reference="old")


def risks(name, **others):
    return lambda table: hm.evidence.competing_risks(by="group", exits=["dead", "home"], **{name: table} | others)


def episode(name):
    others = {"deaths": DEATHS, "stays": MEAN_STAYS, "home": HOME}
    return lambda table: hm.evidence.inpatient_episode(**others | {name: table})


def of(model, name):
    return lambda table: model(**{"by": "group", name: table})


MODELS = {
    "binary": (BINARY, network("binary", link="cloglog")),
    "rates": (RATES, network("rate")),
    "means": (MEANS, network("continuous")),
    "spreads": (SPREADS, network("continuous")),
    "contrasts": (CONTRASTS, network("contrast")),
    "counts": (COUNTS, ordered),
    "shares": (SHARES, of(hm.evidence.proportions, "table")),
    "stays": (STAYS, of(hm.evidence.durations, "patients")),
    "moments": (MOMENTS, of(hm.evidence.durations, "summaries")),
    "quartiles": (QUARTILES, of(hm.evidence.durations, "summaries")),
    "left": (LEFT, risks("patients")),
    "leaving": (LEAVING, risks("counts", summaries=MOMENTS.assign(exit="home").iloc[:1])),
    "costs": (COSTS, of(hm.evidence.mean_costs, "table")),
    "bills": (BILLS, of(hm.evidence.mean_costs, "patients")),
    "utilities": (UTILITIES, of(hm.evidence.utilities, "table")),
    "values": (VALUES, of(hm.evidence.utilities, "patients")),
    "deaths": (DEATHS, episode("deaths")),
    "home": (HOME, episode("home")),
    "mean stays": (MEAN_STAYS, episode("stays")),
}

NO_NUMBERS = [(np.nan, "is missing"), (np.inf, "is inf"), (-np.inf, "is -inf"), ("some", "is 'some'")]
NEGATIVE = [(-1, "is -1; it must be")]
COUNTED = [*NEGATIVE, (-1.5, "is -1.5; it must be"), (1.5, "is 1.5; give a whole number"), (2e9, "at most 10⁹")]
PEOPLE = [*COUNTED, (0, "it must be 1 or more")]
ABOVE = [*NEGATIVE, (0, "must be above 0"), (1e31, "in another unit"), (1e-31, "in another unit")]
LONG = [(-1, "must be above 0"), (0, "must be above 0"), (1e31, "in another unit")]
FEW = [(-1, "it must be 2 or more"), (1, "it must be 2 or more"), (16.5, "give a whole number")]
EVENT = [*COUNTED, (2, "event is 2; give 1")]

COLUMNS = {
    "binary": {"events": [*COUNTED, (21, "21 events among 20")], "n": PEOPLE, "years": ABOVE},
    "rates": {"events": COUNTED, "exposure": ABOVE},
    "means": {"mean": [(1e31, "in another unit")], "se": ABOVE},
    "spreads": {"sd": ABOVE, "n": FEW},
    "contrasts": {"effect": [(1e31, "in another unit")], "se": ABOVE},
    "counts": {"count": COUNTED, "n": PEOPLE},
    "shares": {
        "events": [*COUNTED, (21, "21 events among 20")],
        "n": PEOPLE,
        "weight": [*NEGATIVE, (1.5, "must lie between 0 and 1")],
        "bias_sd": NEGATIVE,
    },
    "stays": {"time": LONG, "event": EVENT},
    "moments": {"n": PEOPLE, "mean": ABOVE, "sd": [*ABOVE, (1e-4, "next to nothing"), (100.0, "is at most")]},
    "quartiles": {"n": PEOPLE, "q1": ABOVE, "median": ABOVE, "q3": ABOVE},
    "left": {"time": LONG},
    "leaving": {"count": COUNTED},
    "costs": {"mean": ABOVE, "se": [*ABOVE, (1e-6, "next to nothing")]},
    "bills": {"cost": [*NEGATIVE, (1e31, "in another unit")]},
    "utilities": {"mean": [(-0.1, "outside the range"), (1.1, "outside")], "se": [*ABOVE, (1e-8, "next to nothing")]},
    "values": {"utility": [(-0.1, "outside the range"), (1.1, "outside")]},
    "deaths": {"events": [*COUNTED, (21, "21 events among 20")], "n": PEOPLE},
    "home": {"events": [*COUNTED, (17, "17 events among 16")], "n": PEOPLE},
    "mean stays": {"mean": ABOVE, "n": PEOPLE},
}
OPTIONAL = {
    ("spreads", "sd"),
    ("spreads", "n"),
    ("costs", "se"),
    ("utilities", "se"),
    ("means", "se"),
    ("contrasts", "effect"),
}
OPTIONAL |= {("moments", "mean"), ("moments", "sd"), ("counts", "count")}
OPTIONAL |= {("quartiles", name) for name in ("q1", "median", "q3")}
"""Where an empty cell means something of its own."""
CASES = [
    pytest.param(model, column, value, said, id=f"{model}-{column}-{value}")
    for model, columns in COLUMNS.items()
    for column, own in columns.items()
    for value, said in (*NO_NUMBERS, *own)
    if not (pd.isna(value) and (model, column) in OPTIONAL)
]


@pytest.mark.parametrize(("name", "column", "value", "said"), CASES)
def test_a_number_that_cannot_be_is_told_once_with_its_place(name, column, value, said):
    """And nothing is said of what follows from it, such as 4 events among the 1 put in for a missing n."""
    table, model = MODELS[name]
    changed = table.astype({column: object})
    changed.loc[0, column] = value
    with pytest.raises(hm.evidence.EvidenceError) as error:
        model(changed)
    (line,) = str(error.value).splitlines()
    assert line.startswith("table '")
    assert str(table.iloc[0, 0]) in line
    assert said in line
    assert column in line or column in {"n", "sd"}


@pytest.mark.parametrize("name", MODELS)
def test_tables_without_rows_or_columns_are_refused(name):
    table, model = MODELS[name]
    with pytest.raises(hm.evidence.EvidenceError, match="has no rows"):
        model(table.iloc[:0])
    with pytest.raises(hm.evidence.EvidenceError, match="it has none"):
        model(pd.DataFrame())
    with pytest.raises(hm.evidence.EvidenceError, match=r"row 1: \w+ is missing; give a name"):
        model(table.assign(**{table.columns[0]: [None, *table.iloc[1:, 0]]}))


@pytest.mark.parametrize("name", MODELS)
def test_numbers_as_text_and_of_pandas_own_types_are_read(name):
    table, model = MODELS[name]
    numbers = [column for column in COLUMNS[name] if table[column].notna().all()]
    assert model(table.astype(dict.fromkeys(numbers, str))).identity() == model(table).identity()
    assert model(table.convert_dtypes()).identity() == model(table).identity()


@pytest.mark.parametrize("name", ["binary", "rates", "means", "contrasts"])
def test_networks_that_compare_nothing_are_refused(name):
    table, model = MODELS[name]
    with pytest.raises(hm.evidence.EvidenceError, match=r"study 'B', treatment '\w+'.*(the study's only arm)"):
        model(table.iloc[:3])
    with pytest.raises(
        hm.evidence.EvidenceError, match="is there twice; add the arms up, or give the second study another name"
    ):
        model(table.assign(study="A"))
    with pytest.raises(hm.evidence.EvidenceError, match="no study connects x, y with old"):
        model(table.assign(treatment=["new", "old", "x", "y"]))


def test_standard_errors_of_contrasts_are_read_in_the_arm_that_they_count_against_too():
    for value, said in (("wide", "se is 'wide'"), (-0.3, "se is -0.3; it must be above 0"), (np.inf, "se is inf")):
        with pytest.raises(hm.evidence.EvidenceError, match=said):
            MODELS["contrasts"][1](CONTRASTS.assign(se=[0.3, value, 0.3, np.nan]))
    with pytest.raises(hm.evidence.EvidenceError, match="leave the effect of exactly one arm of a study empty"):
        MODELS["contrasts"][1](CONTRASTS.assign(effect=np.nan))


def test_a_covariate_that_cannot_be_is_told_once():
    for value, said in ((np.nan, "age is missing"), ("old", "age is 'old'"), (np.inf, "age is inf")):
        with pytest.raises(hm.evidence.EvidenceError, match=said) as error:
            network("binary", covariate="age")(BINARY.assign(age=[value, value, 60, 60]))
        assert "another arm" not in str(error.value)


def test_fractions_are_shown_as_they_are():
    with pytest.raises(hm.evidence.EvidenceError, match=r"events is 28999\.999999999996; give a whole number"):
        network("binary")(BINARY.assign(events=[0.29 * 1e5, 2, 4, 5], n=100_000))


def test_totals_that_are_too_large_are_refused():
    with pytest.raises(
        hm.evidence.EvidenceError, match="treatment 'old': counts add up to 3,000,000,000; give at most 10⁹"
    ):
        ordered(COUNTS.assign(count=1_000_000_000).drop(columns="n"))
    with pytest.raises(
        hm.evidence.EvidenceError, match="2,000,000,000 left in 'a' by patients and counts; give at most 10⁹"
    ):
        MODELS["leaving"][1](LEAVING.assign(count=1_000_000_000))


def test_of_a_count_that_cannot_be_read_no_empty_arm_follows():
    with pytest.raises(hm.evidence.EvidenceError) as error:
        ordered(COUNTS.assign(count=["some", 0, 0, 5, 4, 3]).drop(columns="n"))
    assert (
        str(error.value) == "table 'counts', trial 'A', treatment 'old', category 'w': count is 'some'; give a number"
    )
    with pytest.raises(
        hm.evidence.EvidenceError, match="treatment 'old': nobody is in any category; leave the arm out"
    ):
        ordered(COUNTS.assign(count=[0, 0, 0, 5, 4, 3]).drop(columns="n"))


COMPARING = {"binary", "rates", "means", "spreads", "contrasts", "counts"}
ROWS = [name for name in MODELS if name not in {"deaths", "home", "mean stays", "bills", "values", "leaving"}]


@pytest.mark.parametrize("name", ROWS)
def test_one_row_has_a_finite_density_unless_it_compares_nothing(name):
    table, model = MODELS[name]
    if name in COMPARING:
        with pytest.raises(hm.evidence.EvidenceError, match="only arm"):
            model(table.iloc[:1])
    else:
        pymc = model(table.iloc[:1]).pymc()
        assert np.isfinite(pymc.compile_logp(mode="FAST_COMPILE")(pymc.initial_point()))


def test_one_patient_says_nothing_of_spread_and_one_exit_not_of_all():
    for name, said in (
        ("bills", "no two that differ"),
        ("values", "do not say how sure"),
        ("leaving", "nothing is said"),
    ):
        table, model = MODELS[name]
        with pytest.raises(hm.evidence.EvidenceError, match=said):
            model(table.iloc[:1])


def test_an_episode_of_one_strategy_is_one():
    one = (DEATHS.iloc[:1], MEAN_STAYS.iloc[:1], HOME.iloc[:1])
    pymc = hm.evidence.inpatient_episode(deaths=one[0], stays=one[1], home=one[2]).pymc()
    assert np.isfinite(pymc.compile_logp(mode="FAST_COMPILE")(pymc.initial_point()))


def test_exits_without_a_name_are_refused():
    with pytest.raises(hm.evidence.EvidenceError, match="give two different names or more"):
        hm.evidence.competing_risks(by="group", exits=["dead", " "], patients=LEFT)


SAME = pd.DataFrame({"group": "a", "time": [3.0] * 10})


def test_many_patients_who_left_at_the_same_time_are_refused_and_few_pointed_out():
    """They would make the variation 0, and the mean certain."""
    with pytest.raises(
        hm.evidence.EvidenceError, match="group 'a': all 10 durations are 3, which leaves no doubt of it"
    ):
        hm.evidence.durations(by="group", patients=SAME)
    (caution,) = hm.evidence.durations(by="group", patients=SAME.iloc[:9]).cautions
    assert caution.startswith("a: all 9 durations are 3; if they are rounded, they make their variation look smaller")
    assert not hm.evidence.durations(by="group", patients=SAME.assign(time=[3.01, *[3.0] * 9])).cautions
    longer = pd.DataFrame({"group": "a", "time": [3.0] * 10 + [5.0], "event": [1] * 10 + [0]})
    assert not hm.evidence.durations(by="group", patients=longer).cautions
    with pytest.raises(hm.evidence.EvidenceError, match="group 'a', exit 'dead': all 10 durations are 3"):
        risks("patients")(pd.concat([SAME.assign(exit="dead"), LEFT.iloc[1:]]))


def test_quartiles_that_say_nothing_are_refused():
    one = QUARTILES.iloc[:1]
    with pytest.raises(hm.evidence.EvidenceError, match="no quartiles of one patient"):
        hm.evidence.durations(by="group", summaries=one.assign(n=1))
    assert hm.evidence.durations(by="group", summaries=one[["group", "n", "median"]].assign(n=1)).cautions
    with pytest.raises(hm.evidence.EvidenceError, match="q1, median, q3 are all but equal"):
        hm.evidence.durations(by="group", summaries=one.assign(q1=7 - 1e-9, q3=7 + 1e-9))


@pytest.mark.parametrize("family", ["beta", "normal"])
def test_utilities_all_but_equal_say_nothing_of_their_spread(family):
    with pytest.raises(hm.evidence.EvidenceError, match=r"2 values, all of them 0\.2, do not say how sure"):
        hm.evidence.utilities(
            patients=VALUES.assign(utility=[0.2, 0.2 + 1e-15, np.nan, np.nan]).dropna(), by="group", family=family
        )


def test_costs_all_but_equal_say_nothing_of_their_spread():
    with pytest.raises(hm.evidence.EvidenceError, match="4 of 4 costs above 0, and no two that differ"):
        hm.evidence.mean_costs(patients=BILLS.assign(cost=[1.0, 1.0 + 1e-15, 1.0, 1.0]), by="group")


def leaving(**changes):
    given = {"exit_share": [0.3, 0.7], "mean_stay_by_exit": [5.0, 9.0], "stay_variation_by_exit": [1.0, 0.5]} | changes
    draws = xr.Dataset({name: ("exit", values) for name, values in given.items()}, coords={"exit": ["dead", "home"]})
    return hm.evidence.exit_probabilities(draws, family="gamma", cycle=1.0, cycles=3)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exit_share": [np.nan, 0.7]}, "exit_share is nan in some draw; it must be finite, and 0 or more"),
        ({"exit_share": [np.inf, 0.7]}, "exit_share is inf"),
        ({"exit_share": [-0.3, 1.3]}, "exit_share is -0.3"),
        ({"exit_share": [0.7, 0.7]}, "exit_share adds up to 1.4 over exits in some draw; give all exits"),
        ({"exit_share": ["few", "many"]}, "exit_share holds <U4; give numbers"),
        ({"mean_stay_by_exit": [0.0, 9.0]}, "mean_stay_by_exit is 0 in some draw; it must be finite and above 0"),
        ({"mean_stay_by_exit": [-5.0, 9.0]}, "mean_stay_by_exit is -5"),
        ({"mean_stay_by_exit": [np.inf, 9.0]}, "mean_stay_by_exit is inf"),
        ({"mean_stay_by_exit": [np.nan, 9.0]}, "mean_stay_by_exit is nan"),
        ({"stay_variation_by_exit": [0.0, 0.5]}, "stay_variation_by_exit is 0"),
        ({"stay_variation_by_exit": [-1.0, 0.5]}, "stay_variation_by_exit is -1"),
        ({"stay_variation_by_exit": [np.nan, 0.5]}, "stay_variation_by_exit is nan"),
    ],
)
def test_draws_of_no_durations_have_no_probabilities_of_leaving(changes, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        leaving(**changes)


def test_draws_with_one_exit_that_all_or_nobody_take_have_probabilities_of_leaving():
    found = leaving(exit_share=[0.0, 1.0], stay_variation_by_exit=[1.0, 1.0])
    np.testing.assert_allclose(found.sel(exit="dead"), 0.0)
    np.testing.assert_allclose(found.sel(exit="home"), 1 - np.exp(-1 / 9))  # exponential stays have no memory
    one = xr.DataArray([0.5, 0.5], dims="sample")
    draws = xr.Dataset({"exit_share": one, "mean_stay_by_exit": one, "stay_variation_by_exit": one})
    with pytest.raises(hm.evidence.EvidenceError, match="the draws have dimensions sample; one must be exit"):
        hm.evidence.exit_probabilities(draws, family="gamma", cycle=np.float32(1.0), cycles=3)
