"""A tree's plot says what its table says, and can be read."""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import heemodel as hm
from heemodel.report import plots
from heemodel.report.plots.labels import SMALL

NAMES = ["old", "new", "newest", "watchful waiting"]


@pytest.fixture(autouse=True)
def figure():
    with plt.rc_context(plots.THEME):
        yield plt.figure(figsize=(6.8, 4.6))
    plt.close("all")


def tree(strategies=2, depth=2, wide=2):
    """A tree whose every node has several branches, down to a depth."""
    rng = np.random.default_rng(1)
    names = NAMES[:strategies] if strategies <= 4 else [f"strategy {k}" for k in range(strategies)]

    def below(node, level):
        if level == depth:
            return {}
        children = [f"{node}, outcome {k} after a while" for k in range(wide)]
        chances = {
            child: hm.by_strategy(dict.fromkeys(names, 0.1) | {names[0]: rng.uniform(0, 0.3)}) for child in children[1:]
        }
        nodes = {node: {children[0]: hm.REST} | chances}
        for child in children:
            nodes |= below(child, level + 1)
        return nodes

    nodes = below("start", 0)
    ends = sorted({child for after in nodes.values() for child in after} - set(nodes))
    paid = hm.Payoffs(
        cost={"all": {"start": hm.by_strategy({name: 100.0 + 10.5 * k for k, name in enumerate(names)})}},
        qaly={end: -0.0123 if k % 3 == 0 else 0.8 for k, end in enumerate(ends)},
    )
    return hm.DecisionTree(strategies=names, root="start", branches=lambda p: nodes, payoffs=lambda p: paid).table({})


def texts(ax):
    return [text.get_text() for text in ax.texts]


def small():
    return hm.DecisionTree(
        strategies=["old", "new"],
        root="operation",
        branches=lambda p: {"operation": {"cured": hm.by_strategy({"old": 0.6, "new": 0.8}), "not cured": hm.REST}},
        payoffs=lambda p: hm.Payoffs(
            cost={"theatre": {"operation": hm.by_strategy({"old": 900.0, "new": 1_200.5})}}, qaly={"cured": 0.9}
        ),
    ).table({})


def test_names_chances_and_payoffs_stand_in_it():
    told = texts(hm.plot.tree(small()))
    for text in ("operation", "cured", "not cured", "0.6 / 0.8", "0.4 / 0.2", "old", "new", "£900", "0.90", "0.54"):
        assert any(text in one for one in told), text
    assert "Expected" in told


def test_one_strategy_may_be_chosen():
    told = texts(hm.plot.tree(small(), order=["new"], currency="$"))
    assert "0.8" in told
    assert not [text for text in told if "/" in text or "£" in text]
    assert told.count("$1,200") + told.count("$1,200.50") == 3  # two ends, and expected
    assert "old" not in told


def test_the_order_is_that_of_the_marks_and_numbers():
    assert "0.8 / 0.6" in texts(hm.plot.tree(small(), order=["new", "old"]))


def test_what_is_the_same_for_all_is_told_once():
    assert texts(hm.plot.tree(small())).count("0.90") == 1


@pytest.mark.parametrize(("strategies", "depth", "wide"), [(1, 1, 5), (2, 3, 2), (3, 2, 4), (4, 2, 3)])
def test_no_text_covers_another_or_leaves_the_figure(strategies, depth, wide):
    ax = hm.plot.tree(tree(strategies, depth, wide))
    ax.figure.draw_without_rendering()
    boxes = [(text.get_text(), text.get_window_extent()) for text in ax.texts if text.get_text()]
    for (one, a), (other, b) in combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        up = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(across, up) < 2.5, (one, other)
    whole = ax.figure.bbox
    assert all(
        whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0 and box.y1 <= whole.y1 for _, box in boxes
    )
    assert min(text.get_fontsize() for text in ax.texts) == SMALL


def test_axes_given_keep_their_figures_size():
    figure, ax = plt.subplots(figsize=(5, 3))
    assert hm.plot.tree(small(), ax=ax) is ax
    assert figure.get_size_inches().tolist() == [5, 3]


def test_without_money_or_qalys_their_columns_are_left_out():
    told = texts(hm.plot.tree(small().assign(cost=0.0)))
    assert "Cost" not in told
    assert "QALYs" in told


@pytest.mark.parametrize(
    ("table", "others", "names"),
    [
        (pd.DataFrame({"strategy": ["a"]}), {}, ["'node'"]),
        (None, {}, ["NoneType"]),
        (tree(5), {}, ["5 strategies"]),
        (small(), {"order": ["old", "newer"]}, ["'newer'", "'new'"]),
        (pd.concat([small().assign(group="a"), small().assign(group="b")]), {}, ["group", "twice"]),
    ],
)
def test_what_is_no_tree_is_refused(table, others, names):
    with pytest.raises(hm.decision.OutcomeError) as error:
        hm.plot.tree(table, **others)
    for name in names:
        assert name in str(error.value)
