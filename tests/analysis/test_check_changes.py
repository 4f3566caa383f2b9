"""`heemodel check --inputs` says in plain words what was read, what was removed and left, and what will be run."""

import pytest

from heemodel.analysis import check_model, load_model
from heemodel.parameters import with_file, write_overlay

OURS = {
    "about": {"organisation": "Anytown NHS Trust"},
    "settings": {"annual_volume": {"value": 85, "source": "Register", "status": "read", "rationale": "R"}},
}


@pytest.fixture(scope="module")
def model():
    return load_model("models/thrombectomy_savings")


def told(model, changes, tmp_path):
    """The lines of a check of the model with a file of changes."""
    file = write_overlay(changes, tmp_path / "ours.toml")
    lines = check_model(model, inputs=with_file(file, model.inputs)).text().splitlines()
    return [line.strip() for line in lines]


def test_what_was_read_is_told_beside_the_models_own(model, tmp_path):
    lines = told(model, OURS, tmp_path)
    at = lines.index("read, in place of the model's own:")
    assert lines[at + 1] == "Patients treated per year: 54.3 patients per year → 85 patients per year"
    assert lines[at + 2].startswith("Organisation: University Hospitals of North Midlands")
    assert lines[at + 2].endswith("→ Anytown NHS Trust")
    assert not any(line.startswith(("data ", "components ")) for line in lines)


def test_what_was_left_and_what_will_be_run_is_named_by_its_label(model, tmp_path):
    lines = told(model, OURS, tmp_path)
    (left,) = [line for line in lines if line.startswith("left as the model's own: ")]
    for label in ("Age at the stroke", "Deaths up to 90 days, before the service", "Price year", "Published figure"):
        assert label in left
    assert "Patients treated per year" not in left
    assert "Organisation" not in left
    (run,) = [line for line in lines if line.startswith("will be run: ")]
    held = [one.label for name, one in model.inputs.scenarios.items() if not model.inputs.unmet(name)]
    assert run == f"will be run: {'; '.join(held)}"


def test_a_claim_that_was_taken_out_is_told(model):
    report = check_model(model, inputs=model.inputs.with_changes({"claim": None}))
    (removed,) = [line for line in report.changes if line.startswith("removed: ")]
    assert "£2,400,000" in removed
    assert not any("Published figure" in line for line in report.changes if line.startswith("left"))


def test_nothing_is_told_of_changes_where_there_is_no_file(model):
    assert check_model(model).changes == []
