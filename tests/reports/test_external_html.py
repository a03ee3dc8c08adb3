from reports import external_html
from reports.conclusions import answer
from reports.report_page import page
from reports.screen import lines
from tests.reports import external


def test_there_is_a_section_on_all_and_one_on_each():
    report = external.report()
    assert [*external_html.sections(report)] == ["Other hospitals", "On B"]
    assert external_html.sections(external.report(external=None)) == {}


def test_names_from_tables_are_escaped():
    own = external_html.sections(external.report())["On B"]
    assert "Edema from Wet &lt;lung&gt;" in own
    assert "a note &amp; more" in own
    assert "<lung>" not in own


def test_each_table_has_a_row_for_each_model_but_the_controls_which_are_folded():
    own = external_html.sections(external.report())["On B"]
    shown, _, folded = own.partition("Width-matched controls")
    assert '<th scope="row">vague</th>' in shown
    assert '<th scope="row">control</th>' not in shown
    assert '<th scope="row">control</th>' in folded


def test_calibration_has_a_row_for_each_state():
    own = external_html.sections(external.report())["On B"]
    for title in external_html.TITLES.values():
        assert f">{title}</td>" in own
    assert "Recalibrated on 20 patients of the same data set, and evaluated on the others." in own


def test_findings_with_few_positives_are_named():
    own = external_html.sections(external.report())["On B"]
    assert "Fewer than 10 images have: Hernia (7)." in own


def test_the_page_the_answer_and_the_screen_have_it():
    report = external.report()
    made = page(report, [])
    assert '<h2 id="on-b">On B</h2>' in made
    said = [each for each in answer(report) if "shared with B" in each]
    assert len(said) == 1
    shown = "\n".join(lines(report))
    assert "on B: 60 images of 30 patients; Edema from Wet <lung>, Hernia" in shown
    assert max(map(len, lines(report))) <= 80
