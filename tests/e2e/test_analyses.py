"""The scripts that reproduce a published result run and print it."""

import pytest

from analyses import smoking_cessation


@pytest.mark.slow
def test_the_smoking_network_is_analysed(capsys, monkeypatch):
    monkeypatch.setattr(smoking_cessation, "DRAWS", 4_000)
    smoking_cessation.main()
    printed = capsys.readouterr().out
    assert "relative_effect[Group counselling]" in printed
    assert "direct_effect[Group counselling vs No contact]" in printed
