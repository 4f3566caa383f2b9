"""Whatever a user writes is shown as written, in every format, and is never run, followed or typeset."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from itertools import chain
from xml.etree import ElementTree as ET

import docx
import html5lib
import openpyxl
import pytest

import heemodel as hm
from heemodel.analysis import results_of_psa
from heemodel.decision import OutcomeError, appraise
from heemodel.parameters import InputError
from heemodel.report import RENDERERS, document_of
from heemodel.report.folder import FORMULA, inert, write_csv
from heemodel.report.plots.texts import LONGEST, drawable
from tests.report.hostile import TEXTS, folder_of, psa_of

CONTROL = "a\x00b"
JOINER = "\u2060"


def squeezed(text):
    """Without what formats may do to blanks and minus signs."""
    return re.sub(r"\s+", "", text.replace(JOINER, ""))


def in_html(content):
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(content.decode())
    assert len(page.findall(".//script")) == 1
    assert not [link for link in page.findall(".//a") if not link.get("href").startswith("#")]
    return "".join(page.find(".//body").itertext())


def in_docx(content):
    word = docx.Document(io.BytesIO(content))
    links = [link for link in word.part.rels.values() if "hyperlink" in link.reltype]
    assert not links
    return "".join(node.text or "" for node in word.element.body.iter() if node.tag.endswith("}t"))


def in_xlsx(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    for name in (packed := zipfile.ZipFile(io.BytesIO(content))).namelist():
        if "charts/chart" in name:
            formulas = [node.text for node in ET.fromstring(packed.read(name)).iter() if node.tag.endswith("}f")]  # noqa: S314 - ours
            assert formulas
            assert all(formula.startswith(("Acceptability!$", "EVPI!$")) for formula in formulas)
    return "".join(str(cell.value) for cell in cells if cell.data_type == "s")


READ = {"html": in_html, "docx": in_docx, "xlsx": in_xlsx}


@pytest.fixture(scope="module", params=TEXTS)
def model(request, tmp_path_factory):
    text = TEXTS[request.param]
    folder = folder_of(text, tmp_path_factory.mktemp("hostile") / "model")
    return text, hm.analyse(hm.load_model(folder), draws=100, seed=1)


@pytest.fixture(scope="module", params=TEXTS)
def psa(request, tmp_path_factory):
    text = TEXTS[request.param].strip()
    read = hm.read_psa(**psa_of(text, tmp_path_factory.mktemp("hostile") / "psa"))
    appraisal = appraise(read.outcomes, read.parameters, comparator="usual care", thresholds=[20_000, 30_000])
    return text, results_of_psa(appraisal, title=f"{text} title")


def shows(content, form, texts):
    """Every text is read back from a format as it was written."""
    written = squeezed(READ[form](content))
    for text in texts:
        assert squeezed(text) in written, text


def words_of(text):
    """The texts of the model that every format shows whole."""
    figures = [
        f"{text} {kind} {name}" for name in ("infection", "open_cost") for kind in ("label", "source", "rationale")
    ]
    scenarios = [f"{text} {name}" for name in ("first", "second")]
    return [f"{text} title", f"{text} question", f"{text} trust", f"{text} new", f"{text} choice", *figures, *scenarios]


@pytest.mark.slow
def test_a_model_is_written_in_every_format_as_it_was_worded(model, tmp_path):
    text, results = model
    hm.write_report(tmp_path / "out", results, formats=list(RENDERERS))
    assert set(READ) == set(RENDERERS)
    for renderer in RENDERERS.values():
        shows((tmp_path / "out" / renderer.file).read_bytes(), renderer.name, words_of(text))
    check_files(tmp_path / "out", f"{text} new")


@pytest.mark.slow
def test_a_psa_is_written_in_every_format_as_it_was_named(psa, tmp_path):
    text, results = psa
    hm.write_report(tmp_path / "out", results, formats=list(RENDERERS))
    for renderer in RENDERERS.values():
        content = (tmp_path / "out" / renderer.file).read_bytes()
        shows(content, renderer.name, [f"{text} title", f"{text} new", f"{text} effect"])
    check_files(tmp_path / "out", f"{text} new")


def check_files(out, strategy):
    """Csv files hold the name, inert; figures are pictures of a size that can be seen."""
    for path in out.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = list(chain(*csv.reader(file)))
        assert not [cell for cell in cells if cell.startswith(FORMULA) and inert(cell) != cell], path.name
    with (out / "headline.csv").open(encoding="utf-8", newline="") as file:
        assert inert(strategy) in {row["strategy"] for row in csv.DictReader(file)}
    for path in (out / "figures").glob("*.svg"):
        drawing = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - ours
        width, height = (float(drawing.get(side).removesuffix("pt")) for side in ("width", "height"))
        assert 100 < width < 1_500, path.name
        assert 100 < height < 3_000, path.name


def test_a_model_with_one_hostile_text_is_written(tmp_path):
    text = TEXTS["all at once"]
    results = hm.analyse(hm.load_model(folder_of(text, tmp_path / "model")), draws=100, seed=1)
    document = document_of(results)
    for renderer in RENDERERS.values():
        shows(renderer.render(document), renderer.name, words_of(text))


def test_names_that_are_formulas_of_a_chart_are_its_cells(bare_psa):
    document = document_of(bare_psa)
    curve = next(sheet for sheet in document.sheets if sheet.chart is not None)
    table = curve.table.assign(strategy="=Headline!$A$1", scenario="=Headline!$B$2")
    content = RENDERERS["xlsx"].render(replace(document, sheets=[replace(curve, table=table)]))
    assert "=Headline!$A$1" in in_xlsx(content)


@pytest.mark.parametrize("place", ["title", "label", "name", "list"])
def test_control_characters_are_refused_with_their_place(place, tmp_path):
    folder = folder_of("plain", tmp_path / "model")
    text = (folder / "inputs.toml").read_text(encoding="utf-8")
    words = {"title": "plain title", "label": "plain label infection", "name": "plain paid", "list": "plain limit"}
    (folder / "inputs.toml").write_text(text.replace(f'"{words[place]}"', '"a\\u0000b"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"U\+0000"):
        hm.load_model(folder)


def test_control_characters_in_names_of_a_psa_are_refused(tmp_path, bare_psa):
    files = psa_of("bell\x07", tmp_path / "psa")
    with pytest.raises(OutcomeError, match=r"U\+0007"):
        hm.read_psa(**files)
    outcomes = bare_psa.first.outcomes.assign_coords(strategy=["usual care", CONTROL])
    with pytest.raises(OutcomeError, match="control character"):
        hm.CostEffectiveness(outcomes, comparator="usual care")


def test_control_characters_in_names_of_strategies_are_refused():
    with pytest.raises(hm.structures.ModelError, match="control character"):
        hm.FunctionModel(strategies=["old", CONTROL], outcomes=lambda p: hm.Outcomes(cost={"all": 1.0}, qaly=1.0))


def test_long_texts_are_cut_in_drawings_only():
    assert drawable("x" * 10_000).startswith("x")
    assert len(drawable("x" * 10_000)) <= LONGEST
    assert "…" in drawable("x" * 10_000)
    assert drawable("new care,\nthen home") == "new care,\nthen home"
    assert drawable("a\tb\x07") == "a b␇"
    assert drawable("x" * 200 + " first") != drawable("x" * 200 + " second")


def test_numbers_in_csv_files_are_never_touched(tmp_path, bare_psa):
    table = bare_psa.tables["headline"]
    write_csv(table, tmp_path / "headline.csv")
    with (tmp_path / "headline.csv").open(encoding="utf-8", newline="") as file:
        written = [row["value"] for row in csv.DictReader(file)]
    assert [float(value) for value in written] == pytest.approx(table["value"].tolist(), rel=1e-11)
