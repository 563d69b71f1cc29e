"""What the package derives and keeps: made again in order, and known to be stale when it is."""
