import numpy as np
import pytest

from datasets import loading
from datasets.options import Reading
from errors import DatasetNotFound, InvalidOption, UnknownPlugin
from tests import fakes

pytestmark = pytest.mark.usefixtures("no_images_in_the_project")


@pytest.mark.parametrize("layout", fakes.LAYOUTS)
def test_auto_knows_every_layout(tmp_path, layout):
    root = fakes.LAYOUTS[layout](tmp_path / "films")
    assert loading.load(Reading(data=root)).format == layout


def test_a_folder_in_no_layout_is_refused_with_what_it_holds(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(DatasetNotFound, match=r"it contains notes\.txt"):
        loading.load(Reading(data=tmp_path))


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DatasetNotFound, match="nowhere"):
        loading.load(Reading(data=tmp_path / "nowhere"))


def test_an_unknown_format_is_refused_with_the_nearest_names(tmp_path):
    with pytest.raises(UnknownPlugin, match="did you mean chexpert"):
        loading.load(Reading(data=fakes.chexpert(tmp_path), format="chexprt"))


def test_a_table_without_any_image_is_refused(tmp_path):
    root = fakes.nih(tmp_path)
    for path in (root / "images").iterdir():
        path.unlink()
    with pytest.raises(DatasetNotFound, match="--no-images"):
        loading.load(Reading(data=root))


def test_the_table_alone_is_enough_without_images(tmp_path):
    root = fakes.nih(tmp_path)
    for path in (root / "images").iterdir():
        path.unlink()
    assert len(loading.load(Reading(data=root, images=False))) == len(fakes.NIH_ROWS)


def test_views_can_be_chosen_and_what_was_left_out_is_told(tmp_path):
    root = fakes.chexpert(tmp_path)
    images = loading.load(Reading(data=root, views="frontal"))
    assert "LATERAL" not in set(images.meta["view"])
    note = "views: only frontal (AP 3, PA 1); 1 other images left out (LATERAL 1)"
    assert images.notes[-1] == note


def test_images_lying_down_are_ap_and_shown_apart(tmp_path):
    rows = [(*row[:6], "AP_horizontal", *row[7:]) for row in fakes.PADCHEST_ROWS[1:]]
    root = fakes.padchest(tmp_path, [fakes.PADCHEST_ROWS[0], *rows])
    images = loading.load(Reading(data=root, views="AP"))
    assert images.meta["view"].tolist() == ["AP_HORIZONTAL"] * len(rows)


def test_an_image_without_a_view_is_frontal_only_where_no_image_is_lateral(tmp_path):
    root = fakes.padchest(tmp_path)
    images = loading.load(Reading(data=root, views="frontal"))
    assert "" not in set(images.meta["view"])
    assert "left out (LATERAL 1, not known 1)" in images.notes[-1]
    table = next(root.glob("PADCHEST*"))
    table.write_text(table.read_text().replace(",L,", ",PA,"))
    assert len(loading.load(Reading(data=root, views="frontal"))) == len(fakes.PADCHEST_ROWS)


def test_an_unknown_view_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="all, frontal, lateral, PA, AP"):
        loading.load(Reading(data=fakes.nih(tmp_path), views="oblique"))


def test_a_view_that_no_image_has_is_refused_with_the_views_there(tmp_path):
    with pytest.raises(DatasetNotFound, match=r"none of 6 in \S+ is lateral \(views: AP, PA\)"):
        loading.load(Reading(data=fakes.nih(tmp_path), views="lateral"))


@pytest.mark.parametrize("layout", fakes.LAYOUTS)
@pytest.mark.parametrize("flag", ["uncertain", "blank"])
def test_a_misspelt_policy_is_refused_even_where_no_label_is_open(tmp_path, layout, flag):
    with pytest.raises(InvalidOption, match="got 'maybe'"):
        loading.load(Reading(data=fakes.LAYOUTS[layout](tmp_path), **{flag: "maybe"}))


def test_findings_can_be_chosen_in_the_order_asked_for(tmp_path):
    root = fakes.nih(tmp_path)
    whole = loading.load(Reading(data=root))
    images = loading.load(Reading(data=root, findings="Infiltration,Cardiomegaly"))
    assert images.label_names == ("Infiltration", "Cardiomegaly")
    column = whole.label_names.index("Infiltration")
    np.testing.assert_array_equal(images.labels[:, 0], whole.labels[:, column])


