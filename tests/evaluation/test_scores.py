import numpy as np
import pytest

from errors import BadScores
from evaluation.scores import Scores, common_images, same_images


def scores(ids="abc", names=("Mass", "Edema"), model="cnn"):
    """Scores that spell out their image and label, so that a row out of place is seen."""
    values = np.array([[ord(image) / 1000 + len(name) / 100 for name in names] for image in ids])
    return Scores(model, np.array(list(ids), object), values, names)


@pytest.mark.parametrize("value", [-0.01, 1.01, np.nan, np.inf])
def test_what_is_no_probability_is_refused_with_its_row(value):
    values = np.full((4, 2), 0.5)
    values[2, 1] = value
    with pytest.raises(BadScores, match=rf"cnn has others on 1 rows.*: 2 .*Edema of c is {value}"):
        Scores("cnn", np.array(list("abcd"), object), values, ("Mass", "Edema"))


def test_at_most_five_wrong_rows_are_named_and_all_are_counted():
    with pytest.raises(BadScores, match=r"on 7 rows, counted from 0: 0, 1, 2, 3, 4, … "):
        Scores("cnn", np.arange(7), np.full((7, 1), 2.0), ("Mass",))


def test_0_and_1_are_probabilities():
    ends = Scores("cnn", np.arange(2), np.array([[0.0], [1.0]]), ("Mass",))
    assert ends.probabilities.ravel().tolist() == [0, 1]


def test_scores_in_another_order_are_put_into_the_first_ones():
    first, second = same_images([scores(), scores("cab", ("Edema", "Mass"), "hybrid")])
    assert second.model == "hybrid"
    assert second.ids.tolist() == first.ids.tolist()
    np.testing.assert_array_equal(second.probabilities, first.probabilities)


def test_models_over_other_images_are_refused_with_the_counts():
    with pytest.raises(BadScores, match=r"cnn has 3, hybrid 2, and 1 are in both.*--intersect"):
        same_images([scores(), scores("cd", model="hybrid")])


def test_as_many_images_that_are_others_are_refused_too():
    with pytest.raises(BadScores, match="same images"):
        same_images([scores("abc"), scores("abd", model="hybrid")])


def test_models_with_other_labels_are_refused():
    with pytest.raises(BadScores, match="same labels; cnn has 2, hybrid 1"):
        same_images([scores(), scores(names=("Mass",), model="hybrid")])


def test_the_intersection_has_common_images_and_labels_in_the_first_ones_order():
    first, second = common_images([scores("dabc"), scores("cxd", ("Mass", "Nodule"), "hybrid")])
    assert first.ids.tolist() == second.ids.tolist() == ["d", "c"]
    assert first.label_names == ("Mass",)
    np.testing.assert_array_equal(first.probabilities, second.probabilities)


def test_models_with_nothing_in_common_are_refused():
    with pytest.raises(BadScores, match="share 0 images and 2 labels"):
        common_images([scores("ab"), scores("cd", model="hybrid")])
