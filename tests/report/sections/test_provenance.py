"""Where results come from: evidence, inputs, checks, limits and the record of the run."""

from dataclasses import replace

import pytest

from heemodel.report.document import Definitions, Folded, Words
from heemodel.report.sections.checks import checks
from heemodel.report.sections.evidence import evidence
from heemodel.report.sections.inputs import inputs
from heemodel.report.sections.limits import limits
from heemodel.report.sections.record import record


@pytest.mark.parametrize("section", [checks, evidence, inputs, limits])
def test_a_psa_from_files_has_none(psa, bare_psa, section):
    assert section(psa) is None
    assert section(bare_psa) is None


def test_evidence_is_there_where_there_is_any(savings, small, sick_sicker):
    assert evidence(sick_sicker) is None
    section = evidence(savings)
    folded = [block.title.partition(": ")[2] for block in section.blocks if isinstance(block, Folded)]
    assert folded == ["its evidence"] * 3 + ["posterior and predictive checks"] * 4
    records = section.tables()[0]
    assert len(records.rows) == 6
    assert records.rows[0][2] == "ASSUMED: n, events"
    assert any("R-hat" in table.header for table in section.tables())
    assert any(table.title.startswith("Recovery in two trials") for table in evidence(small).tables())


def test_what_scenarios_share_is_printed_once(savings):
    first, second, *_ = savings.scenarios
    fitted = savings.scenarios[first].fitted
    shared = {**savings.scenarios, second: replace(savings.scenarios[second], fitted=fitted)}
    two = [savings.label(first), savings.label(second)]
    for scenarios, labels in (
        (shared, ", ".join(two)),
        ({name: shared[name] for name in (first, second)}, "All scenarios"),
    ):
        section = evidence(replace(savings, scenarios=scenarios))
        checked = [one.title for one in section.blocks if isinstance(one, Folded) and one.title.endswith(" checks")]
        assert checked[0] == f"{labels}: posterior and predictive checks"
        assert len(checked) == len(scenarios) - 1


def test_every_input_has_its_status_source_and_reason(small, sick_sicker):
    for results in (small, sick_sicker):
        for table in inputs(results).tables():
            assert table.header[-3:] == ["Status", "Source", "Why"]
    log = inputs(small)
    rows = [row for table in log.tables() for row in table.rows]
    assert len([row for row in rows if row[0] in {p.label for p in small.inputs.parameters.values()}]) == len(
        small.inputs.parameters
    )
    assert "recalled" in next(block.text for block in inputs(sick_sicker).blocks if isinstance(block, Words))


def test_what_was_changed_in_memory_is_shown(sick_sicker):
    changed = sick_sicker.inputs.with_changes({"parameters.cost_b.value": 20_000.0})
    first = inputs(replace(sick_sicker, inputs=changed)).tables()[0]
    assert "Changed" in first.title
    assert [cell for cell in first.rows[0] if cell.startswith("$20,000")]


def test_checks_of_every_scenario_and_one_that_failed(savings, sick_sicker):
    assert len(checks(savings).tables()[0].header) == 6
    assert len(checks(sick_sicker).tables()[0].header) == 3
    table = savings.tables["checks"].copy()
    table.loc[0, "passed"] = False
    section = checks(replace(savings, tables={**savings.tables, "checks": table}))
    assert section.tables()[0].rows[0][1] == "FAILED"
    assert section.blocks[0].role == "warning"


def test_limits_are_those_of_the_inputs(savings):
    (points,) = limits(savings).blocks
    assert len(points.points) == len(savings.inputs.about.limits)


def test_the_record_of_a_model_and_of_a_psa(savings, bare_psa):
    section = record(savings)
    lines = next(block.terms for block in section.blocks if isinstance(block, Definitions))
    assert lines["Model"] == "thrombectomy_savings"
    assert "seed 1" in lines["Draws, seed, horizon"]
    (hashes,) = section.tables()
    assert {row[0] for row in hashes.rows} >= {"inputs.toml", "model.py"}
    assert max(len(cell) for row in hashes.rows for cell in row) < 20
    beside = section.blocks[-1].blocks[0].terms
    assert {f"{name}.csv" for name in savings.tables} <= beside.keys()
    assert all(beside.values())
    odd = replace(bare_psa, record=replace(bare_psa.record, read_as=("The first column was taken to be a number.",)))
    assert "first column" in str(record(odd).blocks)
    assert not record(bare_psa).tables()
