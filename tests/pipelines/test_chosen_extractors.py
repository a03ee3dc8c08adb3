import pytest

from errors import InvalidOption, UnknownPlugin, WeightsUnavailable
from models.classifiers.logistic import Logistic
from pipelines import chosen_extractors, taken_blocks
from pipelines.command_options import Compare, Extract, Train
from tests.features import onnx_networks


def build(**options):
    return chosen_extractors.build(Extract(**options), allow_random=False)


def test_extractors_come_in_the_order_asked_for_and_once():
    made = build(extractors="sift_words, orb_words,sift_words,")
    assert list(made) == ["sift_words", "orb_words"]


def test_settings_reach_their_extractor_as_values_of_its_kind():
    settings = "orb_words.n_words=7 dense_sift_words.bin_sizes=8,16 orb_words.equalise=True"
    made = build(extractors="orb_words,dense_sift_words", set=settings)
    assert (made["orb_words"].n_words, made["orb_words"].equalise) == (7, True)
    assert made["dense_sift_words"].bin_sizes == (8, 16)


def test_a_single_value_will_do_where_several_may_stand():
    made = build(extractors="dense_sift_words", set="dense_sift_words.bin_sizes=8")
    assert made["dense_sift_words"].bin_sizes == (8,)


def test_another_backbone_takes_the_networks_place():
    made = build(extractors="orb_words,resnet50", backbone="densenet121", weights="random")
    assert list(made) == ["orb_words", "densenet121"]


@pytest.mark.parametrize(
    ("flags", "network"),
    [
        ({"extractors": "conv_fisher"}, "resnet50"),
        ({"extractors": "conv_fisher,densenet121"}, "densenet121"),
        ({"extractors": "resnet50,conv_fisher", "backbone": "inceptionv3"}, "inceptionv3"),
        ({"extractors": "conv_fisher", "set": "conv_fisher.network=densenet121"}, "densenet121"),
    ],
)
def test_feature_maps_are_those_of_the_network_in_use(flags, network):
    made = build(weights="random", image_size=64, **flags)["conv_fisher"]
    assert (made.network, made.weights, made.image_size) == (network, "random", 64)


def test_flags_of_the_network_reach_it():
    made = build(extractors="resnet50", weights="random", image_size=64, precision="bfloat16")
    network = made["resnet50"]
    assert (network.image_size, network.policy) == (64, "mixed_bfloat16")


def kinds(**options):
    made = chosen_extractors.build(Compare(weights="random", **options), allow_random=False)
    return {name: chosen_extractors.kind_of(each) for name, each in made.items()}


def test_where_classifiers_take_part_only_what_they_look_at_is_made():
    assert kinds(classifiers="logistic") == {"resnet50": "deep"}
    both = {"resnet50": "deep", "dense_sift_fisher": "words"}
    assert kinds(classifiers="logistic,xgboost") == both
    assert kinds(classifiers="logistic", set="logistic.views=deep,words") == both


@pytest.mark.slow
def test_images_of_the_networks_size_are_added_where_it_is_trained():
    options = {"classifiers": "finetuned", "image_size": 64, "weights": "random"}
    made = chosen_extractors.build(Compare(**options), allow_random=False)
    assert list(made) == ["pixels"]
    assert made["pixels"].image_size == 64
    assert kinds(classifiers="finetuned_dual,cnn", image_size=64) == {
        "resnet50": "deep",
        "dense_sift_fisher": "words",
        "pixels": "pixels",
    }


@pytest.mark.slow
def test_a_classifier_trains_the_network_that_the_options_name():
    from models.classifiers.finetuned import FineTuned

    options = {"extractors": "orb_words,resnet50", "backbone": "densenet121", "weights": "random"}
    network = chosen_extractors.trained_network(Train(classifier="finetuned", **options))
    made = chosen_extractors.with_network(FineTuned(), network)
    assert (made.backbone, made.weights) == ("densenet121", "random")


@pytest.mark.slow
def test_training_on_images_without_a_network_is_refused():
    with pytest.raises(InvalidOption, match="orb_words has none"):
        kinds(classifiers="finetuned", extractors="orb_words")


def test_a_file_of_embeddings_may_not_have_the_name_of_a_classifier():
    with pytest.raises(InvalidOption, match="must not be that of a classifier"):
        build(extractors="orb_words", embeddings=["cnn=e.npz"])


def test_features_from_files_meet_the_needs_of_classifiers():
    files = ["mine=e.npz", "other:words=e.npz"]
    made = chosen_extractors.build(
        Compare(classifiers="xgboost", extractors="", embeddings=files), allow_random=False
    )
    assert made == {}
    with pytest.raises(InvalidOption, match=r"--extractors \(none\) gives no visual words"):
        chosen_extractors.build(
            Compare(classifiers="xgboost", extractors="", embeddings=files[:1]), allow_random=False
        )


