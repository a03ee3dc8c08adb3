"""WHAT PEOPLE READ: plots, tables, wording, HTML pages, the model card."""
