import numpy as np
import pytest

from errors import InvalidOption, UnknownPlugin
from models.named import classifier_named, member_named, plugin_name, without_seed
from tests.models import made_up


def test_a_name_may_list_the_views_it_takes():
    made = classifier_named("logistic:words+metadata", seed=3)
    assert made.get_params()["views"] == ("words", "metadata")
    assert classifier_named("logistic", seed=3).seed == 3
    assert plugin_name("logistic:words+metadata") == "logistic"


@pytest.mark.slow
def test_a_name_may_list_the_networks_it_takes():
    assert classifier_named("cnn:resnet50").needs == ("resnet50",)
    assert classifier_named("cnn").needs == ("deep",)
    with pytest.raises(InvalidOption, match="cnn always takes deep; got 'cnn:words'"):
        classifier_named("cnn:words")


def test_one_of_several_embeddings_is_learned_from_as_if_it_were_alone():
    views, labels = made_up.labelled(60)
    net = views.arrays["net"]
    several = made_up.views(np.random.default_rng(5).normal(size=net.shape), views.arrays["sift"])
    blocks = {"noise": several.blocks["net"], **views.blocks}
    found = classifier_named("logistic:net").fit(
        type(views)(blocks), labels, validation=(views, labels)
    )
    alone = classifier_named("logistic").fit(views, labels, validation=(views, labels))
    np.testing.assert_array_equal(found.predict_proba(views), alone.predict_proba(views))


def test_what_takes_no_choice_is_given_none():
    with pytest.raises(InvalidOption, match=r"late_fusion always takes .* Leave :words out"):
        classifier_named("late_fusion:words", members=("logistic",))
    with pytest.raises(UnknownPlugin, match="logisitc"):
        classifier_named("logisitc:words")


def test_a_member_may_have_another_seed_than_the_others():
    seeds = [member_named(name, 2, {}).seed for name in ("xgboost", "xgboost@0", "xgboost:words@3")]
    assert seeds == [2, 2, 3002]
    assert member_named("xgboost:words@3", 2, {}).needs == ("words",)
    assert without_seed("xgboost:words@3") == "xgboost:words"


@pytest.mark.parametrize("typed", ["logistic@", "logistic@x", "logistic@-1"])
def test_a_seed_that_is_no_number_is_refused(typed):
    with pytest.raises(InvalidOption, match="Type, for example, logistic@1"):
        member_named(typed, 0, {})
