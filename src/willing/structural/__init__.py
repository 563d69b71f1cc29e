"""The structural model: the likelihood of a coalition among all that might have been built."""
