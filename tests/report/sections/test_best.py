"""Strategies that are the best on average and not most often, and strategies that are equally good, are said to be."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import results_of_psa
from heemodel.report.document import Words
from heemodel.report.sections.certainty import certainty
from heemodel.report.sections.summary import summary
from tests.report.sections.looking import words_of


def results_of(*benefits):
    """Of strategies old, new and so on, that have these net benefits, all of them money."""
    cost = -np.stack([np.asarray(benefit, float) for benefit in benefits], 1)
    names = ["old", "new", "third"][: len(benefits)]
    outcomes = xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": (("sample", "strategy"), 0 * cost)},
        coords={"strategy": names},
    )
    return results_of_psa(hm.appraise(outcomes, comparator="old", thresholds=[20_000]))


def first_words(results):
    """The first screen before its cards."""
    return " ".join(block.text for block in summary(results).blocks if isinstance(block, Words))


SELDOM = np.tile([-1.0, -1.0, 100.0], 500)
"""Loses a little in two of three samples and gains much in the third."""
EVEN = np.tile([300.0, -100.0], 500)
NOTHING = np.zeros(1_500)
WORSE = NOTHING - 1_000


@pytest.mark.parametrize("benefits", [(NOTHING, SELDOM), (NOTHING, SELDOM, WORSE)])
def test_what_is_best_on_average_is_named_though_another_is_best_more_often(benefits):
    results = results_of(*benefits)
    for text in (first_words(results), words_of(certainty(results))):
        assert "ld is the most cost-effective more often (67% of draws) than new (33%), but by less" in text
        assert "new has the highest expected net benefit" in text


def test_the_answer_and_its_exception_stand_together():
    first, second, *_ = (block for block in summary(results_of(NOTHING, SELDOM)).blocks if isinstance(block, Words))
    assert first.role == "answer"
    assert "Is new worth the money" in first.text
    assert "new has the highest expected net benefit" in second.text


@pytest.mark.parametrize(
    ("benefits", "names"),
    [
        ((NOTHING, NOTHING), "old and new"),
        ((NOTHING, NOTHING, WORSE), "old and new"),
        ((WORSE, NOTHING, NOTHING), "new and third"),
        ((NOTHING, NOTHING, NOTHING), "old, new and third"),
    ],
)
def test_equal_strategies_are_said_to_be_equal(benefits, names):
    results = results_of(*benefits)
    for text in (first_words(results), words_of(certainty(results))):
        assert f"{names} have the same, highest expected net benefit." in text.replace("Old", "old").replace(
            "New", "new"
        )
        assert "more often" not in text


@pytest.mark.parametrize("benefits", [(0 * EVEN, EVEN), (0 * EVEN, EVEN, 0 * EVEN - 1e4)])
def test_strategies_that_are_best_equally_often_are_not_set_against_each_other(benefits):
    results = results_of(*benefits)
    assert "more often" not in first_words(results) + words_of(certainty(results))


def test_probabilities_that_are_printed_alike_are_not_set_against_each_other():
    """New is best in 499 of 1,000 samples, which is printed as 50%, as that of old is."""
    benefit = np.repeat([100.0, -1.0], [499, 501])
    assert "more often" not in first_words(results_of(0 * benefit, benefit))
