"""The check that a learner runs in the notebook. Standard library only, no state, nothing sent anywhere."""

from collections.abc import Callable

from course.exercises.answers import described, is_stub


class Verdict:
    """What the check found: `outcome` is correct, incorrect, error or not attempted; `message` says more."""

    def __init__(self, question: str, outcome: str, message: str):
        self.question, self.outcome, self.message = question, outcome, message

    def __repr__(self) -> str:
        headline = "public checks hold" if self.outcome == "correct" else self.outcome
        return f"{self.question}: {headline}\n{self.message}"


def check(question: str, answers: list[str], hidden: str) -> Callable[[Callable], Verdict]:
    """Run the decorated public tests at once, print the verdict and return it in place of the function.

    answers: names that the learner defines. hidden: of which kind the hidden cases are. Raises nothing.
    """

    def run(tests: Callable) -> Verdict:
        verdict = _verdict(question, answers, hidden, tests)
        print(verdict)
        return verdict

    return run


def _verdict(question: str, answers: list[str], hidden: str, tests: Callable) -> Verdict:
    namespace = tests.__globals__
    absent = [name for name in answers if name not in namespace]
    if absent:
        return Verdict(question, "not attempted", f"`{absent[0]}` is not defined yet: run the cell above.")
    stubs = [name for name in answers if is_stub(namespace[name])]
    if stubs:
        return Verdict(
            question, "not attempted", f"`{stubs[0]}` is still the stub, or does nothing: replace the `...`."
        )
    try:
        tests()
    except AssertionError as error:
        return Verdict(question, "incorrect", str(error) or "A public check does not hold: see the line above.")
    except Exception as error:
        found = described(error, "")
        return Verdict(question, "error", f"Your code raised {found['type']}: {found['message']}")
    return Verdict(
        question,
        "correct",
        f"Hidden cases decide the mark, and this check cannot see them: {hidden}",
    )
