"""Members of a classifier in words: their shares, and what got weight 0."""

from collections.abc import Iterator, Mapping, Sequence

from models.classifier import Classifier
from reports.report_tree import Report
from reports.wording import KINDS


def of_members(classifier: Classifier) -> list[str]:
    """The shares of a fitted classifier's members, and what has weight 0; [] without members."""
    shares = classifier.member_shares
    if not shares:
        return []
    listed = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
    return [f"shares of members: {listed}", *_without_weight(shares, classifier.weightless)]


def _without_weight(shares: Mapping[str, float], weightless: Sequence[str]) -> Iterator[str]:
    """`visual words got weight 0: this bundle is cnn alone`, if a member has share 0."""
    left = [name for name, share in shares.items() if share]
    lost = [KINDS.get(kind, kind) for kind in weightless]
    lost = lost or [name for name, share in shares.items() if not share]
    if lost:
        rest = f": this bundle is {left[0]} alone" * (len(left) == 1)
        yield f"{' and '.join(lost)} got weight 0{rest}"


def shares(report: Report) -> list[tuple[str, str, str]]:
    """Model, member and share of each member; of several trainings the lowest and the highest."""
    return [
        (name, member, " to ".join(dict.fromkeys(f"{end:.2f}" for end in (min(each), max(each)))))
        for name, figures in report.models.items()
        if figures.training
        for member, each in figures.training.member_shares.items()
    ]
