from inference import predictor as predictor_module
from tests import fakes


def test_embeddings_from_a_file_are_looked_up_by_the_names_of_the_images(embedded):
    files = [f"mine={embedded / 'e.npz'}"]
    predictor = predictor_module.Predictor(embedded / "bundle", embeddings=files)
    paths = [embedded / "films" / "sick" / f"f{number}.png" for number in (2, 0)]
    two = list(predictor.predict(paths))
    (one,) = predictor.predict(paths[1:])
    assert [each.id for each in two] == ["f2.png", "f0.png"]
    assert two[1] == one


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