def test_an_unknown_finding_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="got Gout"):
        loading.load(Reading(data=fakes.nih(tmp_path), findings="Gout"))


def test_a_marked_folder_is_synthetic_and_another_is_not(tmp_path):
    root = fakes.nih(tmp_path)
    assert not loading.load(Reading(data=root)).synthetic
    (root / loading.SYNTHETIC).write_text("drawn")
    assert loading.load(Reading(data=root)).synthetic


def test_a_seed_below_zero_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="--seed must be at least 0; got"):
        loading.load(Reading(data=fakes.folders(tmp_path), seed=-1))


@pytest.mark.parametrize("prefix", ["C:\\data\\img\\", "xray_images\\", "\\\\server\\share\\"])
def test_paths_of_windows_find_their_files(tmp_path, prefix):
    rows = fakes.GROUND_TRUTH.splitlines()
    root = fakes.ground_truth(tmp_path)
    (root / "Ground_Truth.csv").write_text(
        "\n".join([rows[0], *(prefix + row for row in rows[1:])])
    )
    images = loading.load(Reading(data=root))
    assert [path[-5:] for path in images.paths] == [f"{name}.png" for name in "abcdef"]
    assert not images.skipped


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (
            "xray_images/other.png",
            r"the first id is 'a\.png', and an image there is xray_images/other",
        ),
        ("xray_images/b.tif", r"the first id is 'a\.png', and there is xray_images/b\.tif, but"),
        ("notes.txt", r"the first id is 'a\.png', and there are no images"),
    ],
)
def test_where_no_image_is_found_it_is_said_what_was_looked_for_and_what_is_there(
    tmp_path, file, told
):
    root = fakes.ground_truth(tmp_path)
    for path in (root / "xray_images").iterdir():
        path.unlink()
    (root / file).touch()
    with pytest.raises(DatasetNotFound, match=told):
        loading.load(Reading(data=root))


def test_images_of_a_kind_that_is_not_read_are_pointed_out(tmp_path):
    root = fakes.ground_truth(tmp_path)
    for name in "ab":
        (root / "xray_images" / f"{name}.png").rename(root / "xray_images" / f"{name}.tif")
    images = loading.load(Reading(data=root))
    assert images.notes[-1].startswith("2 images have no file; there is xray_images/a.tif, but")


def test_an_option_of_another_format_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="--votes is for --format vindr; this data set has"):
        loading.load(Reading(data=fakes.nih(tmp_path), votes="any"))


def test_a_misspelled_finding_of_a_users_table_is_pointed_out(tmp_path):
    table = fakes.GROUND_TRUTH.replace("Effusion", "Pnuemonia")
    notes = loading.load(Reading(data=fakes.ground_truth(tmp_path, table))).notes
    assert any("if Pneumonia is meant" in note for note in notes)


def test_labels_are_renamed_by_a_table_before_findings_are_chosen(tmp_path):
    (tmp_path / "map.csv").write_text("name,finding\nMass,Lesion\n")
    root = fakes.ground_truth(tmp_path / "films")
    images = loading.load(Reading(data=root, map=tmp_path / "map.csv", findings="Lesion"))
    assert images.label_names == ("Lesion",)


def test_a_table_that_the_layout_does_not_use_is_named(tmp_path):
    root = fakes.nih(tmp_path)
    (root / "mine.csv").write_text("a,b\n1,2\n")
    notes = loading.load(Reading(data=root)).notes
    assert "tables that this layout does not use: mine.csv" in notes
    assert not any("BBox_List" in note for note in notes)


def test_a_whole_data_set_has_no_split(tmp_path):
    folder = fakes.nih(tmp_path / "nih")
    whole = loading.load_whole(Reading(data=folder))
    assert whole.split is None
    assert whole.ids.tolist() == loading.load(Reading(data=folder)).ids.tolist()


def test_a_whole_data_set_may_be_too_small_for_a_split(tmp_path):
    table = "image,patient,Mass\na.png,p1,1\nb.png,p1,0\n"
    folder = fakes.ground_truth(tmp_path / "small", table)
    assert len(loading.load_whole(Reading(data=folder))) == 2
