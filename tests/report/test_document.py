"""A document, and the folder that it is written to."""

import json

import numpy as np
import pandas as pd
import pytest

from heemodel.currency import POUNDS
from heemodel.report import renderers
from heemodel.report.document import Folded, Section
from heemodel.report.files import described, files_table, undocumented
from heemodel.report.folder import OutputError, check_output
from heemodel.report.renderers import RENDERERS, Renderer
from heemodel.report.writing import write_document
from tests.report.made_up import CURVE, Drawing, document, figure

RECORD = {"model": "made up", "seed": 1}


def write(out, made=None, tables=None, **options):
    tables = {"evpi": CURVE} if tables is None else tables
    return write_document(out, made or document(), tables=tables, manifest=RECORD, **options)


def outline(made):
    """A renderer in a few lines: titles, and what kind of block stands under them."""
    lines = [made.title]
    for section in made.sections:
        lines += [f"# {section.title}", *(type(block).__name__ for block in section.blocks)]
    return "\n".join([*lines, *(figure.png[:4].hex() for figure in made.figures())]).encode()


@pytest.fixture
def text(monkeypatch):
    """A second format, as one entry in the registry."""
    monkeypatch.setitem(renderers.RENDERERS, "text", Renderer("text", "report.txt", outline))


def test_figures_and_tables_are_known_wherever_they_stand():
    inner = figure("inner")
    section = Section(name="s", title="S", blocks=[figure("outer"), Folded(title="f", blocks=[inner])])
    assert [found.name for found in section.figures()] == ["outer", "inner"]
    assert [table.title for table in document().section("all").tables()] == ["Costs", "More"]


def test_everything_is_written_and_the_manifest_lists_it(tmp_path):
    def store(folder):
        (folder / "saved").mkdir()
        (folder / "saved" / "draws.bin").write_bytes(b"1")

    written = write(tmp_path / "out", store=store)
    assert written == {"html": tmp_path / "out" / "report.html"}
    record = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert record["seed"] == 1
    names = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    expected = {"report.html", "evpi.csv", "files.csv", "figures/evpi.svg", "saved/draws.bin"}
    assert names == expected | {"manifest.json"}
    assert set(record["written"]) == expected
    assert all(len(digest) == 64 for digest in record["written"].values())


def test_a_second_renderer_takes_the_same_document(tmp_path, text):
    written = write(tmp_path / "out", formats=["html", "text"])
    assert set(written) == {"html", "text"}
    words = written["text"].read_text()
    assert "# All kinds" in words
    assert "Folded" in words
    assert "89504e47" in words  # a picture in points


def test_a_figure_is_drawn_once_for_all_formats_and_files(tmp_path):
    draw = Drawing()
    write(tmp_path / "out", document(draw=draw))
    assert draw.times == 1


def test_no_report_but_its_tables_can_be_written(tmp_path):
    assert write(tmp_path / "out", formats=[]) == {}
    assert not (tmp_path / "out" / "report.html").exists()
    assert (tmp_path / "out" / "evpi.csv").exists()


def test_an_unknown_format_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(OutputError, match=r"'htm' is unknown; did you mean 'html'\?"):
        write(tmp_path / "out", formats=["htm"])
    assert list(tmp_path.iterdir()) == []
    assert set(RENDERERS) >= {"html"}


def test_money_and_minus_signs_are_plain_in_files(tmp_path):
    table = pd.DataFrame({"unit": ["£ per patient"], "note": ["from −£2 to £3"], "value": [-1.5]})
    write(tmp_path / "out", tables={"headline": table}, currency=POUNDS)
    text = (tmp_path / "out" / "headline.csv").read_bytes().decode("ascii")
    assert "GBP per patient,from -GBP 2 to GBP 3,-1.5" in text


