"""The evidence: Wolford and Ritter's models and direct tests of H1 and H2 on the record."""
