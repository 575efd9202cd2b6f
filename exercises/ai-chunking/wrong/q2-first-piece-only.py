# loses: 2
# message: A chunk crosses a heading or does not begin with its own: every piece needs its title and heading.
# public: passes
def sections(title, text, split):
    """Return chunks that stay within a section and begin with title and heading."""
    parts = [(title, [])]
    for line in text.split("\n"):
        if line.startswith("## "):
            parts.append((f"{title}: {line[3:].strip()}", []))
        else:
            parts[-1][1].append(line)
    found = []
    for label, lines in parts:
        pieces = split("\n".join(lines))
        found += [f"{label}. {piece}" if at == 0 else piece for at, piece in enumerate(pieces)]
    return found
