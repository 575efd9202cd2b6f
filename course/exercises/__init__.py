"""Exercises: one source each, its release, its hidden cases, and the check that a learner runs in the notebook."""
