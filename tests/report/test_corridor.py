"""From results to files: a section is a function and a line, a format is a function and a line; each is used once."""

from collections import Counter
from dataclasses import replace

import matplotlib.pyplot as plt
import pytest

import heemodel as hm
from heemodel.report import renderers
from heemodel.report.document import Section, Words
from heemodel.report.files import undocumented
from heemodel.report.renderers import Renderer
from heemodel.report.sections import SECTIONS, Entry, document_of, in_order


def toy(results):
    """A section in a few lines."""
    return Section(name="toy", title="A toy", blocks=[Words(f"{len(results.strategies)} strategies.")])


def outline(document):
    """A format in a few lines: titles of sections."""
    return "\n".join(section.title for section in document.sections).encode()


def test_a_section_is_one_function_and_one_line(sick_sicker):
    document = document_of(sick_sicker, [*SECTIONS, Entry(toy)])
    *titles, words = [section.title for section in document_of(sick_sicker).sections]
    assert [section.title for section in document.sections] == [*titles, "A toy", words]


def test_a_format_is_one_function_and_one_line(small, tmp_path, monkeypatch):
    monkeypatch.setitem(renderers.RENDERERS, "outline", Renderer("outline", "report.txt", outline))
    path = hm.write_report(tmp_path / "out", small, formats=["outline", "html"])
    assert path.name == "report.txt"
    titles = path.read_text(encoding="utf-8").splitlines()
    assert titles == [section.title for section in document_of(small).sections]
    assert (tmp_path / "out" / "report.html").is_file()


def test_every_section_is_entered_once(small):
    entered = Counter()

    def counted(entry):
        def section(results):
            entered[entry.section.__name__] += 1
            return entry.section(results)

        return replace(entry, section=section)

    document_of(small, [counted(entry) for entry in SECTIONS])
    assert set(entered.values()) == {1}


def test_questions_are_answered_in_the_order_in_which_they_are_asked():
    def named(name):
        return lambda _: Section(name=name, title=name, blocks=[])

    entries = [
        Entry(named("first")),
        Entry(named("a"), answers="saving"),
        Entry(named("b"), answers="value for money"),
        Entry(named("c"), answers="value for money"),
        Entry(named("last")),
    ]

    def order(questions):
        return [entry.section(None).name for entry in in_order(entries, questions)]

    assert order(["saving", "value for money"]) == ["first", "a", "b", "c", "last"]
    assert order(["value for money", "saving"]) == ["first", "b", "c", "a", "last"]
    assert order(["value for money"]) == ["first", "b", "c", "last"]


@pytest.mark.parametrize("which", ["small", "sick_sicker", "psa", "tree"])
def test_every_file_is_documented_and_results_come_back(which, request, tmp_path):
    results = request.getfixturevalue(which)
    hm.write_report(tmp_path / "out", results)
    assert undocumented(tmp_path / "out") == []
    again = hm.Results.load(tmp_path / "out")
    assert list(again.tables) == list(results.tables)
    titles = [section.title for section in document_of(results).sections]
    assert [section.title for section in document_of(again).sections] == titles


def test_sections_of_savings_come_only_where_saving_is_asked(savings, sick_sicker):
    names = {section.name for section in document_of(savings).sections}
    assert {"saving", "whose_saving", "claim"} <= names
    assert not {"saving", "whose_saving", "claim"} & {section.name for section in document_of(sick_sicker).sections}


@pytest.mark.parametrize("kind", ["small", "sick_sicker", "tree", "psa"])
def test_every_panel_of_every_figure_has_something_drawn_on_it(kind, request):
    for figure in document_of(request.getfixturevalue(kind)).figures():
        canvas = figure.draw()
        assert canvas.axes, figure.name
        for ax in canvas.axes:
            assert any(part.get_visible() for part in [*ax.lines, *ax.patches, *ax.collections, *ax.texts]), figure.name
        plt.close(canvas)
