# loses: 2
# message: A bound can be too narrow or too wide: try the value itself and the one beyond.
# public: passes
def untrue(fields, example, post):
    found = []
    for name, field in fields.items():
        without = {key: value for key, value in example.items() if key != name}
        if (post(without)[0] == 200) == field["required"]:
            found.append([name, "required"])
        for bound in ("minimum", "maximum"):
            if bound in field and post({**example, name: field[bound]})[0] != 200:
                found.append([name, bound])
        texts = [*field.get("enum", [])]
        if texts and (
            not all(post({**example, name: t})[0] == 200 for t in texts) or post({**example, name: "?"})[0] == 200
        ):
            found.append([name, "enum"])
    return sorted(found)
