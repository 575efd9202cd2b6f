"""Execute the notebooks, store their outputs, and say which stored outputs no longer match what they were made from."""
