# loses: 1
# message: The model gave no good reply in time: no ticket, all attempts used and no more, errors of the last reply.
# public: fails
def ask_until_valid(text, ask, parse, problems, sample=1, attempts=3):
    failed, ticket = None, None
    for calls in range(1, attempts + 1):  # noqa: B007
        reply = ask(request(text, sample, failed))  # noqa: F821
        try:
            ticket = parse(reply)
            errors = problems(ticket, SCHEMA)  # noqa: F821
        except ValueError:
            errors = ["reply: not JSON"]
        if not errors:
            break
        failed = (reply, errors)
    return {"ticket": ticket, "calls": calls, "errors": errors}
