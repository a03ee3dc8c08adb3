import cv2
import numpy as np
import pytest

from errors import InvalidOption
from features.preprocessing import equalised

pytestmark = pytest.mark.slow

SIZE = 33
IMAGES = np.stack(
    [
        cv2.GaussianBlur(np.random.default_rng(seed).random((SIZE, SIZE)), (0, 0), 2)
        for seed in range(6)
    ]
)
IMAGES = ((IMAGES - IMAGES.min()) / np.ptp(IMAGES) * 255).astype(np.uint8)
FLAT = IMAGES.reshape(6, -1)
ONES = np.ones(6)


@pytest.fixture(scope="module")
def augmentation():
    from models import augmentation

    return augmentation


@pytest.fixture
def draws(augmentation):
    def draws(seed=0, strengths=ONES, flip=False, **policy):
        nothing = dict.fromkeys(augmentation.Policy.__dataclass_fields__, 0.0)
        chosen = augmentation.Policy(**nothing | policy)
        return augmentation.draw(chosen, strengths, SIZE, flip, np.random.default_rng(seed))

    return draws


@pytest.fixture
def augmented(augmentation):
    layer = augmentation.Augmentation(SIZE)

    def augmented(draws, rows=slice(None)):
        chosen = {name: values[rows] for name, values in augmentation.for_devices(draws).items()}
        return np.asarray(layer(FLAT[rows], chosen)).reshape(-1, SIZE, SIZE)

    return augmented


def test_the_policy_none_leaves_images_as_they_are(augmentation):
    found = augmentation.examples(FLAT, "none", flip=False, times=2, seed=0)
    np.testing.assert_array_equal(found, [IMAGES, IMAGES])


def test_an_image_is_turned_moved_and_zoomed_as_by_opencv(draws, augmented):
    drawn = draws(rotation=15, translation=0.1, zoom=0.1)
    for image, found, numbers in zip(IMAGES, augmented(drawn), drawn["transforms"], strict=True):
        matrix = numbers[:6].reshape(2, 3)
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        expected = cv2.warpAffine(image.astype(np.float32), matrix, (SIZE, SIZE), flags=how)
        # OpenCV rounds places to a 32nd of a pixel.
        np.testing.assert_allclose(found, expected, atol=6)
        assert np.abs(found - image).mean() > 5


def test_the_middle_stays_where_an_image_is_turned_and_zoomed_and_moves_with_a_shift(draws):
    middle = np.array([(SIZE - 1) / 2] * 2 + [1])
    turned = draws(rotation=15, zoom=0.1)["transforms"][:, :6].reshape(-1, 2, 3) @ middle
    np.testing.assert_allclose(turned, np.tile(middle[:2], (6, 1)), atol=1e-4)
    moved = draws(translation=0.1)["transforms"][:, :6].reshape(-1, 2, 3) @ middle
    assert 0 < np.abs(moved - middle[:2]).max() <= 0.1 * SIZE


def test_no_image_goes_further_than_the_policy(draws):
    many = draws(strengths=np.ones(500), rotation=15, brightness=0.1, contrast=0.1, noise=0.02)
    angles = np.degrees(np.arctan2(many["transforms"][:, 3], many["transforms"][:, 0]))
    for values, limit in (
        (angles, 15),
        (many["contrast"] - 1, 0.1),
        (many["brightness"] / 255, 0.1),
        (many["noise"] / 255, 0.02),
    ):
        assert 0.95 * limit < np.abs(values).max() <= limit * 1.0001


def test_contrast_is_about_the_images_own_mean(draws, augmented):
    drawn = draws(contrast=0.1)
    means = IMAGES.mean(axis=(1, 2), keepdims=True)
    expected = (IMAGES - means) * drawn["contrast"][:, None, None] + means
    np.testing.assert_allclose(augmented(drawn), np.clip(expected, 0, 255), atol=1e-2)


def test_brightness_is_added_and_ends_at_white(draws, augmented):
    drawn = draws(brightness=0.5)
    expected = np.clip(IMAGES + drawn["brightness"][:, None, None], 0, 255)
    np.testing.assert_allclose(augmented(drawn), expected, atol=1e-2)


def test_noise_has_the_spread_that_was_drawn_and_is_another_for_every_image(draws, augmented):
    drawn = draws(noise=0.02)
    noise = augmented(drawn) - IMAGES
    inside = (IMAGES > 20) & (IMAGES < 235)
    spreads = [image[mask].std() for image, mask in zip(noise, inside, strict=True)]
    np.testing.assert_allclose(spreads, drawn["noise"], rtol=0.15)
    pairs = np.corrcoef(noise.reshape(6, -1))[np.triu_indices(6, 1)]
    assert np.abs(pairs).max() < 0.2


def test_an_image_is_mirrored_only_if_asked_and_then_half_of_the_time(draws):
    def mirrored(flip):
        return draws(strengths=np.ones(400), flip=flip)["transforms"][:, 0] < 0

    assert not mirrored(False).any()
    assert 0.4 < mirrored(True).mean() < 0.6


def test_a_mirrored_image_is_the_image_from_right_to_left(draws, augmented):
    drawn = draws(flip=True)
    mirrored = drawn["transforms"][:, 0] < 0
    found = augmented(drawn)
    np.testing.assert_allclose(found[mirrored], IMAGES[mirrored][:, :, ::-1], atol=1e-3)
    np.testing.assert_allclose(found[~mirrored], IMAGES[~mirrored], atol=1e-3)


def test_strength_lets_an_image_go_further(draws):
    strengths = np.array([1, 1, 1, 2, 2, 2.0])
    plain, stronger = draws(brightness=0.1), draws(brightness=0.1, strengths=strengths)
    np.testing.assert_allclose(stronger["brightness"], plain["brightness"] * strengths, rtol=1e-6)


def test_images_that_are_drawn_for_it_are_equalised_before(augmentation, draws):
    drawn = draws(equalise=0.5)
    chosen = drawn["equalise"]
    assert 0 < chosen.sum() < 6
    found = augmentation.equalise(FLAT, drawn).reshape(IMAGES.shape)
    np.testing.assert_array_equal(found[~chosen], IMAGES[~chosen])
    np.testing.assert_array_equal(found[chosen], [equalised(image) for image in IMAGES[chosen]])


def test_an_image_gets_the_same_alone_as_among_others(draws, augmented):
    drawn = draws(rotation=15, contrast=0.1, noise=0.02)
    np.testing.assert_allclose(augmented(drawn, slice(2, 4)), augmented(drawn)[2:4], atol=1e-3)


def test_an_unknown_policy_is_refused_by_name(augmentation):
    with pytest.raises(InvalidOption, match="medical, mild, none; got 'wild'"):
        augmentation.policy_named("wild")
