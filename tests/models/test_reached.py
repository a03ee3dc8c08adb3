import numpy as np

from models.reached import Reached


def reached(*aucs, start=(1.0, 0.6)):
    """A training with these validation AUCs, and all losses alike."""
    return Reached([(0.5, 1.0, auc, 0.1) for auc in aucs], [], start)


def test_only_an_epoch_that_beats_the_start_and_all_before_is_the_best():
    assert not reached(0.55).is_best
    assert reached(0.55, 0.65).is_best
    assert not reached(0.65, 0.62).is_best
    assert not reached(0.6).is_best


def test_of_equal_aucs_the_smaller_loss_is_better_than_the_start():
    assert reached(0.6, start=(1.5, 0.6)).is_best


def test_it_is_the_same_from_a_checkpoint():
    kept = Reached([(0.5, 1.0, 0.7, 0.1)], [0.25, 0.125], (1.0, 0.6))
    again = Reached.of(kept.arrays)
    np.testing.assert_array_equal(again.rows, kept.rows)
    assert (again.losses, list(again.start)) == ([0.25, 0.125], [1.0, 0.6])


def test_a_checkpoint_of_an_earlier_version_has_no_start():
    arrays = reached(0.3).arrays
    del arrays["start"]
    assert Reached.of(arrays).is_best


def test_a_line_gives_the_last_epoch():
    line = reached(0.5, 0.7).described(9, 12.34)
    assert line == "epoch 2 of 9: loss 0.5000, validation 1.0000, macro AUC 0.700, 12.3 images/s"
    assert reached(0.5).described(9, 12.34).endswith("images/s; 0.600 before fine-tuning")
