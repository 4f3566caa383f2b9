"""The saving, whose it is, and the published figure it is held against."""

from dataclasses import replace

import pytest
import xarray as xr

from heemodel.analysis.tables import tabulated
from heemodel.decision import appraise
from heemodel.report.document import Folded, Words
from heemodel.report.sections.claim import claim
from heemodel.report.sections.saving import saving
from heemodel.report.sections.whose_saving import whose_saving


@pytest.fixture(scope="module")
def two_interventions(savings):
    """The savings analysis with a second intervention, ten per cent cheaper."""

    def more(outcomes):
        other = outcomes.sel(strategy=["thrombectomy"]).assign_coords(strategy=["second"])
        return xr.concat([outcomes, other.assign(cost=0.9 * other["cost"])], dim="strategy", data_vars="minimal")

    scenarios = {}
    for name, result in savings.scenarios.items():
        outcomes = more(result.outcomes)
        totals = outcomes.assign(cost=outcomes["cost"].sum("component"))
        appraisal = appraise(totals, comparator=savings.comparator, thresholds=savings.thresholds)
        scenarios[name] = replace(
            result, outcomes=outcomes, point=more(result.point), appraisal=appraisal, trace=None, by_year=None
        )
    return tabulated(replace(savings, scenarios=scenarios, tables={}))


def test_there_is_none_where_it_is_not_asked(small, sick_sicker, psa, bare_psa):
    for results in (small, sick_sicker, psa, bare_psa):
        assert [section(results) for section in (saving, whose_saving, claim)] == [None, None, None]


def test_scenarios_stand_side_by_side_on_both_bases(savings):
    table = saving(savings).tables()[0]
    assert [text for text, _ in table.groups[1:]] == ["Own figures", "Own audit", "National audit", "Trials"]
    assert len(table.header) == 9
    gross = table.rows[0]
    assert gross[1] == "£26,178"
    assert "to" in gross[2]
    assert "about 54" in table.rows[3][0]
    assert {len(row) for row in table.rows} == {9}


def test_the_breakdown_is_drawn_and_told(savings):
    breakdown, distribution = saving(savings).figures()
    assert "savings_breakdown" in breakdown.name
    assert "thrombolysis" in breakdown.caption
    assert breakdown.alternative.count("saves £") == 7
    assert "86%" in distribution.alternative or "85%" in distribution.alternative
    assert breakdown.png.startswith(b"\x89PNG")
    assert len(distribution.svg) > 1_000


def test_payers_are_told_apart_for_a_patient_and_a_year(savings):
    patient, year = whose_saving(savings).tables()
    trust = ["The trust: capacity freed", "The trust: cash", "The trust, all"]
    for table in (patient, year):
        assert [row[0] for row in table.rows] == [*trust, "The rest of the NHS", "NHS, all", "Social care", "All"]
        assert table.emphasis == {2, 4, 6}
        assert table.rows[4][3].startswith("−£")
    assert "a patient" in patient.title
    assert "one year" in year.title


def test_several_interventions_follow_each_other_the_first_open(two_interventions):
    for section in (saving(two_interventions), whose_saving(two_interventions)):
        folds = [block for block in section.blocks if isinstance(block, Folded)]
        assert [fold.title for fold in folds if "one year" not in fold.title] == [
            "Thrombectomy instead of thrombolysis"
        ]
    names = [figure.name for figure in saving(two_interventions).figures()]
    assert len(set(names)) == 4


def test_the_published_figure_is_held_against_ours(savings):
    section = claim(savings)
    assert "59%" in next(block.text for block in section.blocks if isinstance(block, Words))
    reconciliation, *chances = section.tables()
    assert reconciliation.rows[0][-1] == "92"
    assert len(chances) == 4
    assert [row[0] for row in chances[0].rows][:2] == ["49", "54"]
    assert chances[0].beside == {1: "the number of this analysis"}
