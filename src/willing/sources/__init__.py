"""The published files: a catalogue, a reader each, states and dates."""
