"""Record what SmolLM2-135M answers on the test messages: the LLM half of the rematch, about 40 minutes of one core.

    python data/make/rematch_runs.py             runs what rematch_runs.csv lacks; may be stopped and started again
    python data/make/rematch_runs.py --check 30  runs 30 recorded calls again and compares; nothing is written

Exit status: 0 done or equal enough, 1 fewer than 80% of the checked answers are the same, 2 it could not start.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd
from datapackage import write_atomically  # the script beside this one
from openai import OpenAI
from tqdm import tqdm

from course import data, rematch
from course.models import embed, llm_endpoint

KEY = ["method", "examples_per_class", "draw", "text_id"]
SAVE_EVERY = 15  # calls; one draw
SAME = 0.8  # another processor rounds differently, and a near tie then falls the other way


def plan(test: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each call, columns `KEY`, ordered so that calls with the same prompt prefix are neighbours."""
    of_draw = rematch.dealt(test)

    def calls(method: str, per_class: int, draw: pd.Series | int) -> pd.DataFrame:
        rows = pd.DataFrame({"draw": draw}, index=test.index).reset_index().sort_values(["draw", "text_id"])
        return rows.assign(method=method, examples_per_class=per_class)[KEY]

    return pd.concat(
        [
            calls("zero-shot", 0, 0),
            calls("few-shot", 1, of_draw),
            calls("few-shot", 5, of_draw),
            *(calls("retrieval", per_class, of_draw) for per_class in (1, 5, 20)),
            calls("retrieval", 100, 0),
            calls("zero-shot reversed", 0, 0),
        ],
        ignore_index=True,
    )


def record(path: Path, questions: pd.DataFrame) -> int:
    """Run the calls that the file lacks, writing it after every few; return the exit status."""
    calls = plan(questions[questions["split"] == "test"])
    done = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=KEY)
    todo = calls.merge(done[KEY], how="left", indicator=True).query("_merge == 'left_only'")[KEY]
    rows = done.to_dict("records")
    vectors = pd.DataFrame(embed(questions["text"].tolist()), index=questions.index)
    with llm_endpoint() as (url, model), tqdm(total=len(calls), initial=len(done), unit="call") as bar:
        client = OpenAI(base_url=url, api_key="local")
        for number, (_, call) in enumerate(todo.iterrows(), 1):
            answer = rematch.ask(client, model, rematch.chat(call, questions, vectors))
            rows.append(
                call.to_dict()
                | {"predicted": answer.topic, "seconds": round(answer.seconds, 3)}
                | {"cpu_seconds": round(answer.cpu_seconds, 3)}
                | {"prompt_tokens": answer.prompt_tokens, "cached_tokens": answer.cached_tokens}
            )
            bar.update()
            if number % SAVE_EVERY == 0 or number == len(todo):
                table = calls.merge(pd.DataFrame(rows), on=KEY)  # in the order of the plan
                write_atomically(path, table.to_csv(index=False, lineterminator="\n").encode())
    return 0


def check(path: Path, questions: pd.DataFrame, count: int) -> int:
    """Run `count` recorded calls again; return 0 if at least `SAME` of the topics are equal, else 1."""
    sample = pd.read_csv(path).sample(count, random_state=rematch.SEED).sort_index()
    vectors = pd.DataFrame(embed(questions["text"].tolist()), index=questions.index)
    same = 0
    with llm_endpoint() as (url, model):
        client = OpenAI(base_url=url, api_key="local")
        for _, call in tqdm(sample.iterrows(), total=count, unit="call"):
            same += rematch.ask(client, model, rematch.chat(call, questions, vectors)).topic == call["predicted"]
    print(f"{same} of {count} answers are as recorded; at least {SAME:.0%} are asked for")
    return 0 if same >= SAME * count else 1


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(description="Record the answers of SmolLM2-135M for the rematch.")
    parser.add_argument("--data", type=Path, default=Path(__file__).parent.parent, help="folder (default: data/)")
    parser.add_argument("--check", type=int, metavar="N", help="run N recorded calls again and compare; write nothing")
    options = parser.parse_args(argv)
    try:
        questions = data.load(options.data, "desk_questions").set_index("text_id")
        path = options.data / "rematch_runs.csv"
        return check(path, questions, options.check) if options.check else record(path, questions)
    except (OSError, ValueError) as error:
        print(f"rematch_runs.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
