"""WHAT PEOPLE READ: plots, tables, wording, HTML pages and the model card."""
