"""Every plot and panel; the only folder that imports matplotlib."""

import matplotlib

matplotlib.rcParams |= {
    # A dollar sign in the name of a label or file starts no formula.
    "text.parse_math": False,
    # PDFs have their fonts inside as TrueType, and the text of SVGs is text.
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    # Without it, the names in an SVG are random.
    "svg.hashsalt": "hybrid",
}
