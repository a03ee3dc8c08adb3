"""Tables of the documentation that are made from the code: options and flags."""

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import MISSING
from pathlib import Path

import cli
import flags
import registry
from datasets import options
from pipelines.plugin_sources import Option, allowed, described

HEAD = "| option | default | what it does |\n|---|---|---|"
# Several classifiers and extractors share an option's meaning; NAME.OPTION goes first.
MEANINGS = {
    "brisk_words.threshold": "difference in grey levels that makes a corner for BRISK",
    "alpha": "penalty of the ridge, in training images (stacking)",
    "C": "inverse penalties to choose from",
    "augmentation": "how strongly training images are augmented",
    "backbone": "network to train",
    "backbone_rate": "the top stage's share of the learning rate",
    "batch_norm": "normalise the sums of each hidden layer over the batch",
    "batch_size": "images in a batch; None: 64 to 512, by the number of training images",
    "akaze_words.threshold": "strength below which AKAZE drops a keypoint",
    "bin_sizes": "side of a SIFT bin in pixels; several sizes are separated by commas",
    "channels": "order of the channels; empty: as the network has three or one",
    "checkpoint_steps": "steps between checkpoints within an epoch; 0: only after each epoch",
    "cells_per_block": "cells a side of the blocks over which HOG normalises contrast",
    "class_weights": "how much rare classes weigh in the loss",
    "colsample_bynode": "share of the features tried at each split of a tree",
    "conv_fisher.image_size": "pixels a side; 0: the network's own size",
    "conv_fisher.network": "network whose feature map is encoded",
    "contrast_threshold": "contrast below which SIFT drops a keypoint",
    "combine": "how members are put together: their mean, or shares that are learned",
    "cv": "folds of the training patients (stacking)",
    "device": "where trees are grown",
    "distances": "distances in pixels between the two places of a pair",
    "dropout": "share of units that dropout sets to zero",
    "early_stopping_rounds": "trees without a smaller validation loss until boosting stops",
    "ema_momentum": "momentum of a moving average of the weights, which is kept; 0: off",
    "epochs": "largest number of epochs, each of at most 16,384 images for heads on features",
    "equalise": "equalise local contrast (CLAHE) first",
    "fast_threshold": "difference in grey levels that makes a corner for ORB",
    "flip": "mirror images at random; off, because the heart is on the left",
    "focal_alpha": "weight of present against absent findings in the focal loss; 0.5 is neutral",
    "focal_gamma": "how far the focal loss turns to images that are classified badly",
    "frozen": "share of the network's stages, from the input, that stay fixed",
    "fusion": "how branches are joined",
    "global_clipnorm": "largest norm of a gradient step",
    "grid": "cells a side",
    "hidden": "units of each hidden layer of a branch; several layers are separated by commas",
    "image_size": "pixels a side; None: the network's own size",
    "label_smoothing": "share of each target that is divided among all its classes",
    "layer": "layer whose feature map is encoded; empty: the last of 16 places a side or more",
    "learning_rate": "learning rate",
    "levels": "number of grey levels",
    "loss": "loss function",
    "max_bin": "bins of the quantised features",
    "max_depth": "largest depth of a tree",
    "max_iter": "largest number of iterations of the solver",
    "ensemble.backbone": "network that members on images train; empty: that of the options",
    "ensemble.members": "classifiers to average; empty: one for each network",
    "late_fusion.backbone": "network that members on images train; empty: that of the options",
    "member": "classifier to train for each network",
    "members": "classifiers, as NAME, NAME:KIND+KIND or NAME:BLOCK+BLOCK; NAME@1: another seed",
    "member_settings": "options of members, as NAME.OPTION=VALUE;NAME.OPTION=VALUE",
    "minority": "factor on the augmentation of images with a rare finding",
    "mixup": "alpha of MixUp; 0: off",
    "n_components": "dimensions of a descriptor after PCA",
    "n_estimators": "largest number of trees for each label",
    "n_gaussians": "components of the Gaussian mixture",
    "n_jobs": "processor cores; -1: all",
    "n_keypoints": "most keypoints in an image",
    "n_words": "visual words in the vocabulary",
    "networks": "blocks of embeddings it uses; empty: all of them",
    "optimizer": "optimizer",
    "orientations": "number of directions",
    "output": "output to use; empty: the only one",
    "patience": "epochs without a better validation AUC until training stops",
    "pixels_per_cell": "side of a HOG cell in pixels",
    "pool": "what becomes of tokens or a feature map; empty: mean",
    "position": "append the position in the image to each descriptor",
    "precision": "arithmetic; auto: float32 on a processor, mixed on a GPU",
    "prior_images": "validation images that equal shares count as much as",
    "pyramid": "cells a side at each level of the spatial pyramid",
    "radii": "radii in pixels of the circles whose points are compared with their centre",
    "reduce_lr_patience": "epochs without a better validation AUC until the learning rate halves",
    "reg_lambda": "L2 penalty on the leaves",
    "resampling": "repeat images with rare findings, or leave out others",
    "sample_descriptors": "most descriptors that the vocabulary is learned from",
    "sample_images": "most training images that the vocabulary is learned from",
    "scale": "what the network takes for grey values; empty: as the JSON file says",
    "scales": "number of wavelengths, each twice as long as the one before",
    "schedule": "how the learning rate falls after warm-up",
    "seed": "seed of everything random",
    "stage_decay": "learning rate of each stage over that of the stage above",
    "step": "distance between grid points in pixels",
    "subsample": "share of the images drawn for each tree",
    "target_prevalence": "share of images below which a finding is rare, for resampling",
    "unfreeze_every": "epochs until one more stage is trained; 0: all from the start",
    "use_cluster": "grow trees on all workers of --cluster together",
    "views": "kinds of features it uses, deep (embeddings), words or pixels, or names of blocks",
    "warmup_epochs": "epochs until the learning rate is reached",
    "weight_decay": "weight decay",
    "weight_steps": "weights of members are multiples of 1/weight_steps",
    "weighting": "what the counts of a histogram become",
    "weights": "imagenet, random, a file of weights, or auto",
    "onnx_file.batch_size": "images in a batch; on a processor at most 4",
    "onnx_file.n_jobs": "processor cores; 0: all",
    "onnx_file.precision": "auto, which is the precision of the file",
    "onnx_file.weights": "an .onnx file",
    "xgboost.n_jobs": "processor cores; 0: all",
}


