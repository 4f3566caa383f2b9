"""Whose costs and QALYs columns hold: by their names, by their order, or as is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import heemodel as hm
from heemodel.psa_files.conventions import pairs
from tests.psa_files.test_files import COSTS, EFFECTS, here, save, told  # noqa: F401

ONE = (
    "sample,cost_old,cost_new,qaly_old,qaly_new,p,where\n"
    "1,1,2,.1,.2,7,home\n2,3,4.5,.3,.4,8,ward\n3,5,6,.5,.6,7,home\n4,5,6,.5,.6,8,ward\n"
)


def one(content, **options):
    return hm.read_psa(samples=save("psa.csv", content), **options)


def costs_of(psa):
    return {
        str(name): psa.outcomes["cost"].sel(strategy=name).to_numpy().tolist()
        for name in psa.outcomes["strategy"].to_numpy()
    }


# one table with a row for each sample


def test_one_wide_table_becomes_outcomes_and_parameters(here):  # noqa: F811
    psa = one(ONE)
    assert costs_of(psa) == {"old": [1, 3, 5, 5], "new": [2, 4.5, 6, 6]}
    assert psa.outcomes["qaly"].sel(strategy="new").to_numpy().tolist() == [0.2, 0.4, 0.6, 0.6]
    assert psa.parameters.to_dict("list") == {"p": [7, 8, 7, 8], "where": ["home", "ward", "home", "ward"]}
    assert "'old' from 'cost_old' and 'qaly_old'" in psa.read_as[0]
    assert "parameters: 'p', 'where'" in psa.read_as[0]


NAMED = {
    "Chemo_Cost and Chemo_QALY": ("{}_Cost", "{}_QALY"),
    "Cost_Chemo": ("Cost_{}", "QALY_{}"),
    "cost[Chemo]": ("cost[{}]", "effect[{}]"),
    "Costs (Chemo)": ("Costs ({})", "Effects ({})"),
    "Chemo (cost)": ("{} (cost)", "{} (qaly)"),
    "Chemo cost": ("{} cost", "{} qalys"),
    "cost.Chemo": ("cost.{}", "qaly.{}"),
    "cost: Chemo": ("cost: {}", "qaly: {}"),
    "mixed": ("cost_{}", "{}_qaly"),
}


@pytest.mark.parametrize(("cost", "qaly"), NAMED.values(), ids=NAMED)
def test_columns_say_whose_they_are_in_many_ways(here, cost, qaly):  # noqa: F811
    names = [form.format(strategy) for form in (cost, qaly) for strategy in ("Chemo", "new care")]
    psa = one(",".join([*names, "p"]) + "\n1,2,.1,.2,7\n3,4.5,.3,.4,8\n")
    assert costs_of(psa) == {"Chemo": [1, 3], "new care": [2, 4.5]}
    assert list(psa.parameters) == ["p"]


STRATEGIES = st.lists(
    st.text("abcXYZ0123 -_", min_size=1, max_size=8).filter(
        lambda name: name == name.strip(" _-") and "__" not in name
    ),
    min_size=2,
    max_size=4,
    unique_by=str.casefold,
)


@given(STRATEGIES, st.sampled_from(["cost_{}", "{}_cost"]), st.randoms())
def test_strategies_of_any_name_are_found_in_any_order(strategies, form, random):
    names = [one.format(name) for one in (form, form.replace("cost", "qaly")) for name in strategies] + [
        "p",
        "drug price",
    ]
    random.shuffle(names)
    (found,) = pairs(names)
    assert found.complete
    assert set(found.cost) == set(strategies)
    assert all(found.qaly[name] == form.replace("cost", "qaly").format(name) for name in strategies)


def test_beside_qalys_effects_are_parameters_and_so_are_costs_named_otherwise(here):  # noqa: F811
    psa = one(
        "Chemo_Cost,Surg_Cost,Chemo_QALY,Surg_QALY,effect_a,effect_b,cost_drug\n1,2,.1,.2,7,8,9\n3,4,.3,.4,8,8,9\n"
    )
    assert list(psa.parameters) == ["effect_a", "effect_b", "cost_drug"]


@pytest.mark.parametrize(
    ("names", "what"),
    [
        ("cost_a,cost_b,cost_c,qaly_a,qaly_b,p", "there are costs of 'c' and no QALYs"),
        ("cost_a,cost_b,qaly_a,qaly_c,qaly_B,p", "QALYs of 'c' and no costs"),
        ("cost_a,qaly_a,p,q,r,s", "there are only the strategy 'a'"),
        ("cost_a,cost_b,a_cost,b_cost,qaly_a,qaly_b", "in several ways"),
    ],
)
def test_columns_that_do_not_go_together_are_told_with_what_would_do(here, names, what):  # noqa: F811
    (line, *_) = told(one, f"{names}\n1,2,3,4,5,6\n2,3,4,5,6,7\n")
    assert what in line
    assert "say with columns= which are meant" in line


def test_a_table_that_is_neither_wide_nor_long_is_told_how_both_look(here):  # noqa: F811
    (line,) = told(one, "TC0,TC1,Q0,Q1\n1,2,.1,.2\n3,4,.3,.4\n")
    assert "no columns sample, strategy, cost and qaly" in line
    assert "such as cost_old and qaly_old" in line
    assert "columns=" in line


ASKED = {"usual care": ("TC0", "Q0"), "new care": ("TC1", "Q1")}


def test_columns_are_whose_it_is_said_they_are(here):  # noqa: F811
    psa = one("TC0,TC1,Q0,Q1,cost_x\n1,2,.1,.2,7\n3,4.5,.3,.4,8\n", columns=ASKED)
    assert costs_of(psa) == {"usual care": [1, 3], "new care": [2, 4.5]}
    assert list(psa.parameters) == ["cost_x"]


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"a": ("TC0", "Q0"), "b": ("TC2", "Q1")}, "columns= has no column 'TC2' here; did you mean 'TC"),
        ({"a": ("TC0", "Q0"), "b": ("TC1", "Q0")}, "columns= has column 'Q0' twice"),
        ({"a": ("TC0", "Q0")}, "fewer than two strategies"),
        ({"a": ("TC0",), "b": ("TC1", "Q1")}, "columns= has ('TC0',) for 'a'; give its column of costs and its column"),
        ({"a": "TC", "b": ("TC1", "Q1")}, "columns= has 'TC' for 'a'"),
        ({"a": ("TC0", "Q0"), "A": ("TC1", "Q1")}, "differ only in capitals"),
    ],
)
def test_columns_that_cannot_be_are_refused(here, columns, what):  # noqa: F811
    assert any(what in line for line in told(one, "TC0,TC1,Q0,Q1\n1,2,.1,.2\n3,4.5,.3,.4\n", columns=columns))


def test_outcomes_that_are_names_numbers_of_rows_or_the_same_twice_are_refused(here):  # noqa: F811
    words = "cost_a,cost_b,qaly_a,qaly_b\n" + "home,2,.1,.2\nward,4,.3,.4\n" * 2
    assert "column 'cost_a' holds no numbers: row 2 is 'home'" in told(one, words)[0]
    rows = "".join(f"{at},{at * 2.5},{at / 9},{at / 8}\n" for at in range(12))
    assert "column 'cost_a' numbers the rows" in told(one, "cost_a,cost_b,qaly_a,qaly_b\n" + rows)[0]
    assert "the QALYs are the costs" in told(one, "cost_a,cost_b,qaly_a,qaly_b\n1,2,1,2\n3,4,3,4\n")[0]
    assert "one sample" in told(one, "cost_a,cost_b,qaly_a,qaly_b\n1,2,.1,.2\n")[0]


def test_options_that_do_not_fit_the_files_are_refused(here):  # noqa: F811
    long = "sample,strategy,cost,qaly\n1,old,1,.1\n1,new,2,.2\n2,old,3,.3\n2,new,4,.4\n"
    assert "columns= is for a table with a row for each sample" in told(one, long, columns=ASKED)[0]
    assert "leave it out" in told(one, ONE, match="order")[0]
    assert 'match is \'place\'; give "name" or "order"' in told(wide2, COSTS, EFFECTS, match="place")[0]
    assert "columns= says already" in told(wide2, COSTS, EFFECTS, match="order", columns=ASKED)[0]


# two files whose strategies are called otherwise

COSTS12, EFFECTS12 = COSTS.replace("old,new", "costs1,costs2"), EFFECTS.replace("old,new", "effects1,effects2")


def wide2(costs, effects, **options):
    return hm.read_psa(costs=save("c.csv", costs), effects=save("e.csv", effects), **options)


def test_strategies_that_differ_are_told_as_such_and_both_cures_work(here):  # noqa: F811
    (line,) = told(wide2, COSTS12, EFFECTS12)
    assert "the strategies differ: effects1, effects2 here, and costs1, costs2 in c.csv" in line
    assert "Rename" in line
    assert 'match="order"' in line
    psa = wide2(COSTS12, EFFECTS12, match="order")
    assert costs_of(psa) == {"costs1": [1, 3, 5], "costs2": [2, 4.5, 6]}
    assert "'effects1' as that of 'costs1'" in psa.read_as[0]
    assert wide2(COSTS, EFFECTS).outcomes["qaly"].to_numpy().tolist() == psa.outcomes["qaly"].to_numpy().tolist()


def test_strategies_may_be_named_with_their_columns_in_both_files(here):  # noqa: F811
    columns = {"usual": ("costs1", "effects1"), "new": ("costs2", "effects2")}
    psa = wide2(COSTS12, EFFECTS12, columns=columns)
    assert costs_of(psa) == {"usual": [1, 3, 5], "new": [2, 4.5, 6]}
    lines = told(wide2, COSTS12, EFFECTS12, columns={**columns, "new": ("costs3", "effects2")})
    assert "c.csv: row 1: columns= has no column 'costs3' here" in lines[0]
    three = (
        COSTS12.replace("costs2", "costs2,costs3")
        .replace("\n1,2", "\n1,2,2")
        .replace("4.5", "4.5,4")
        .replace("5,6", "5,6,6")
    )
    assert "column 'costs3' is that of no strategy in columns=" in told(wide2, three, EFFECTS12, columns=columns)[0]


def test_strategies_that_differ_in_number_too_are_told_without_an_order(here):  # noqa: F811
    (line,) = told(wide2, COSTS12, "a,b,c\n.1,.2,.3\n.3,.4,.5\n.5,.6,.7\n")
    assert "the strategies differ: a, b, c here, and costs1, costs2 in c.csv" in line
    assert "order" not in line


@pytest.mark.parametrize(
    ("effects", "what"), [("new,old", "'new' is the name of a strategy"), ("x,old", "'old' is the name")]
)
def test_order_never_gives_a_strategy_the_name_of_another(here, effects, what):  # noqa: F811
    (line, *_) = told(wide2, COSTS, EFFECTS.replace("old,new", effects), match="order")
    assert what in line


def test_order_needs_as_many_columns(here):  # noqa: F811
    three = "a,b,c\n.1,.2,.3\n.3,.4,.5\n.5,.6,.7\n"
    assert "there are 3 columns, and in c.csv 2 columns" in told(wide2, COSTS, three, match="order")[0]


@pytest.mark.parametrize(
    ("costs", "effects"),
    [
        ("Chemo_Cost,Surg_Cost", "Chemo_QALY,Surg_QALY"),
        ("Chemo_Cost,Surg_Cost", "Chemo,Surg"),
        ("Surg,Chemo", "effect.Surg,effect.Chemo"),
    ],
)
def test_words_for_outcomes_are_left_out_of_names_where_only_then_they_are_the_same(here, costs, effects):  # noqa: F811
    psa = wide2(COSTS.replace("old,new", costs), EFFECTS.replace("old,new", effects))
    assert set(psa.outcomes["strategy"].to_numpy()) == {"Chemo", "Surg"}
    assert "as that of 'Chemo'" in " ".join(psa.read_as)


def test_names_that_are_the_same_in_both_files_stay_as_they_are(here):  # noqa: F811
    names = "cost_low,cost_high"
    psa = wide2(COSTS.replace("old,new", names), EFFECTS.replace("old,new", names))
    assert costs_of(psa) == {"cost_low": [1, 3, 5], "cost_high": [2, 4.5, 6]}
    assert psa.read_as == ()
