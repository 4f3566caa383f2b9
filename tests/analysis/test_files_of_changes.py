"""The record of an analysis names the files that its inputs were changed by, and hides none of the model's."""

from heemodel.analysis import analyse, hash_of, load_model
from heemodel.parameters import with_file, write_overlay


def test_a_file_of_changes_called_as_the_models_own_is_recorded_beside_it(tmp_path):
    model = load_model("models/sumatriptan")
    file = write_overlay({"about": {"title": "Ours"}}, tmp_path / "inputs.toml")
    results = analyse(model, inputs=with_file(file, model.inputs), files=hash_of(file), draws=100)
    assert results.title == "Ours"
    assert results.record.files["inputs.toml (changes)"] == hash_of(file)["inputs.toml"]
    assert results.record.files["inputs.toml"] != hash_of(file)["inputs.toml"]
