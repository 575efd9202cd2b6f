# loses: 1
# message: The requests are not the ones described: first without `failed`, then with the last reply and its errors.
# public: passes
def ask_until_valid(text, ask, parse, problems, sample=1, attempts=3):
    for calls in range(1, attempts + 1):
        try:
            ticket = parse(ask(request(text, sample)))  # noqa: F821
            errors = problems(ticket, SCHEMA)  # noqa: F821
        except ValueError:
            errors = ["reply: not JSON"]
        if not errors:
            return {"ticket": ticket, "calls": calls, "errors": []}
    return {"ticket": None, "calls": attempts, "errors": errors}
