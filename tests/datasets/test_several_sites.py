import numpy as np
import pytest

from datasets.options import Work
from datasets.several_sites import images_of
from errors import InvalidOption
from tests import fakes


@pytest.fixture
def folders(tmp_path):
    fakes.nih(tmp_path / "nih")
    table = fakes.GROUND_TRUTH.replace("Effusion,Mass", "Cardiomegaly,Mass")
    root = fakes.ground_truth(tmp_path / "other", table)
    # Other pictures than those of the first site.
    for seed, path in enumerate(sorted((root / "xray_images").iterdir()), 50):
        fakes.write_picture(path, seed)
    return str(tmp_path / "nih"), str(root)


def test_each_site_is_read_in_its_own_layout(folders):
    images = images_of(Work(data=folders[0], format="nih"), [folders[1]])
    assert set(images.sites) == {"nih", "other"}
    cardiomegaly = images.labels[:, images.label_names.index("Cardiomegaly")]
    assert not np.isnan(cardiomegaly).all()
    assert "Hernia" in images.label_names


def test_findings_are_chosen_after_pooling(folders):
    options = Work(data=folders[0], findings="Hernia,Mass")
    assert images_of(options, [folders[1]]).label_names == ("Hernia", "Mass")


def test_a_policy_for_a_label_of_one_site_is_not_that_of_the_others(folders):
    options = Work(data=folders[1], uncertain="zeros,Mass=ones")
    images = images_of(options, [folders[0]])
    mass = images.labels[images.ids == "other/b.png", images.label_names.index("Mass")]
    assert mass.tolist() == [1]


def test_the_same_folder_twice_is_refused(folders):
    with pytest.raises(InvalidOption, match="Name each folder once"):
        images_of(Work(data=folders[0]), [f"{folders[0]}/../nih"])


def test_other_sites_need_a_first_one(folders):
    with pytest.raises(InvalidOption, match="got no --data"):
        images_of(Work(), [folders[0]])
