"""Every plot and panel; the only folder that imports matplotlib."""

import matplotlib

# A dollar sign in the name of a label or file starts no formula.
matplotlib.rcParams["text.parse_math"] = False
