import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


WORK = """
import sys
import numpy as np
from features.extractors.resnet50 import ResNet50
ResNet50(weights="random", image_size=32, batch_size=2).transform([np.zeros((40, 40), np.uint8)])
sys.stderr.write("!")
"""


@pytest.mark.slow
def test_tensorflow_comes_in_and_works_without_a_word():
    ran = subprocess.run([sys.executable, "-c", WORK], cwd=ROOT, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "!", 0)
