"""A hosted language model on 127.0.0.1 that is as strict as a provider: it needs a key and refuses unknown fields."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from openai.types.chat import completion_create_params

KEY, NAME = "key-of-a-test", "large-model"
FIELDS = set(completion_create_params.CompletionCreateParamsNonStreaming.__annotations__)
FIELDS |= set(completion_create_params.CompletionCreateParamsBase.__annotations__)


def one_of_the_words(request: dict) -> str:
    """Reply as the request's JSON schema asks, with the first word that it allows; else with a sentence."""
    if "response_format" not in request:
        return "One call may hold 500 flights."
    schema = request["response_format"]["json_schema"]["schema"]
    return json.dumps({name: field["enum"][0] for name, field in schema["properties"].items()})


class _Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self.answer(401, {"error": {"message": "no such key"}})
        if self.path != "/v1/chat/completions" or request.get("model") != NAME:
            return self.answer(404, {"error": {"message": f"no model {request.get('model')} at {self.path}"}})
        if unknown := set(request) - FIELDS:
            return self.answer(400, {"error": {"message": f"Unrecognized request argument: {', '.join(unknown)}"}})
        message = {"role": "assistant", "content": self.server.reply(request)}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
        self.answer(
            200,
            {"id": "1", "object": "chat.completion", "created": 0, "model": NAME, "choices": [choice], "usage": usage},
        )

    def answer(self, status: int, body: dict) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@contextmanager
def hosted_model(reply: Callable[[dict], str] = one_of_the_words) -> Iterator[tuple[dict[str, str], list[dict]]]:
    """Yield the variables that point a program at this model, and the list of requests that it got so far."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    server.reply, server.requests = reply, []
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield {"COURSE_LLM_URL": address, "COURSE_LLM_MODEL": NAME, "OPENAI_API_KEY": KEY}, server.requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
