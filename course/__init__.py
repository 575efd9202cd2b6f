"""The small package behind the notebooks: what would distract there, and nothing that a library does."""
