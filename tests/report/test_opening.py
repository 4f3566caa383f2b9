"""The first screen: what it says when things go well, badly, or oddly."""

from dataclasses import replace

import pytest

from heemodel.analysis import run_record
from heemodel.report import cautions, opening


def shifted(result, amount):
    """The result with the intervention's bed-days costing so much less."""
    cost = result.outcomes["cost"].copy()
    cost.loc[{"strategy": "thrombectomy", "component": "stroke unit"}] -= amount
    return replace(result, outcomes=result.outcomes.assign(cost=cost))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0, 0, "How much survives: of £"),
        (0, 100_000, "Trials gives more than Case study, £"),
        (0, -100_000, "Nothing survives: £"),
        (-100_000, 0, "On average it saves nothing under Case study: −£"),
    ],
)
def test_what_survives_is_said_for_every_order_and_sign(folder, results, before, after, said):
    case, audit, trials = results
    words = opening.findings(folder.inputs, [shifted(case, before), audit, shifted(trials, after)])[0]
    assert said in words
    assert words.count("95% interval") == 2
    assert ("under Trials, 4" in words) == said.startswith("How much")


def test_the_answer_is_that_of_the_strongest_evidence_with_the_reference_beside_it(folder, results):
    first, case, trials = opening.answer(folder.inputs, results)
    assert first == "Does it save money? Probably, on the strongest evidence here (Trials)."
    assert case.startswith("Case study: saves £2")
    assert trials.startswith("Trials: saves £1")
    assert "NHS pays £" in trials
    assert "Social care saves £" in trials
    first, *_, dear = opening.answer(folder.inputs, [*results[:2], shifted(results[2], -100_000)])
    assert first.startswith("Does it save money? Almost certainly not")
    assert dear.startswith("Trials: costs £")
    alone = opening.answer(replace_compare(folder.inputs), results[:1])
    assert alone[0] == "Does it save money? Case study: Almost certainly."
    assert len(alone) == 2


def test_no_evidence_is_called_the_strongest_unless_the_inputs_name_it_and_it_was_run(folder, results):
    for chosen in (results[:2], results[2:]):
        assert "strongest" not in " ".join(opening.answer(folder.inputs, chosen))
    without = opening.answer(replace_compare(folder.inputs), results)
    assert "strongest" not in " ".join(without)
    assert len(without) == 4


def replace_compare(inputs):
    return replace(inputs, about=inputs.about.model_copy(update={"compare": None}))


def test_the_savings_analysis_itself_has_nothing_to_look_at_again(folder, results):
    run = run_record(folder, draws=2_000, seed=1, horizon="5 years")
    assert cautions.cautions(folder.inputs, results, run) == []


def test_what_is_odd_is_said(folder, results):
    run = run_record(folder, draws=200, seed=1, horizon="5 years")
    table = results[0].predictive.copy()
    table.loc[0, "observed"] = table.loc[0, "prior_97.5%"] + 1
    table.loc[1, "posterior_share_below"] = 1.0
    parameters = dict(folder.inputs.parameters)
    parameters["thrombolysis"] = parameters["thrombolysis"].model_copy(update={"standard_error": 900.0})
    parameters["stroke_unit_90_days"] = parameters["stroke_unit_90_days"].model_copy(update={"value": 344.0})
    odd = replace(results[0], predictive=table, cautions=("counts disagree",))
    said = " ".join(cautions.cautions(replace(folder.inputs, parameters=parameters), [odd], run))
    for words in (
        "Only 200 draws",
        "Trials, which the inputs name as the stronger evidence, was not run",
        "[parameters.stroke_unit_90_days] is 344 £ per 90 days; 18,000 to 65,000 is usual",
        "[parameters.thrombolysis] has a standard error above its value",
        "Case study: counts disagree",
        "outside what the prior expected",
        "is not reproduced by the fitted model",
    ):
        assert words in said
