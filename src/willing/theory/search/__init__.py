"""The search for the best coalition: bounds, branches, enumeration."""
