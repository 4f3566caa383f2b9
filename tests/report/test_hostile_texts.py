"""Texts that a format might run, take for markup or lose: in every field and every format they stay texts, inert."""

import io
import itertools
from dataclasses import replace

import docx
import html5lib
import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import results_of_psa
from heemodel.analysis.tables import tabulated
from heemodel.decision import appraise
from heemodel.report.characters import visible
from heemodel.report.renderers import RENDERERS
from heemodel.report.sections import document_of

TEXTS = [
    *("=1+1", "+1", "@SUM(A1:A9)", "-2", '=HYPERLINK("http://a.example")', "<script>alert(1)</script>", "a & b < c"),
    *(r"$\frac{a}{b$", "שלום עולם", "🙂 {braces} %s", "a\tb", "w" * 300, "long " * 2_000, "−5", "'quoted'"),
]
WORDS = ("label", "source", "rationale", "summary", "design", "title", "organisation", "question", "population")


def hostile(table, texts):
    """The content of an inputs file with every free text replaced; and which were put in."""
    if isinstance(table, dict):
        return {
            key: next(texts) if key in WORDS and isinstance(value, str) else hostile(value, texts)
            for key, value in table.items()
        }
    return table


@pytest.fixture(scope="module")
def of_inputs(small):
    """A model's results whose inputs have such texts wherever they are free."""
    kept = {section: tables for section, tables in small.inputs.content.items() if section != "variations"}
    texts = (f"{text} {place}" for place, text in enumerate(itertools.cycle(TEXTS)))
    inputs = small.inputs.with_changes(hostile(kept, texts))
    changed = replace(
        small, inputs=inputs, title=inputs.about.title, question=inputs.about.question, organisation=TEXTS[0], tables={}
    )
    return tabulated(changed)


@pytest.fixture(scope="module")
def of_names():
    """A PSA whose strategies and parameters have such names."""
    rng, names = np.random.default_rng(1), ["=1+1", "<script>", r"$\frac{a}{b$", "-2"]
    cost, qaly = rng.normal(1_000, 100, (200, 4)), rng.normal(5, 0.1, (200, 4))
    outcomes = xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": (("sample", "strategy"), qaly)}, coords={"strategy": names}
    )
    draws = pd.DataFrame({"@SUM(A1)": cost[:, 1], "+1": qaly[:, 1], "=cmd|'/c calc'!A1": rng.normal(size=200)})
    return results_of_psa(
        appraise(outcomes, draws, comparator=names[0], thresholds=[20_000]), title=TEXTS[5], organisation=TEXTS[7]
    )


def texts_of_html(content):
    page = html5lib.parse(content, namespaceHTMLElements=False)
    scripts = page.findall(".//script")
    assert len(scripts) == 1, "the page's own, which opens what is folded away before it is printed"
    return " ".join("".join(page.itertext()).split())


def texts_of_docx(content):
    document = docx.Document(io.BytesIO(content))
    return " ".join(
        " ".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")).split()
    )


def texts_of_xlsx(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if cell.hyperlink]
    return " ".join(" ".join(str(cell.value) for cell in cells).split())


READ = {"html": texts_of_html, "docx": texts_of_docx, "xlsx": texts_of_xlsx}


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("made", ["of_inputs", "of_names"])
def test_texts_are_shown_as_texts(request, form, made):
    results = request.getfixturevalue(made)
    document = document_of(results)
    written = READ[form](RENDERERS[form].render(document))
    for text in (results.title, results.organisation, *results.strategies):
        assert " ".join(visible(text).split())[:200] in written
    if results.inputs is not None:
        for label in [p.label for p in results.inputs.parameters.values()] + [results.label(results.first.name)]:
            assert " ".join(visible(label).split())[:200] in written


@pytest.mark.parametrize("made", ["of_inputs", "of_names"])
def test_figures_are_drawn_and_files_hold_no_formula(request, made, tmp_path):
    results = request.getfixturevalue(made)
    hm.write_report(tmp_path / "out", results, formats=["html"])
    assert len(list((tmp_path / "out" / "figures").glob("*.svg"))) > 3
    for path in (tmp_path / "out").glob("*.csv"):
        for line in pd.read_csv(path, dtype=str, keep_default_na=False).to_numpy(str).ravel():
            if line.startswith(("=", "+", "@", "-")):
                float(line)
