"""All errors that this program raises on purpose: what must hold, what came, what to type next.

HybridError
├── DatasetNotFound    a missing folder or label table, or a folder in no known layout
├── BadTable           a table with missing columns, invalid values or repeated ids
├── BadSplit           a split with shared patients, an empty set or unknown ids
├── ImageUnreadable    an image that cannot be decoded; it is listed and skipped
├── ImageTooLarge      an image with more pixels than the limit; it is skipped too
├── FileUnreadable     a file that cannot be read, or a device, pipe or folder instead of a file
├── BadArrays          a file of arrays with other content, or with larger arrays than it can hold
├── InvalidOption      a value that an option does not accept
├── UnknownPlugin      a name for which there is no plug-in
├── MisalignedRows     rows that are missing or do not match their ids
├── TooFewDescriptors  too few local descriptors to learn a vocabulary from
├── BadScores          scores that are no probabilities, are for other images or cannot be evaluated
├── BundleUnusable     a trained model that is damaged, incomplete, too new or not safe to load
├── WeightsUnavailable weights of a network that are missing, cannot be downloaded or do not fit
├── UploadRefused      an upload of more bytes, pixels or images than the server accepts
├── Busy               a server that is fully occupied
├── WorkEnded          work in a child process that ended by its limits or a crash
├── ClusterUnusable    workers that cannot be reached, see other files or end during their work
└── StorageFailed      a folder that cannot be written, or a full disk
"""

import errno

# Advice for a file that cannot be read, by the number of its error.
READ_ADVICE = {
    errno.EACCES: "Ask its owner for permission to read it, or name a copy",
    errno.EPERM: "Ask its owner for permission to read it, or name a copy",
    errno.EFBIG: "Name a smaller file",
    errno.EIO: "Check its disk, or name a copy",
    errno.ESTALE: "Check its disk, or name a copy",
}


def first_line(reason: Exception) -> str:
    """The first line of an error from elsewhere, to quote in a message."""
    return (str(reason).strip() or type(reason).__name__).splitlines()[0].rstrip(".")


class HybridError(Exception):
    """The base of all errors; the command line prints its message and exits with 2."""


class DatasetNotFound(HybridError):
    """A missing folder or label table, or a folder in no known layout."""


class BadTable(HybridError):
    """A table with missing columns, invalid values or repeated ids."""


class BadSplit(HybridError):
    """A split with shared patients, an empty set or unknown ids."""


class ImageUnreadable(HybridError):
    """An image that cannot be decoded; it is listed and skipped."""


class ImageTooLarge(ImageUnreadable):
    """An image with more pixels than the limit; it is skipped too."""


class FileUnreadable(HybridError, OSError):
    """A file that cannot be read, or a device, pipe or folder instead of a file.

    It is an OSError with the same arguments, so code that handles failing disks handles it too.
    """

    def __str__(self) -> str:
        advice = READ_ADVICE.get(self.errno or 0, "Name a regular file")
        return f"{self.filename} must be a readable file; {self.strerror}. {advice}."


class BadArrays(HybridError):
    """A file of arrays with other content, or with larger arrays than it can hold."""


class InvalidOption(HybridError):
    """A value that an option does not accept."""


class UnknownPlugin(HybridError):
    """A name for which there is no plug-in."""


class MisalignedRows(HybridError):
    """Rows that are missing or do not match their ids."""


class TooFewDescriptors(HybridError):
    """Too few local descriptors to learn a vocabulary from."""


class BadScores(HybridError):
    """Scores that are no probabilities, are for other images or cannot be evaluated."""


class BundleUnusable(HybridError):
    """A trained model that is damaged, incomplete, too new or not safe to load."""


class WeightsUnavailable(HybridError):
    """Weights of a network that are missing, cannot be downloaded or do not fit."""


class UploadRefused(HybridError):
    """An upload of more bytes, pixels or images than the server accepts."""


class Busy(HybridError):
    """A server that is fully occupied."""


class WorkEnded(HybridError):
    """Work in a child process that ended by its limits or a crash."""


class ClusterUnusable(HybridError):
    """Workers that cannot be reached, see other files or end during their work."""


class StorageFailed(HybridError):
    """A folder that cannot be written, or a full disk."""
