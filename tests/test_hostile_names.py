"""Names that attack terminals, spreadsheets, pages, Markdown and figures, through every command."""

import csv
import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest
from markdown_it import MarkdownIt
from PIL import Image

import cli
from escapes import IN_LINES
from reports.pages import SCRIPT
from spreadsheets import TO_MARK
from tests import boxed, fakes
from tests.reports.test_report_page import Page

OUR_SCRIPT = f"<script>{SCRIPT}</script>"

pytestmark = [pytest.mark.slow, pytest.mark.long]

NAMES = [
    # Formulas.
    *("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("h:","y")', "\t=1", "\r=1", " =1", "'=1", "a;=1"),
    # Terminals, and the direction of text.
    *("\x1b[31mred\x1b[0m", "\x1b]0;owned\x07", "\x9b2J", "\x7f\x08\x08", "[red]a[bold]", "%s{0}"),
    *("\u202egnp", "\u2066a\u2069", "\u200bzero\ufeff", "a\nerror: forged", "a\r\nwrote forged"),
    # Pages and Markdown.
    *("<script>alert(1)<", "<img src=x onerror=alert(1)>", "&lt;b&gt;", "'\"><svg onload=x>"),
    *("a|b`c``", "![x](y) [a]", "**b** _c_", "# h", "<!-- "),
    # Figures and files.
    *("$\\frac{", "a_b$c$", "\\undefined^{", "a..", "CON", "-rf", "x" * 230, "\\x1b"),
]
CLASSES = [
    *("=1+1<script>alert(1)<", "-\x1b[31mred|b`\u202e", "$\\frac{_a\nerror: forged"),
    *("@a,b\"c'&lt;*", "a-b", "a\x1b-b"),
]
WORDS = "orb_words.n_words=8 orb_words.image_size=128"
TAGS_OF_CARDS = {
    *("h1", "h2", "p", "strong", "em", "ul", "li", "code", "table", "thead", "tbody", "tr", "th"),
    "td",
}


def write_image(path, number, sick):
    path.parent.mkdir(parents=True, exist_ok=True)
    plane = fakes.picture(number, 32 if sick else 128)
    Image.fromarray(plane).save(path, "PNG")


def class_folders(root):
    """Every name in every other class, twelve images a class at least."""
    for number, name in enumerate([*NAMES, *NAMES]):
        place = number % len(CLASSES)
        write_image(root / CLASSES[place] / f"{name}~{number}.png", number, place % 2)
    (root / CLASSES[0] / "\x1b[2J=bad\n.png").write_bytes(b"no image")
    return root


def table(root):
    """Ids, patients, labels and views by a label table."""
    usable = [name for name in NAMES if name == name.strip()]
    labels = ["=Mass|<b>", "\x1b[31mEdema\u202e`"]
    root.mkdir()
    with (root / "Ground_Truth.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["image", "patient", "sex", "age", "view", *labels])
        for number, name in enumerate([*usable, *usable]):
            sick = number % 2
            image, patient = f"{name}~{number}.png", f"{NAMES[number // 2]}"
            rows.writerow(
                [image, patient, "FM"[number % 3 == 0], 40, "=PA\x1b", sick, number % 3 // 2]
            )
            write_image(root / "xray_images" / image, number, sick)
    return root


def with_boxes(root):
    """NIH's layout, its images renamed and a box of a label that nobody knows."""
    boxed.write(root)
    # The lists of the split are separated by blanks.
    usable = [name for name in NAMES if not re.search(r"[\s\u2028]", name)]
    files = sorted((root / "images").iterdir())
    tables = {path: path.read_text() for path in root.iterdir() if path.is_file()}
    for number, path in enumerate(files):
        name = f"{usable[number % len(usable)]}~{number}.png"
        path.rename(path.with_name(name))
        quoted = '"' + name.replace('"', '""') + '"'
        for file, text in tables.items():
            tables[file] = text.replace(path.name, name if file.suffix == ".txt" else quoted)
    for file, text in tables.items():
        file.write_text(text.replace("Goitre", "=Goitre\x1b[31m<b>"), encoding="utf-8")
    return root


def commands(place):
    """Every command that reads images or what was made of them, by a name of its own."""
    made, cache = place / "made", ["--cache", str(place / "made" / "cache")]
    classes, table, boxes = ([str(place / name)] for name in (FOLDERS, "table", "boxes"))
    bundle = ["--bundle", str(made / "train")]
    words = ["--extractors", "orb_words", *cache, "--set", WORDS]
    logistic = [*words[:-1], f"{WORDS} logistic.views=words"]
    models = ["--classifiers", "logistic,xgboost", "--baseline", "logistic", "--replicates", "40"]
    trees = [*logistic[:-1], f"{logistic[-1]} xgboost.views=words xgboost.n_estimators=4"]
    files = [str(path) for path in sorted((place / FOLDERS).rglob("*.png"))[::9]]
    told = {
        "data": [
            "--data",
            *classes,
            "--check-images",
            "--duplicates",
            "--save-split",
            str(made / "split.json"),
            *cache,
        ],
        "data of a table": ["--data", *table, "--check-images", "--duplicates", *cache],
        "extract": ["--data", *classes, *words],
        "keypoints": [*files, "--detector", "orb", *cache],
        "keypoints of words": [
            "--data",
            *classes,
            "--gallery",
            "3",
            "--detector",
            "orb",
            "--set",
            WORDS,
            *cache,
        ],
        "train": ["--data", *classes, "--classifier", "logistic", *logistic],
        "train on boxes": ["--data", *boxes, "--classifier", "logistic", *logistic],
        "compare": ["--data", *classes, *trees, *models],
        "compare a table": ["--data", *table, *trees, *models],
        "explain": ["--data", *classes, "--n-images", "4", *bundle, *cache],
        "explain files": [*files, *bundle, *cache],
        "predict": ["--data", *classes, *bundle, *cache],
        "score": [
            "--labels",
            *classes,
            "--scores",
            f"mine={made / 'predict' / 'scores.csv'}",
        ],
        "score findings": [
            "--labels",
            *classes,
            "--scores",
            f"a={made / 'predict' / 'findings.csv'}",
        ],
        "score a table": [
            "--labels",
            *table,
            "--scores",
            f"a={made / 'compare a table' / 'predictions' / 'logistic.csv'}",
            "--scores",
            f"b={made / 'compare a table' / 'predictions' / 'xgboost.csv'}",
        ],
        "localize": [
            "--data",
            *boxes,
            "--bundle",
            str(made / "train on boxes"),
            "--replicates",
            "40",
            *cache,
        ],
        "robustness": [
            "--data",
            *classes,
            *bundle,
            "--replicates",
            "40",
            "--changes",
            "blur",
            "--severities",
            "5",
            *cache,
        ],
        "cache list": [],
        "cache verify": [],
        "cache prune": [],
    }
    for name, options in told.items():
        command, *rest = name.split()
        if command == "cache":
            yield name, [command, *rest, *cache]
        else:
            yield name, [command, *options, "--out", str(made / name)]


FOLDERS = "films \x1b[31m=<b>|`$"
REFUSED = [
    ["data", "--data", "{place}/\x1b[2Jnowhere\nwrote forged"],
    ["data", "--data", "{place}/table", "--findings", "\x1b[31mMass\n"],
    ["predict", "{place}/\x1b]0;x\x07\u202e.png", "--bundle", "{place}/made/train"],
    ["train", "--data", "{place}/table", "--classifier", "\x9b2Jcnn"],
    ["score", "--labels", "{place}/table", "--scores", "a={place}/\u202e=1\x1b.csv"],
    ["explain", "--bundle", "{place}/\x1b[31mnone"],
    ["localize", "--data", "{place}/" + FOLDERS, "--bundle", "{place}/made/train"],
]


def said(arguments):
    """Exit code of a command, and all that it printed."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = cli.main(arguments)
    return code, out.getvalue()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("hostile")
    class_folders(place / FOLDERS), table(place / "table"), with_boxes(place / "boxes")
    (place / "made").mkdir()
    return place


@pytest.fixture(scope="module")
def printed(place):
    """What every command printed, by its name; all of them did what they were asked."""
    told = {name: said(arguments) for name, arguments in commands(place)}
    assert {name: text for name, (code, text) in told.items() if code not in (0, 1)} == {}
    return {name: text for name, (_, text) in told.items()}


@pytest.fixture(scope="module")
def made(place, printed):
    def made(*endings):
        found = [path for path in (place / "made").rglob("*") if path.suffix in endings]
        assert found
        return found

    return made


def hidden(text):
    return [text[max(0, each.start() - 40) : each.end() + 20] for each in IN_LINES.finditer(text)]


def test_no_line_that_is_printed_steers_a_terminal_or_is_forged(printed):
    assert {name: hidden(text) for name, text in printed.items() if hidden(text)} == {}
    lines = [line for text in printed.values() for line in text.splitlines()]
    assert not [line for line in lines if line.startswith(("error: forged", "wrote forged"))]
    assert any(r"\x1b[31m" in line for line in lines)


@pytest.mark.parametrize("arguments", REFUSED, ids=lambda arguments: arguments[0])
def test_an_error_is_one_line_that_shows_what_it_names(place, printed, arguments):
    code, text = said([word.format(place=place) for word in arguments])
    assert (code, hidden(text)) == (2, [])
    assert text.splitlines()[-1].startswith("error: ")
    assert not re.search("^wrote forged", text, re.MULTILINE)


def test_no_cell_of_any_table_is_a_formula(made):
    for path in made(".csv"):
        text = path.read_text(encoding="utf-8")
        assert hidden(text) == [], path
        rows = list(csv.reader(io.StringIO(text)))
        assert {len(row) for row in rows} == {len(rows[0])}, path
        assert len(rows) == len(text.splitlines()), path
        cells = [cell for row in rows for cell in row if not is_number(cell)]
        assert [cell for cell in cells if TO_MARK.match(cell) and cell[0] != "'"] == [], path


def test_no_name_is_markup_in_any_page(made):
    for path in made(".html"):
        text = path.read_text(encoding="utf-8")
        assert hidden(text) == [], path
        page = Page(text)
        assert page.open == [], path
        assert set(re.findall("<script.*?</script>", text, re.DOTALL)) <= {OUR_SCRIPT}, path
        assert {each.get("role") for each in page.all("svg")} <= {"img"}, path
        assert page.all("link") == [], path
        assert all(image["src"].startswith("data:image/") for image in page.all("img")), path
        assert not [tag for _, told in page.elements for tag in told if tag.startswith("on")], path
        assert "<script>alert(1)<" in page.text or "=Mass|<b>" in page.text, path


def test_no_name_is_markup_in_any_card(made):
    for path in made(".md"):
        text = path.read_text(encoding="utf-8")
        assert hidden(text) == [], path
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        assert set(re.findall(r"<(\w+)", html)) <= TAGS_OF_CARDS, path
        sizes = {len(re.findall("<t[dh]", row)) for row in re.findall("<tr>.*?</tr>", html, re.S)}
        assert sizes <= {2, 4, 8}, path


def test_json_files_hold_nothing_unseen_and_can_be_read(made):
    for path in made(".json", ".jsonl"):
        text = path.read_text(encoding="utf-8")
        assert hidden(text) == [], path
        for line in text.splitlines() if path.suffix == ".jsonl" else [text]:
            json.loads(line)


def test_every_file_has_a_harmless_name_of_its_own(place, made):
    files = [path for path in (place / "made").rglob("*")]
    names = [str(path.relative_to(place)).casefold() for path in files]
    assert len(set(names)) == len(names)
    assert [path for path in files if not re.fullmatch(r"\w[\w. -]*", path.name)] == []
    panels = [path for path in made(".png") if path.parent.name == "panels"]
    told = json.loads((place / "made" / "explain" / "explain.json").read_text())
    assert len(panels) >= sum(len(image["decisions"]) for image in told["films"]) > 0


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("score", "predict/scores.csv"),
        ("score findings", "predict/scores.csv"),
        ("score a table", "compare a table/predictions/logistic.csv"),
    ],
)
def test_our_own_tables_match_their_images_again(place, printed, name, table):
    told = json.loads((place / "made" / name / "report.json").read_text())
    assert told["data"]["films"] == len((place / "made" / table).read_text().splitlines()) - 1 > 10


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True
