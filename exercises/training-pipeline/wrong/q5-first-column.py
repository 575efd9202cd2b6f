# loses: 1
# message: With columns in another order, or rows alike in the first one, the digits change: sort by all columns.
# public: passes
import hashlib


def fingerprint(table):
    columns = sorted(table.columns)
    table = table[columns].sort_values(table.columns[0], kind="stable")
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
