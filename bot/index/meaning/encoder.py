"""Texts to vectors with a sentence encoder, run by ONNX Runtime."""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bot.errors import SemanticUnavailable, frames
from bot.index.meaning.models import POOLING, PROMPTS, TOKENIZER, TOKENS, Model

# More at a time are no faster, and take memory.
BATCH = 32

Vectors = npt.NDArray[np.float32]


class Encoder:
    """A model, loaded. Safe from any thread."""

    def __init__(self, model: Model) -> None:
        """Load the model. Raises SemanticUnavailable when it is not there or cannot be loaded."""
        if model.network is None:
            raise SemanticUnavailable(f"The model {model.name} is not there yet.")
        try:
            # Only here: who does not use it must not wait for it. Without memory it fails as well.
            import onnxruntime  # noqa: PLC0415
            from tokenizers import Tokenizer  # noqa: PLC0415

            self._tokens = Tokenizer.from_file(str(model.folder / TOKENIZER))
            self._tokens.enable_truncation(TOKENS)
            # Of the tokenizer's own token, where it names one.
            self._tokens.enable_padding(**{**(self._tokens.padding or {}), "length": None})
            options = onnxruntime.SessionOptions()
            # Answers go on meanwhile: half the processors, and no waiting in a busy loop.
            options.intra_op_num_threads = max(1, (os.cpu_count() or 1) // 2)
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            self._session = onnxruntime.InferenceSession(
                str(model.network), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # whatever the runtime and the tokenizer raise
            logging.getLogger(__name__).debug("The whole of it: %s", frames(error))
            raise SemanticUnavailable(f"The model {model.name} cannot be loaded.") from None
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._first_token = bool(_read(model.folder / POOLING).get("pooling_mode_cls_token"))
        prompts = _read(model.folder / PROMPTS).get("prompts") or {}
        self._prompts = {kind: prompts.get(kind) or "" for kind in ("query", "document")}

    def encode(
        self, texts: Sequence[str], kind: Literal["query", "document"] = "document"
    ) -> Vectors:
        """A vector of length one for each text, in order: an array (texts, dimensions)."""
        found: list[Vectors] = []
        for start in range(0, len(texts), BATCH):
            batch = [self._prompts[kind] + text for text in texts[start : start + BATCH]]
            read = self._tokens.encode_batch(batch)
            mask = np.array([each.attention_mask for each in read], np.int64)
            given = {
                "input_ids": np.array([each.ids for each in read], np.int64),
                "attention_mask": mask,
                "token_type_ids": np.zeros_like(mask),
            }
            given = {name: value for name, value in given.items() if name in self._inputs}
            found.append(self._pooled(self._session.run(None, given)[0], mask))
        return np.concatenate(found)

    def _pooled(self, states: Vectors, mask: npt.NDArray[np.int64]) -> Vectors:
        """One vector a text: of its tokens' the first or the mean, as the model has it."""
        if self._first_token:
            vectors = states[:, 0]
        else:
            weights = mask[:, :, None].astype(np.float32)
            vectors = (states * weights).sum(axis=1) / weights.sum(axis=1)
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / lengths


def _read(path: Path) -> Mapping[str, Any]:
    """A model's own JSON file; nothing where it has none."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
