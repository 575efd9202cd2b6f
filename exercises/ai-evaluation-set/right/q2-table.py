import pandas as pd


def agreement(first, second):
    table = pd.crosstab(pd.Series(first), pd.Series(second)).reindex(index=[0, 1, 2], columns=[0, 1, 2], fill_value=0)

    def kappa(counts):
        n = counts.to_numpy().sum()
        if not n:
            return None
        chance = (counts.sum(axis=1) * counts.sum(axis=0)).sum() / n**2
        seen = sum(counts.loc[grade, grade] for grade in (0, 1, 2)) / n
        return (seen - chance) / (1 - chance) if chance < 1 else None

    touched = table.copy()
    touched.loc[0, 0] = 0
    agree = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    return {"agree": agree, "kappa": kappa(table), "kappa_touched": kappa(touched)}
