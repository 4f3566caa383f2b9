"""The scripts that reproduce a published result run and print it."""

import pytest

from analyses import (
    costs_and_utilities,
    discounted_evidence,
    length_of_stay,
    rankin_scale,
    smoking_cessation,
    value_of_evidence,
)


@pytest.mark.slow
def test_the_smoking_network_is_analysed(capsys, monkeypatch):
    monkeypatch.setattr(smoking_cessation, "DRAWS", 4_000)
    smoking_cessation.main()
    printed = capsys.readouterr().out
    assert "relative_effect[Group counselling]" in printed
    assert "direct_effect[Group counselling vs No contact]" in printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "said"),
    [
        (length_of_stay, "what a cohort model takes"),
        (rankin_scale, "Common odds ratio of a better outcome: 2."),
        (discounted_evidence, "case study, with possible bias"),
        (costs_and_utilities, "utility[mRS 5]"),
        (value_of_evidence, "Best size:"),
    ],
)
def test_a_script_prints_what_it_found(script, said, capsys, monkeypatch):
    if script is not length_of_stay:  # which needs all its draws: a median alone ties mean and variation together
        monkeypatch.setattr(script, "DRAWS", 4_000)
    script.main()
    assert said in capsys.readouterr().out
