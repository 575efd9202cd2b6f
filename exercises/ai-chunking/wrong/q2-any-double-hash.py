# loses: 1
# message: Odd places: text before the first heading counts, and `## ` is a heading only at the start of a line.
# public: passes
def sections(title, text, split):
    """Return chunks that stay within a section and begin with title and heading."""
    parts = []
    for part in text.split("## ")[1:]:
        heading, _, rest = part.partition("\n")
        parts.append((f"{title}: {heading.strip()}", [rest]))
    return [f"{label}. {piece}" for label, lines in parts for piece in split("\n".join(lines))]
