"""What people look at: every plot and panel, and the only home of matplotlib."""

import matplotlib

# A dollar sign in a label's or a file's name is no formula.
matplotlib.rcParams["text.parse_math"] = False
