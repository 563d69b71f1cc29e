"""The report: what was found, as tables, figures and one self-contained page."""
