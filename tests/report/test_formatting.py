"""Numbers are printed with no more digits than their error supports."""

import pytest

from heemodel.currency import POUNDS, currency_of
from heemodel.parameters.stated import with_unit
from heemodel.report.formatting import interval, likelihood, money, number, percent, probability


@pytest.mark.parametrize(
    ("value", "mcse", "text"),
    [
        (26_177.78, None, "£26,178"),
        (-147.4, 0.9, "−£147"),
        (25_746.8, 79.5, "£25,700"),
        (10_884.2, 101.0, "£10,900"),
        (25_746.8, 320.0, "£26,000"),
        (1_398_053.9, 4_318.9, "£1,400,000"),
        (1_410_891.2, None, "£1,411,000"),
        (float("nan"), None, "none"),
        (0.0, 0.0, "£0"),
    ],
)
def test_money(value, mcse, text):
    assert money(value, mcse, currency=POUNDS) == text
    dollars = money(value, mcse, currency=currency_of("USD"))
    assert dollars == text.replace("£", "USD\N{NO-BREAK SPACE}")


def test_other_numbers():
    assert number(0.89507, 0.0013, decimals=2) == "0.90"
    assert number(75.706, 0.11, decimals=1) == "75.7"
    assert number(75.706, 0.8, decimals=1) == "76"
    assert number(-0.042, None, decimals=2) == "−0.04"
    assert interval(0.627, 1.175, 0.0013, "number2", currency=POUNDS) == "0.63 to 1.18"
    assert interval(-9_055.0, 33_829.0, 101.0, currency=POUNDS) == "−£9,100 to £33,800"


def test_a_sampled_probability_is_never_certain():
    assert [probability(p, 0.004) for p in (1.0, 0.9999, 0.853, 0.0001, 0.0)] == [
        "over 99%",
        "over 99%",
        "85%",
        "under 1%",
        "under 1%",
    ]


def test_shares_and_units():
    assert percent(-1e-17) == "0%"
    assert with_unit(1_026, "£ per week") == "£1,026 per week"
    assert with_unit(1_026, "USD per week") == "USD\N{NO-BREAK SPACE}1,026 per week"
    assert with_unit(66, "years") == "66 years"


def test_a_probability_is_a_plain_answer():
    answers = [likelihood(probability) for probability in (0.99, 0.9, 0.7, 0.5, 0.3, 0.1, 0.01)]
    assert answers[2:5] == ["More likely than not", "It could go either way", "Unlikely"]
    assert len(set(answers)) == 7
