"""all-MiniLM-L6-v2 as an ONNX graph, made from the weights of its package.

The weights lie in safetensors, which no runtime executes. The graph has 29 operators a layer.
"""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

DIMENSIONS = 384
HEADS, LAYERS = 12, 6
OPSET = 20  # the first with Gelu


class _Graph:
    """Operators and constants of a graph in the making; each method adds some and returns the name of their result."""

    def __init__(self, weights: dict[str, np.ndarray]):
        self.weights, self.nodes, self.constants = weights, [], {}

    def apply(self, operator: str, *inputs: str, **attributes) -> str:
        result = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [result], **attributes))
        return result

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def linear(self, x: str, name: str) -> str:
        transposed = self.constant(f"{name}.weight", self.weights[f"{name}.weight"].T)
        return self.apply("Add", self.apply("MatMul", x, transposed), self.weight(f"{name}.bias"))

    def norm(self, x: str, name: str) -> str:
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.apply("LayerNormalization", x, scale, shift, epsilon=1e-12)

    def heads(self, x: str, name: str, order: tuple[int, ...]) -> str:
        """Project x and split it: axes text, token, head, width, put in `order`."""
        shape = self.constant("heads", np.array([0, 0, HEADS, DIMENSIONS // HEADS]))
        return self.apply("Transpose", self.apply("Reshape", self.linear(x, name), shape), perm=order)

    def layer(self, x: str, name: str) -> str:
        """Add one layer of BERT (Devlin et al. 2019): attention, then two linear steps, each added to its input."""
        query = self.heads(x, f"{name}.attention.self.query", (0, 2, 1, 3))
        key = self.heads(x, f"{name}.attention.self.key", (0, 2, 3, 1))
        value = self.heads(x, f"{name}.attention.self.value", (0, 2, 1, 3))
        root = self.constant("root", np.sqrt(np.float32(DIMENSIONS // HEADS)))
        scores = self.apply("Softmax", self.apply("Div", self.apply("MatMul", query, key), root), axis=-1)
        attended = self.apply("Transpose", self.apply("MatMul", scores, value), perm=(0, 2, 1, 3))
        attended = self.apply("Reshape", attended, self.constant("width", np.array([0, 0, DIMENSIONS])))
        x = self.apply("Add", x, self.linear(attended, f"{name}.attention.output.dense"))
        x = self.norm(x, f"{name}.attention.output.LayerNorm")
        hidden = self.apply("Gelu", self.linear(x, f"{name}.intermediate.dense"))
        x = self.apply("Add", x, self.linear(hidden, f"{name}.output.dense"))
        return self.norm(x, f"{name}.output.LayerNorm")


class Network:
    """The network without its tokenizer: token ids to embeddings, on one thread.

    One thread: these products are small, and on a busy machine two threads that wait for each other took ten times as
    long.
    """

    def __init__(self, weights: dict[str, np.ndarray]):
        """Take the weights (float32, by the names of the model's file)."""
        self.words = weights["embeddings.word_embeddings.weight"]
        self.places = weights["embeddings.position_embeddings.weight"]
        self.kind = weights["embeddings.token_type_embeddings.weight"][0]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(_model(weights), options, ["CPUExecutionProvider"])

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        """Return the unit-length embedding, shape [384], of a text's token ids, shape [tokens].

        Mean pooling and normalisation, as the model's authors specify.
        """
        states = self.words[ids] + self.places[: len(ids)] + self.kind
        (pooled,) = self.session.run(None, {"states": states[np.newaxis]})
        return pooled[0] / np.linalg.norm(pooled[0])


def _model(weights: dict[str, np.ndarray]) -> bytes:
    graph = _Graph(weights)
    x = graph.norm("states", "embeddings.LayerNorm")
    for number in range(LAYERS):
        x = graph.layer(x, f"encoder.layer.{number}")
    pooled = graph.apply("ReduceMean", x, graph.constant("tokens", np.array([1])), keepdims=0)
    states = helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "tokens", DIMENSIONS])
    result = helper.make_tensor_value_info(pooled, TensorProto.FLOAT, [1, DIMENSIONS])
    made = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", [states], [result], list(graph.constants.values()))
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_model_gen_version(made, opset_imports=opset).SerializeToString()
