"""A file that holds only what differs, and its way there and back."""

import pytest

from heemodel.errors import HeemodelError
from heemodel.parameters import InputError, read_changes, write_overlay
from tests.parameters.workbook.trust import TRUST


def test_a_filled_workbook_and_its_file_of_changes_are_one(savings, fill, tmp_path):
    changes = read_changes(fill(TRUST), savings)
    file = write_overlay(changes, tmp_path / "ours.toml")
    assert read_changes(file, savings) == changes
    assert "claim" in file.read_text(encoding="utf-8").split("[", 2)[1]


def test_names_and_texts_of_any_kind_come_back(savings, tmp_path):
    text = 'She said "41 days"\\, [sic] = £412\nand left'
    changes = {
        "components": {"nursing home": {"label": text}},
        "about": {"limits": [text, {"text": text, "when": {"claim": True}}]},
    }
    assert read_changes(write_overlay(changes, tmp_path / "ours.toml"), savings) == changes


def written(tmp_path, text):
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    return tmp_path / "ours.toml"


def test_tables_and_dotted_keys_are_laid_over_the_inputs(savings, tmp_path):
    path = written(
        tmp_path, 'remove = ["claim"]\nsettings.annual_volume.value = 85\n[data.deaths_before]\nevents = 52\nn = 130\n'
    )
    ours = savings.with_changes(read_changes(path, savings))
    assert (ours.annual_volume, ours.claim, ours.data["deaths_before"].events) == (85, None, 52)
    assert ("data", "deaths_before") in [place for place, _ in ours.unrevised()]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\n[settings.annual_volum]\nvalue = 85\n", 2, "annual_volume"),
        ("[data.deaths_before]\nn = 130\nevents = 520\n", 1, "events cannot exceed n"),
        ("[settings]\nannual_volume.value = 'many'\n", 2, "without quotes"),
        ("remove = 'claim'\n", 1, 'remove = ["claim"]'),
        ("remove = ['claim']\n[claim]\nvalue = 1\n", 1, "changed too"),
    ],
)
def test_mistakes_have_the_line_of_the_file(savings, tmp_path, text, line, said):
    with pytest.raises(InputError) as told:
        read_changes(written(tmp_path, text), savings)
    (problem,) = told.value.problems
    assert problem.line == line
    assert said in str(problem)


def test_what_is_no_toml_is_refused(savings, tmp_path):
    with pytest.raises(InputError, match="not valid TOML"):
        read_changes(written(tmp_path, "settings = = 3"), savings)


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(HeemodelError, match=r"\.toml"):
        write_overlay({}, tmp_path / "ours.txt")
