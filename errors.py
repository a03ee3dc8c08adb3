"""Every deliberate exception: what must hold, what came, what to type next.

HybridError
├── DatasetNotFound      the folder or the label table is not there, or no reader knows it
├── BadTable             a table that cannot be believed: columns, values, ids, encoding
├── BadSplit             patients shared between splits, an empty split, unknown ids
├── ImageUnreadable      one image; listed and skipped, never the end of a run
├── ImageTooLarge        one image of more pixels than the limit; skipped like an unreadable one
├── FileUnreadable       a file that may not be read; a device, pipe or folder in its place
├── BadArrays            a file of arrays that holds something else, or claims more than it has
├── InvalidOption        a value that an option does not take
├── UnknownPlugin        a name that no file has
├── MisalignedRows       rows asked for that are not there
├── TooFewDescriptors    fewer local descriptors than words
├── BadScores            no probabilities, those of other images, or no label to judge them by
├── BundleUnusable       a trained model that is damaged, incomplete, newer or not safe to load
├── WeightsUnavailable   weights that cannot be found, downloaded or fitted
├── UploadRefused        more bytes, pixels or images than a server takes
├── Busy                 a server that has all the work it takes
├── WorkEnded            work in a child process that its limits or a crash ended
├── ClusterUnusable      workers that cannot be reached, see other files or do not survive the work
└── StorageFailed        a folder that cannot be written, a disk that is full
"""

import errno

# What to do about a file that cannot be read, by the number of its error.
READ_ADVICE = {
    errno.EACCES: "Ask its owner for permission to read it, or name a copy",
    errno.EPERM: "Ask its owner for permission to read it, or name a copy",
    errno.EFBIG: "Name a smaller file",
    errno.EIO: "Check the disk it is on, or name a copy",
    errno.ESTALE: "Check the disk it is on, or name a copy",
}


def first_line(reason: Exception) -> str:
    """What an error of another's making says first, to be quoted in a sentence of ours."""
    return (str(reason).strip() or type(reason).__name__).splitlines()[0].rstrip(".")


class HybridError(Exception):
    """Root of the tree; the command line prints it as one sentence and exits with 2."""


class DatasetNotFound(HybridError):
    """The folder or the label table is not there, or no reader knows it."""


class BadTable(HybridError):
    """A table that cannot be believed: columns, values, ids, encoding."""


class BadSplit(HybridError):
    """Patients shared between splits, an empty split, unknown ids."""


class ImageUnreadable(HybridError):
    """One image that cannot be turned into a grey plane."""


class ImageTooLarge(ImageUnreadable):
    """One image of more pixels than the limit."""


class FileUnreadable(HybridError, OSError):
    """A file that may not be read or is too large; a device, pipe or folder in its place.

    It takes what every OSError takes, and is one: code that expects a failing disk expects this.
    """

    def __str__(self) -> str:
        advice = READ_ADVICE.get(self.errno or 0, "Name a regular file")
        return f"{self.filename} must be a file that can be read; {self.strerror}. {advice}."


class BadArrays(HybridError):
    """A file of arrays that holds something else, or claims more than it has."""


class InvalidOption(HybridError):
    """A value that an option does not take."""


class UnknownPlugin(HybridError):
    """A name that no file has."""


class MisalignedRows(HybridError):
    """Rows asked for that are not there."""


class TooFewDescriptors(HybridError):
    """Fewer local descriptors than words."""


class BadScores(HybridError):
    """No probabilities, those of other images, or no label to judge them by."""


class BundleUnusable(HybridError):
    """A trained model that is damaged, incomplete, newer or not safe to load."""


class WeightsUnavailable(HybridError):
    """Weights that cannot be found, downloaded or fitted."""


class UploadRefused(HybridError):
    """More bytes, pixels or images than a server takes."""


class Busy(HybridError):
    """A server that has all the work it takes."""


class WorkEnded(HybridError):
    """Work in a child process that its limits or a crash ended; says why."""


class ClusterUnusable(HybridError):
    """Workers that cannot be reached, see other files or do not survive the work."""


class StorageFailed(HybridError):
    """A folder that cannot be written, a disk that is full."""
