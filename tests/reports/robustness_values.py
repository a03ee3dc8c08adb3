"""Made-up results of `robustness`, small enough to follow by hand."""


def estimate(value, ci=True, **more):
    low_high = [value - 0.01, value + 0.01] if ci else None
    return {"value": value, "ci": low_high, "ci_missing": None if ci else "too few", **more}


def figures(auc, blocks=()):
    names = ("macro_auc", "sensitivity", "specificity", "brier", "flips", "ece")
    return {
        "figures": {name: estimate(auc) for name in names},
        "labels": {"Mass": estimate(auc)},
        "blocks": {
            name: {"share": share, "loss_alone": estimate(share / 10)} for name, share in blocks
        },
    }


BLOCKS = (("net", 0.6), ("words", 0.4))


def models(hybrid, cnn):
    return {"hybrid": figures(hybrid, BLOCKS), "cnn": figures(cnn)}


def row(hybrid, cnn, p_holm):
    return {
        "losses": {"hybrid": estimate(hybrid), "cnn": estimate(cnn)},
        "difference": estimate(hybrid - cnn, p=p_holm / 2, p_holm=p_holm),
        "corruption_error": estimate(0.9),
    }


def pair():
    """A hybrid that loses less under noise and more under blur than a CNN."""
    return {
        "command": "python cli.py robustness --bundle <b>",
        **{"synthetic": False, "data": "mine <x>", "split": "given", "part": "test"},
        **{"films": 300, "patients": 250, "seed": 0, "replicates": 1000, "notes": ["hybrid: old"]},
        "models": {
            name: {"bundle": f"runs/{name}", "trained_on": "mine", "split": "given", "kinds": {}}
            for name in ("hybrid", "cnn")
        },
        "baseline": "cnn",
        "changes": {
            "noise": {"unit": "photons", "amounts": {"1": 2000, "5": 50}},
            "blur": {"unit": "share", "amounts": {"1": 0.002, "5": 0.012}},
        },
        "unchanged": models(0.8, 0.75),
        "changed": {
            "noise": {"1": models(0.79, 0.7), "5": models(0.75, 0.6)},
            "blur": {"1": models(0.7, 0.74), "5": models(0.6, 0.7)},
        },
        "summary": {
            "noise": row(0.03, 0.1, 0.004),
            "blur": row(0.15, 0.03, 0.02),
            "all changes": row(0.09, 0.065, 0.5),
        },
    }


def alone():
    """The same of the hybrid alone."""
    values = pair()
    del values["models"]["cnn"]
    values["baseline"] = None
    conditions = [values["unchanged"]]
    conditions += [each for change in values["changed"].values() for each in change.values()]
    for condition in conditions:
        del condition["cnn"]
    values["summary"] = {
        name: {"losses": {"hybrid": each["losses"]["hybrid"]}}
        for name, each in values["summary"].items()
    }
    return values
