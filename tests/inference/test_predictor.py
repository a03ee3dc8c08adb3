from inference import predictor as predictor_module
from tests import fakes


def test_the_five_lines_of_the_docstring_run_and_print_findings(place, tmp_path, capsys):
    fakes.write_picture(tmp_path / "image.png", size=128)
    fakes.write_dicom(tmp_path / "image.dcm", fakes.picture(0, 128))
    _, _, lines = predictor_module.__doc__.partition("\n\n")
    assert len(lines.strip().splitlines()) == 5
    for name, path in (("runs/train/latest", place / "bundle"), ("image.", tmp_path / "image.")):
        lines = lines.replace(f'"{name}', f'"{path}')
    exec(lines, {})
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in printed] == [
        [image, label] for image in ("image.png", "image.dcm") for label in ("sick", "well")
    ]
