from types import SimpleNamespace

from reports import member_shares


def test_a_fusion_lists_its_shares_and_what_has_weight_0():
    fusion = SimpleNamespace(member_shares={"cnn": 1.0, "xgboost": 0.0}, weightless=("words",))
    assert member_shares.of_members(fusion) == [
        "shares of members: cnn 1.00, xgboost 0.00",
        "visual words got weight 0: this bundle is cnn alone",
    ]
    assert member_shares.of_members(SimpleNamespace(member_shares={}, weightless=())) == []


def test_members_without_weight_are_named_if_others_take_the_same():
    shares = {"cnn": 0.5, "logistic": 0.0, "xgboost": 0.5}
    (_, lost) = member_shares.of_members(SimpleNamespace(member_shares=shares, weightless=()))
    assert lost == "logistic got weight 0"
