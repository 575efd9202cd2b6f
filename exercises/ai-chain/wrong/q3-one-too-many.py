# loses: 2
# message: The model gave no good reply in time: no ticket, all attempts used and no more, errors of the last reply.
# public: passes
def ask_until_valid(text, ask, parse, problems, sample=1, attempts=3):
    failed, calls, errors = None, 0, ["not asked"]
    while errors and calls < 3:
        reply, calls = ask(request(text, 1, failed)), calls + 1  # noqa: F821
        try:
            ticket = parse(reply)
            errors = problems(ticket, SCHEMA)  # noqa: F821
        except ValueError:
            ticket, errors = None, ["reply: not JSON"]
        failed = (reply, errors)
    return {"ticket": None if errors else ticket, "calls": calls, "errors": errors}
