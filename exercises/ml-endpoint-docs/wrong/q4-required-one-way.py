# loses: 1
# message: A field can be needed though the document says it is not, and the other way round.
# public: passes
def untrue(fields, example, post):
    def accepts(body):
        return post(body)[0] == 200

    found = []
    for name, field in fields.items():
        if field["required"] and accepts({key: value for key, value in example.items() if key != name}):
            found.append([name, "required"])
        for bound, step in (("minimum", -1), ("maximum", 1)):
            if bound in field:
                at, beyond = ({**example, name: field[bound] + each} for each in (0, step))
                if not accepts(at) or accepts(beyond):
                    found.append([name, bound])
        texts = field.get("enum")
        if texts and (not all(accepts({**example, name: text}) for text in texts) or accepts({**example, name: "?"})):
            found.append([name, "enum"])
    return sorted(found)
