import pytest

from errors import InvalidOption
from pipelines import taken_blocks
from pipelines.command_options import Compare, Extract, Train

TWO = {"extractors": "dense_sift_fisher", "network": ["one=a.onnx", "other=b.onnx"]}


def test_a_block_of_a_file_is_an_embedding():
    options = Extract(**TWO)
    named = {name: taken_blocks.kind_named(name, options) for name in ("one", "orb_words", "deep")}
    assert named == {"one": "deep", "orb_words": "words", "deep": "deep"}


def test_a_name_of_no_block_is_refused_with_those_in_use():
    with pytest.raises(InvalidOption, match=r"\(dense_sift_fisher, one, other\); got 'two'"):
        taken_blocks.kind_named("two", Extract(**TWO))


def test_kinds_are_those_of_the_blocks_that_classifiers_take():
    options = Compare(classifiers="logistic:one,logistic:words", baseline="logistic:one", **TWO)
    assert taken_blocks.taken(options) == {"one", "words"}
    assert taken_blocks.kinds_of(options) == {"deep", "words"}


def test_by_default_several_networks_have_an_ensemble():
    assert taken_blocks.with_ensemble(Compare(**TWO)).classifying[-1] == "ensemble"
    embedded = Compare(extractors="resnet50", embeddings=["mine=a.csv"])
    assert "ensemble" in taken_blocks.with_ensemble(embedded).classifying
    for one in (Compare(), Compare(classifiers="cnn", **TWO)):
        assert taken_blocks.with_ensemble(one) == one


def test_what_a_classifier_takes_must_be_given():
    options = Train(classifier="logistic:one", **TWO)
    taken_blocks.check_needs(options, {"one": "deep"})
    with pytest.raises(InvalidOption, match=r"logistic:one uses one; --extractors .* gives no one"):
        taken_blocks.check_needs(options, {"other": "deep"})


@pytest.mark.slow
@pytest.mark.parametrize(
    "classifying",
    [
        {"classifier": "cnn:dense_sift_fisher"},
        {"classifier": "late_fusion", "set": "late_fusion.members=cnn:dense_sift_fisher,cnn:one"},
    ],
)
def test_a_classifier_of_embeddings_takes_no_visual_words(classifying):
    with pytest.raises(InvalidOption, match="cnn takes embeddings alone; dense_sift_fisher is"):
        taken_blocks.check_needs(
            Train(**TWO, **classifying), {"one": "deep", "dense_sift_fisher": "words"}
        )


def test_one_name_is_not_of_a_network_and_of_embeddings():
    with pytest.raises(InvalidOption, match="one must be in --embeddings or in --network"):
        taken_blocks.embedded(Extract(**TWO, embeddings=["one=a.csv"]))
