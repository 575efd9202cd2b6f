# loses: 2
# message: The digits are not those of the sorted CSV: look at index, row order and encoding.
# public: fails
import hashlib


def fingerprint(table):
    return hashlib.sha256(table[sorted(table.columns)].to_csv(index=False).encode()).hexdigest()
