from reports.report_figures import Evaluated
from tests.reports.comparisons import values


def test_figures_are_read_from_the_dicts_of_evaluation():
    written, _, _ = values()
    evaluated = Evaluated.of({key: written[key] for key in ("floors", "models", "comparisons")})
    edema = evaluated.models["sharp"].labels["Edema"]
    assert edema.auc_ci == written["models"]["sharp"]["labels"]["Edema"]["auc_ci"]
    (pair,) = evaluated.comparisons
    assert (pair.name, pair.macro_p) == ("vague − sharp", written["comparisons"][0]["p"])


def test_only_a_model_trained_as_a_control_is_one():
    written, _, _ = values(("sharp",))
    trained = {"macro_auc_by_seed": [0.5], "member_shares": {}}
    for control in (True, False):
        written["models"]["sharp"] |= trained | {"control": control}
        keys = ("floors", "models", "comparisons")
        evaluated = Evaluated.of({key: written[key] for key in keys})
        assert evaluated.models["sharp"].is_control == control
