"""Grading: a trusted grader that holds the expected values, and a sandbox in which submissions run."""
