"""The morning after: what becomes of partners, and who joins the target."""
