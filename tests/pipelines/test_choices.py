import pytest

from errors import InvalidOption
from pipelines import choices
from pipelines.command_options import Compare, Extract, Train
from tests.forgeries import NETWORK_FILE


def unused(options):
    return list(choices.without_effect(options))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            Extract(extractors="orb_words", weights="random"),
            "--weights has no effect: --extractors",
        ),
        (Extract(extractors="orb_words", image_size=64), "--image-size has no effect"),
        (Extract(missing="skip"), "--missing has no effect without --embeddings"),
        (Extract(estimate=9, embeddings=["a=b"]), "--embeddings has no effect with --estimate"),
        (
            Train(classifier="logistic", embeddings=["mine:words=e.npz"]),
            "mine is not used: logistic uses no visual words",
        ),
        (Extract(extractors="orb_words", precision="mixed"), "--precision has no effect"),
        (Extract(workers=4), "--workers has no effect without --estimate"),
        (Extract(estimate=9, cluster="local:2"), "--cluster has no effect with --estimate"),
        (Extract(set="sift_words.n_jobs=3"), "sift_words.n_jobs has no effect: --jobs sets it"),
        (
            Train(classifier="logistic", set="logistic.views=words", weights="random"),
            "--weights has no effect: no classifier here uses a network",
        ),
        (
            Train(classifier="logistic", set="logistic.views=words", backbone="densenet121"),
            "--backbone has no effect: no classifier",
        ),
        (
            Train(classifier="logistic", extractors="resnet50,orb_words"),
            "orb_words is not used: logistic uses no visual words",
        ),
        (
            Train(classifier="logistic", set="dense_sift_fisher.step=4"),
            "dense_sift_fisher is not used: logistic uses no visual words",
        ),
        (
            Train(classifier="logistic", resume=True),
            "--resume has no effect: logistic does not train on images",
        ),
        (
            Compare(classifiers="logistic", inner_folds=3),
            "--inner-folds has no effect without --tune",
        ),
        (
            Compare(classifiers="logistic", seeds=3),
            "--seeds has no effect on logistic, which uses no random numbers",
        ),
        (
            Compare(classifiers="logistic", metadata=True),
            "--metadata has no effect on logistic: only hybrids",
        ),
        (
            Compare(classifiers="xgboost", set="xgboost.seed=3"),
            "xgboost.seed has no effect: --seed and --seeds set it",
        ),
    ],
)
def test_an_option_that_changes_nothing_is_named_with_the_reason(options, sentence):
    (found,) = unused(options)
    assert found.startswith(sentence)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            Train(classifier="cnn", set="cnn.focal_gamma=3"),
            "cnn.focal_gamma has no effect without cnn.loss=focal or cnn.loss=hybrid",
        ),
        (
            Train(classifier="cnn", set="cnn.target_prevalence=0.3"),
            "cnn.target_prevalence has no effect without cnn.resampling=over",
        ),
        (
            Train(classifier="cnn", set="cnn.optimizer=adam cnn.weight_decay=3"),
            "cnn.weight_decay has no effect without cnn.optimizer=adamw",
        ),
        (
            Train(classifier="finetuned", set="finetuned.augmentation=none finetuned.flip=True"),
            "finetuned.flip has no effect without finetuned.augmentation=mild",
        ),
        (
            Compare(classifiers="cnn,late_fusion", set="cnn.epochs=9"),
            "cnn.epochs has no effect on the cnn inside late_fusion",
        ),
        (
            Compare(classifiers="finetuned_dual,cnn", extractors="resnet50,densenet121,orb_words"),
            "resnet50, the first network of --extractors, is the one trained on images",
        ),
        (
            Compare(
                classifiers="finetuned_dual,logistic",
                extractors="onnx_file,resnet50,orb_words",
                weights="onnx_file=net.onnx",
            ),
            "resnet50, the first network of --extractors, is the one trained on images",
        ),
        (
            Compare(classifiers="logistic:resnet50", extractors="resnet50,densenet121"),
            "densenet121 is not used: logistic:resnet50 uses only resnet50",
        ),
        (
            Compare(classifiers="logistic:words,logistic:lbp", extractors="lbp,hog,resnet50"),
            "resnet50 is not used: logistic:words and logistic:lbp use only lbp and visual words",
        ),
    ],
)
def test_a_parameter_that_changes_nothing_is_named_with_the_reason(options, sentence):
    (found,) = unused(options)
    assert found.startswith(sentence)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        *(Extract(), Train(), Compare()),
        Extract(extractors="resnet50,orb_words", weights="random", image_size=64),
        Extract(extractors="pixels", image_size=64),
        Extract(estimate=9, workers=4),
        Train(classifier="cnn", set="cnn.loss=focal cnn.focal_gamma=3"),
        Train(classifier="finetuned", extractors="resnet50", weights="random", resume=True),
        Compare(classifiers="cnn", seeds=3),
        Compare(classifiers="logistic"),
    ],
)
def test_options_that_count_are_not_warned_of(options):
    assert unused(options) == []


def test_a_network_in_anothers_place_is_shown_and_what_has_no_effect_is_warned_of(capsys):
    file = str(NETWORK_FILE)
    choices.announce(Extract(weights=file, extractors="resnet50", workers=2))
    shown = capsys.readouterr().err
    assert f"{file} holds another network than resnet50" in shown
    assert "warning: --workers has no effect without --estimate" in shown


def test_a_network_without_a_user_is_not_replaced():
    options = {"classifier": "logistic", "set": "logistic.views=words"}
    assert choices.replaced(Train(weights=str(NETWORK_FILE), **options)) == []


def test_what_is_refused_is_not_announced_before(capsys):
    options = Extract(weights=str(NETWORK_FILE), extractors="keras_file,small_resnet")
    with pytest.raises(InvalidOption, match="is for one network"):
        choices.announce(options)
    assert capsys.readouterr().err == ""