def plugins_table(package: str) -> str:
    """A heading, a line and a table of options for each plug-in of a package."""
    names = registry.names(importlib.import_module(package))
    return "\n\n".join("\n".join(_plugin(package, name)) for name in names)


def _plugin(package: str, name: str) -> Iterator[str]:
    description, found = described(package, name)
    yield from (f"### `{name}`", "", description, "", HEAD)
    for option, given in sorted(found.items()):
        yield f"| `{option}` | {_code(given.default)} | {meaning(name, option)}{_choices(given)} |"


def meaning(plugin: str, option: str) -> str:
    """What an option of a plug-in does, in a phrase."""
    return MEANINGS.get(f"{plugin}.{option}") or MEANINGS[option]


def _choices(option: Option) -> str:
    return f": {', '.join(map(_code, option.values))}" if option.values else ""


def _code(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"`{text}`" if text else ""


def values_table(names: Sequence[str]) -> str:
    """A table of the values of these options, with a line about each."""
    rows = [
        f"| `{option}={value}` | {line} |"
        for option in names
        for value, line in allowed()[option].items()
    ]
    return "\n".join(["| value | what it is |", "|---|---|", *rows])


def commands_table() -> str:
    """A heading, the first line of the help and a table of flags for each command."""
    return "\n\n".join("\n".join(_command(name)) for name in cli.COMMANDS)


def _command(name: str) -> Iterator[str]:
    options_class = cli.COMMANDS[name]
    first = (options_class.__doc__ or "").partition("\n")[0]
    yield from (f"## `{name}`", "", first, "", "| flag | default | what it does |", "|---|---|---|")
    for item, hint in cli.flags_of(options_class):
        if name != "data" and item.name in flags.READING:
            continue
        name_typed = item.name.replace("_", "-")
        spelt = item.name if options.is_argument(item) else f"--{name_typed}"
        spelt += f"`, `--no-{name_typed}" if item.default is True else ""
        text = hint.__metadata__[0].replace("|", "\\|")
        yield f"| `{spelt}` | {_default(item.default)} | {text} |"


def _default(default: object) -> str:
    if default is MISSING or default is None or isinstance(default, bool):
        return ""
    if isinstance(default, Path) and default.is_relative_to(options.PROJECT):
        default = default.relative_to(options.PROJECT)
    return _code(default)