def test_other_classifiers_are_left_as_they_are():
    assert chosen_extractors.trained_network(Train(classifier="logistic")) == {}
    logistic = Logistic(seed=3)
    assert chosen_extractors.with_network(logistic, {"backbone": "resnet50"}) is logistic


def test_settings_of_what_is_not_asked_for_are_refused_with_the_flags_of_the_command():
    options = {"extractors": "orb_words", "set": "cnn.epochs=3"}
    with pytest.raises(InvalidOption, match=r"got cnn.*with --extractors\."):
        build(**options)
    with pytest.raises(InvalidOption, match="with --extractors or --classifiers"):
        kinds(classifiers="logistic", **options)


@pytest.mark.slow
def test_members_that_learn_from_images_are_given_images():
    members = "late_fusion.members=finetuned,dual_input:words"
    made = kinds(classifiers="late_fusion", set=members)
    assert made == {"dense_sift_fisher": "words", "pixels": "pixels"}


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"classifiers": "logistic", "extractors": "orb_words"}, "no embeddings"),
        ({"classifiers": "xgboost", "extractors": "resnet50"}, "no visual words"),
    ],
)
def test_a_classifier_that_would_find_none_of_its_features_is_refused(options, missing):
    with pytest.raises(InvalidOption, match=missing) as raised:
        kinds(**options)
    assert "Type --extractors" in str(raised.value)


def test_images_are_kept_at_the_size_asked_for():
    assert build(extractors="pixels", image_size=64)["pixels"].image_size == 64


def test_each_of_several_networks_may_be_given_its_weights():
    from tests.models import made_up

    file = made_up.backbone_file(16)
    settings = f"keras_file.weights={file} small_resnet.weights=random"
    made = build(extractors="keras_file,small_resnet", set=settings)
    weights = {name: each.weights for name, each in made.items()}
    assert weights == {"keras_file": str(file), "small_resnet": "random"}


def test_each_of_several_networks_has_its_weights_and_size():
    made = build(
        extractors="resnet50,densenet121,orb_words",
        weights="resnet50=random,densenet121=random",
        image_size="resnet50=64",
    )
    sizes = {name: made[name].preprocessing.image_size for name in ("resnet50", "densenet121")}
    assert sizes == {"resnet50": 64, "densenet121": 224}
    assert list(made) == ["resnet50", "densenet121", "orb_words"]


def test_files_are_networks_under_the_names_given(tmp_path):
    for name in ("one", "other"):
        onnx_networks.saved(tmp_path / f"{name}.onnx")
    made = build(
        extractors="orb_words",
        network=[f"{name}={tmp_path / name}.onnx" for name in ("one", "other")],
        set="onnx_file.scale=unit other.scale=raw",
    )
    assert list(made) == ["orb_words", "one", "other"]
    assert [made[name].content()["scale"] for name in ("one", "other")] == ["unit", "raw"]


def test_only_the_networks_that_classifiers_name_are_made():
    one = kinds(classifiers="logistic:resnet50", extractors="resnet50,small_resnet")
    assert one == {"resnet50": "deep"}


def test_a_network_that_no_classifier_takes_is_refused(tmp_path):
    path = onnx_networks.saved(tmp_path / "net.onnx")
    with pytest.raises(InvalidOption, match=r"--network mine must be used.*cnn:mine"):
        kinds(classifiers="logistic:resnet50", network=[f"mine={path}"])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"backbone": "orb_words"}, InvalidOption, "orb_words is not"),
        ({"backbone": "resnet51"}, UnknownPlugin, "did you mean resnet50"),
        ({"extractors": "orb_words", "backbone": "resnet50"}, InvalidOption, "has none"),
        ({"extractors": ","}, InvalidOption, "must name at least one; got ','"),
        ({"extractors": "hog_words"}, UnknownPlugin, "no 'hog_words'"),
        ({"extractors": "keras_file"}, InvalidOption, r"Add --weights FILE\.keras"),
        ({"extractors": "keras_file,resnet50", "weights": "a.keras"}, InvalidOption, "one network"),
        ({"weights": "nowhere.h5"}, WeightsUnavailable, r"no file nowhere\.h5"),
        ({"weights": "nowhere.keras"}, WeightsUnavailable, r"nowhere\.keras"),
        ({"precision": "double", "weights": "random"}, InvalidOption, "got 'double'"),
    ],
)
def test_what_cannot_be_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        build(**({"extractors": "resnet50"} | options))


def test_a_classifier_is_built_once_to_learn_what_it_needs():
    built = [taken_blocks.classifier("logistic", "logistic.views=words") for _ in range(2)]
    assert built[0] is built[1]
    assert built[0].needs == ("words",)
