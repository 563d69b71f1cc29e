"""The main job: both hypotheses on the record, as findings, tables and figures."""
