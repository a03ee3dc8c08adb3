import pytest

from errors import InvalidOption, UnknownPlugin
from pipelines.asked_classifier import check_thresholds, make
from pipelines.command_options import Train


def test_a_recall_that_no_threshold_is_chosen_by_is_refused():
    check_thresholds(Train(thresholds="recall", recall=0.9))
    with pytest.raises(InvalidOption, match="--recall needs --thresholds recall; got f1"):
        check_thresholds(Train(recall=0.9))


def test_a_classifier_is_made_with_the_settings_asked_for():
    made = make(Train(classifier="logistic", set="logistic.C=3", seed=7))
    assert (made.C, made.seed) == ((3,), 7)


def test_metadata_becomes_one_more_view():
    plain, joined = (make(Train(classifier="logistic", metadata=asked)) for asked in (False, True))
    assert joined.views == (*plain.views, "metadata")


@pytest.mark.slow
def test_metadata_is_refused_where_it_cannot_join():
    with pytest.raises(InvalidOption, match="several views; cnn has one"):
        make(Train(classifier="cnn", metadata=True))


def test_an_unknown_classifier_is_refused_with_the_nearest():
    with pytest.raises(UnknownPlugin, match="did you mean logistic"):
        make(Train(classifier="logistics"))
