import re


def sections(title, text, split):
    before, *rest = re.split(r"^## ", text, flags=re.MULTILINE)
    found = [f"{title}. {piece}" for piece in split(before)]
    for part in rest:
        heading, _, body = part.partition("\n")
        found.extend(f"{title}: {heading.strip()}. {piece}" for piece in split(body))
    return found
