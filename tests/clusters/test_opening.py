import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusters import opening
from datasets import sources
from errors import InvalidOption
from evaluation.auc import label_aucs, macro
from evaluation.bootstrap import ALONE
from inference.bundle_options import Predict
from models import bundle
from models.classifiers.xgboost import Xgboost
from models.views import DEEP
from pipelines import asked_features, predict, train
from pipelines.command_options import Train
from tests.features.stubs import OwnCrew

# Each worker draws its own films, and 792 real ones are few: by default three seeds' macro AUCs
# are 0.014 apart. Where all films are drawn nothing is left to chance but the bins' bounds.
ALL_IMAGES = {"subsample": 1.0, "max_bin": 256, "n_estimators": 60, "learning_rate": 0.1}
CLUSTERS = {"auto": "local:2", "always": ""}


@pytest.mark.parametrize("cluster", ["local", "local:", "local:0", "local:-1", "two", "no.py"])
def test_what_means_no_workers_is_refused(cluster):
    with pytest.raises(InvalidOption, match="--cluster takes local:N"), opening.opened(cluster):
        pass


@pytest.mark.parametrize("cluster", ["local:2", "tcp://host:8786", "tls://host:1", __file__])
def test_what_means_workers_is_taken(cluster):
    assert opening.check(cluster) is None


def test_without_a_cluster_there_is_no_crew():
    with opening.opened("") as crew:
        assert crew is None
    assert opening.resamplers(None) is ALONE


def test_a_crew_resamples_in_as_many_shares_as_it_works_on_at_a_time():
    workers = opening.resamplers(OwnCrew())
    assert workers.shares == 2
    assert list(workers.work(sum, [(1, 2), (3,)])) == [3, 3]


@pytest.mark.slow
def test_dask_is_imported_only_where_it_is_asked_for():
    program = (
        "import sys; from pipelines import extract;"
        "sys.exit(any(name in sys.modules for name in ('dask', 'distributed')))"
    )
    project = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=project).returncode == 0


@pytest.fixture(scope="module")
def real_images(real_data, tmp_path_factory):
    """1,216 real films as a real network's vectors, and how they were extracted."""
    weights = real_data / "weights" / "squeezenet_imagenet.keras"
    options = Train(
        data=real_data / "nih512",
        cache=tmp_path_factory.mktemp("cache"),
        extractors="resnet50",
        weights=str(weights),
        classifier="xgboost",
        set=f"xgboost.views={DEEP}",
    )
    return options, asked_features.extract(sources.images_of(options), options, None)


@pytest.fixture(scope="module")
def grown(real_images, crew):
    """By `spread`, a booster of these films and what it says of those of the test."""
    _, extracted = real_images
    images, views = extracted.images, asked_features.views_of(extracted, False)
    validation = views.select(images.validation), images.labels[images.validation]
    made = {}
    for spread in CLUSTERS:
        classifier = Xgboost(views=(DEEP,), use_cluster=spread, **ALL_IMAGES).grow_on(
            crew.client if spread == "always" else None
        )
        classifier.fit(
            views.select(images.train), images.labels[images.train], validation=validation
        )
        made[spread] = classifier, classifier.predict_proba(views.select(images.test))
    return made


@pytest.mark.real
@pytest.mark.long
def test_workers_and_one_machine_learn_equally_well_from_real_images(real_images, grown):
    images = real_images[1].images
    alone, together = (
        macro(label_aucs(images.labels[images.test], said)) for _, said in grown.values()
    )
    assert alone > 0.65
    assert together == pytest.approx(alone, abs=0.005)


@pytest.mark.real
@pytest.mark.long
@pytest.mark.parametrize("spread", CLUSTERS)
def test_a_bundle_made_by_either_is_read_by_the_other(spread, real_images, grown, tmp_path):
    options, extracted = real_images
    classifier, said = grown[spread]
    images, views = extracted.images, asked_features.views_of(extracted, False)
    validation = views.select(images.validation), images.labels[images.validation]
    made = train.bundled(classifier, extracted, validation, options)
    bundle.save(made, tmp_path / "bundle")
    few = images.paths[images.test][:6]
    asked = Predict(
        image=list(map(Path, few)),
        bundle=tmp_path / "bundle",
        weights=options.weights,
        out=tmp_path,
        cluster=CLUSTERS[spread],
    )
    predict.run(asked)
    written = pd.read_csv(tmp_path / "scores.csv").iloc[:, 1:].to_numpy()
    np.testing.assert_allclose(written, made.calibration(said)[:6], atol=1e-4)
