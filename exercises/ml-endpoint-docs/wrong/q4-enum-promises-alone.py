# loses: 1
# message: An enum can promise too much, and a service can take any text: try all, and one more.
# public: passes
def untrue(fields, example, post):
    def accepts(body):
        return post(body)[0] == 200

    found = []
    for name, field in fields.items():
        if accepts({key: value for key, value in example.items() if key != name}) == field["required"]:
            found.append([name, "required"])
        for bound, step in (("minimum", -1), ("maximum", 1)):
            if bound in field:
                at, beyond = ({**example, name: field[bound] + each} for each in (0, step))
                if not accepts(at) or accepts(beyond):
                    found.append([name, bound])
        if not all(accepts({**example, name: text}) for text in field.get("enum", [])):
            found.append([name, "enum"])
    return sorted(found)
