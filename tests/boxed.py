"""Films in NIH's layout whose finding is a fine-grained square on a smooth film, with its box."""

import numpy as np
from PIL import Image

from tests import fakes

SIDE, PATCH = 128, 48
BOX_HEADER = "Image Index,Finding Label,Bbox [x,y,w,h],,,"


def write(root, n_images=60):
    """Every second film has a Mass, in a corner that depends on the patient; half are tested."""
    (root / "images").mkdir(parents=True)
    names = [f"{number:08d}_000.png" for number in range(n_images)]
    rows, boxes = [fakes.NIH_HEADER], [BOX_HEADER]
    for number, name in enumerate(names):
        sick = number % 2
        rows.append(
            f"{name},{'Mass' if sick else 'No Finding'},0,{number},50,F,PA,2500,2048,0.1,0.1"
        )
        image, (x, y) = _image(number, sick)
        if sick:
            place = [1024 * value / SIDE for value in (x, y, PATCH, PATCH)]
            boxes.append(f"{name},Mass,{','.join(map(str, place))},,,")
        Image.fromarray(image).save(root / "images" / name)
    # A box of a label that no film has.
    boxes.append(f"{names[0]},Goitre,0,0,10,10,,,")
    (root / "Data_Entry_2017_v2020.csv").write_text("\n".join(rows) + "\n")
    (root / "BBox_List_2017.csv").write_text("\n".join(boxes) + "\n")
    (root / "train_val_list.txt").write_text("\n".join(names[: n_images // 2]))
    (root / "test_list.txt").write_text("\n".join(names[n_images // 2 :]))
    return root


def _image(number, sick):
    rng = np.random.default_rng(number)
    ramp = np.linspace(60, 120, SIDE)
    image = np.add.outer(rng.uniform(0.5, 1) * ramp, rng.uniform(0.5, 1) * ramp)
    x, y = rng.integers(8, SIDE - PATCH - 8, size=2)
    if sick:
        image[y : y + PATCH, x : x + PATCH] += 25 * rng.choice([-1, 1], (PATCH, PATCH))
    return image.astype(np.uint8), (x, y)
