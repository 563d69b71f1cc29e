"""Cases told: what happened, what the model says, where it errs."""
