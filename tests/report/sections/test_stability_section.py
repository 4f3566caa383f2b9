"""Whether there are enough draws."""

from dataclasses import replace

import pytest

from heemodel.report.sections.stability import stability
from tests.report.sections.looking import check_shape, words_of


@pytest.mark.parametrize("name", ["small", "sick_sicker", "savings", "tree", "psa", "bare_psa"])
def test_every_sample_has_a_verdict(name, request):
    results = request.getfixturevalue(name)
    section = stability(results)
    check_shape(section)
    said = words_of(section)
    assert 1 <= said.lower().count("stable: the probability") <= len(results.scenarios)
    assert len(results.scenarios) == 1 or all(results.label(name) in said for name in results.scenarios)


def test_draws_that_are_all_alike_are_enough(psa):
    alike = psa.tables["stability"].assign(mcse=0.0)
    assert stability(replace(psa, tables={**psa.tables, "stability": alike})) is None
