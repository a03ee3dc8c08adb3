import pytest

from errors import InvalidOption

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"global_clipnorm": 0}, "global_clipnorm must be above 0"),
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"ema_momentum": 1}, "ema_momentum must be from 0 to below 1"),
        ({"loss": "none such"}, "loss must be one of"),
    ],
    ids=str,
)
def test_what_no_training_takes_is_refused(options, words):
    from models.image_options import FineTuning, check_options

    with pytest.raises(InvalidOption, match=words):
        check_options(FineTuning(**options))


def test_the_defaults_are_taken():
    from models.image_options import FineTuning, check_options

    assert check_options(FineTuning()) is None