def test_results_replace_those_of_an_earlier_run(tmp_path):
    write(tmp_path / "out", tables={"costs": CURVE})
    (tmp_path / "out" / ".DS_Store").write_text("left by a desktop")
    write(tmp_path / "out")
    assert not (tmp_path / "out" / "costs.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["notes.txt", "figures/mine.svg", "figures/evpi.png", "saved/mine/draft.docx"])
def test_a_file_of_the_users_own_is_never_deleted(tmp_path, name):
    write(tmp_path / "out")
    mine = tmp_path / "out" / name
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(OutputError, match=rf"holds other files \({name}\)"):
        check_output(tmp_path / "out")
    with pytest.raises(OutputError, match=name):
        write(tmp_path / "out")
    assert mine.read_text() == "mine"


def test_a_link_of_the_users_own_is_never_deleted(tmp_path):
    write(tmp_path / "out")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "figures" / "more").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="figures/more"):
        write(tmp_path / "out")


def test_a_file_that_was_changed_since_is_never_deleted(tmp_path):
    page = write(tmp_path / "out")["html"]
    page.write_text("with my comments")
    with pytest.raises(OutputError, match=r"changed since heemodel wrote them \(report.html\)"):
        write(tmp_path / "out")
    assert page.read_text() == "with my comments"


def test_a_file_that_comes_while_the_report_is_made_is_never_deleted(tmp_path):
    write(tmp_path / "out")

    def store(_):
        (tmp_path / "out" / "notes.txt").write_text("mine")

    with pytest.raises(OutputError, match=r"notes\.txt"):
        write(tmp_path / "out", store=store)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_from_before_manifests_listed_files_is_known_by_its_names(tmp_path):
    out = tmp_path / "out"
    (out / "figures").mkdir(parents=True)
    for name in ("report.html", "samples.nc", "headline.csv", "figures/waterfall.svg", "figures/waterfall.csv"):
        (out / name).write_text("old")
    (out / "manifest.json").write_text('{"software": {"heemodel": "0.1.0"}}')
    check_output(out)
    (out / "figures" / "mine.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"figures/mine.csv"):
        check_output(out)
    (out / "figures" / "mine.csv").unlink()
    write(out)
    assert not (out / "samples.nc").exists()


def test_folders_that_heemodel_did_not_write_are_refused(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "manifest.json").write_text('{"name": "a web app"}')
    with pytest.raises(OutputError, match="that heemodel did not write"):
        write(tmp_path / "app")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        write(tmp_path / "file")
    with pytest.raises(OutputError, match=r"cannot be made, as .*file is a file"):
        write(tmp_path / "file" / "below" / "it")


def test_nothing_is_left_behind_when_writing_fails(tmp_path):
    def full(_):
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left on device"):
        write(tmp_path / "new", store=full)
    assert list(tmp_path.iterdir()) == []


def test_one_name_is_one_file(tmp_path):
    twice = document(blocks=[figure("evpi"), figure("evpi")])
    with pytest.raises(OutputError, match="two figures are called 'evpi'"):
        write(tmp_path / "out", twice)


@pytest.mark.parametrize("name", ["../mine", "a/b", "", ".hidden", "a\nb"])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    with pytest.raises(OutputError, match="cannot be the name of a file"):
        write(tmp_path / "out", tables={name: CURVE})
    with pytest.raises(OutputError, match="cannot be the name of a file"):
        write(tmp_path / "out", document(blocks=[figure(name)]))
    assert list(tmp_path.iterdir()) == []


def test_what_files_hold_is_written_beside_them(tmp_path):
    write(tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "files.csv", keep_default_na=False)
    assert list(table.columns) == ["file", "column", "meaning"]
    assert {"report.html", "evpi.csv", "files.csv", "figures/*.svg", "manifest.json"} <= set(table["file"])
    assert not {"costs.csv", "samples.nc"} & set(table["file"])
    assert "money" in table.set_index(["file", "column"])["meaning"]["evpi.csv", "evpi"]
    assert undocumented(tmp_path / "out") == []


def test_columns_and_files_without_documentation_are_named(tmp_path):
    write(tmp_path / "out", tables={"evpi": CURVE.drop(columns="mcse").assign(extra=1), "unheard_of": CURVE})
    assert undocumented(tmp_path / "out") == [
        "evpi.csv: column 'extra' is not documented",
        "evpi.csv: has no column 'mcse'",
        "unheard_of.csv is not documented",
    ]


def test_every_documented_file_and_column_has_a_meaning():
    table = files_table()
    assert (table["meaning"].str.len() > 3).all()
    assert not table.duplicated(["file", "column"]).any()
    assert np.isin(["headline", "saving_steps"], list(described())).all()
