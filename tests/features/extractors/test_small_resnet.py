import numpy as np
import pytest

from errors import WeightsUnavailable
from features.extractors.small_resnet import SmallResNet

pytestmark = pytest.mark.slow


def test_it_takes_rgb_from_0_to_255_as_it_is(images):
    planes = images(32)
    extractor = SmallResNet(weights="random", image_size=32)
    pixels = np.repeat(planes[..., None], 3, axis=-1).astype(np.float32)
    maps = np.asarray(extractor.backbone(pixels))
    np.testing.assert_allclose(
        extractor.transform_images(planes), maps.mean(axis=(1, 2)), rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize("weights", ["auto", "imagenet"])
def test_it_has_no_imagenet_weights_and_is_never_random_unasked(weights, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(WeightsUnavailable, match="was never trained on ImageNet"):
        SmallResNet(weights=weights).content()
    with pytest.raises(WeightsUnavailable, match="was never trained on ImageNet"):
        _ = SmallResNet(weights=weights).backbone
