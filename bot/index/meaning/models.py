"""Where a sentence encoder's files are: in a folder of one's own, or fetched once from the hub.

Any model of the hub (https://huggingface.co) will do that carries its network in the ONNX form and
its tokenizer as `tokenizer.json`, as most of sentence-transformers do.
"""

import logging
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.errors import SemanticUnavailable, frames

log = logging.getLogger(__name__)

# The network, best first: with 8-bit products it is a quarter as large and several times as fast,
# and lost nothing where it was measured.
_EIGHT_BIT = "onnx/model_qint8_arm64.onnx" if platform.machine() in {"arm64", "aarch64"} else (
    "onnx/model_quint8_avx2.onnx"
)  # fmt: skip
_NETWORKS = (
    _EIGHT_BIT, "onnx/model_quantized.onnx", "onnx/model_int8.onnx", "onnx/model.onnx",
    "model_optimized.onnx", "model.onnx",
)  # fmt: skip
# The first 128 tokens of a text did as well as more where it was measured.
TOKENS = 128
TOKENIZER, POOLING = "tokenizer.json", "1_Pooling/config.json"
PROMPTS = "config_sentence_transformers.json"
_PATIENCE_SECONDS = 30.0


class Model:
    """The model that a setting names: its files, once they are there."""

    def __init__(self, name: str, folder: Path) -> None:
        """`name` is a folder or the name of a model of the hub, which is fetched into `folder`."""
        own = Path(name).expanduser()
        self.name = name
        self._own = own.is_absolute() or own.is_dir()
        self.folder = own if self._own else folder / name.replace("/", "--")
        self.progress = ""

    @property
    def network(self) -> Path | None:
        """The file of the network; None where the model is not there, or not whole."""
        if not (self.folder / TOKENIZER).is_file():
            return None
        return next((p for n in _NETWORKS if (p := self.folder / n).is_file()), None)

    def fetch(self, on_progress: Callable[[int], None] = lambda _bytes: None) -> None:
        """Fetch the files that are not there; what breaks off goes on where it stopped.

        `on_progress` is given the bytes of the file under way that are there.

        Raises SemanticUnavailable: the hub cannot be reached, or has no such model in this form.
        """
        if self.network is not None:
            return
        if self._own:
            raise SemanticUnavailable(
                f"No {TOKENIZER} and ONNX network in {self.folder}.",
                "Set TME_SEMANTIC to a folder with both, to a model of the hub, or to no.",
            )
        # Only here: who does not use it must not wait for it.
        from huggingface_hub import HfApi, hf_hub_download  # noqa: PLC0415

        try:
            model = HfApi().model_info(self.name, files_metadata=True, timeout=_PATIENCE_SECONDS)
            sizes = {each.rfilename: each.size or 0 for each in model.siblings or ()}
            # The network last: where it is, everything is.
            for file in _wanted(self.name, sizes):
                self.progress = f"fetching {file} ({sizes[file] / 1e6:.0f} MB)"
                log.info("Model %s: %s", self.name, self.progress)
                hf_hub_download(
                    self.name, file, revision=model.sha, local_dir=self.folder,
                    tqdm_class=_bar(self, on_progress),
                )  # fmt: skip
        except SemanticUnavailable:
            raise
        except Exception as error:  # whatever the hub's client and the network raise
            log.debug("The whole of it: %s", frames(error))
            raise SemanticUnavailable(
                f"The model {self.name} cannot be fetched.",
                "Connect to huggingface.co, or set TME_SEMANTIC to a folder, or to no.",
            ) from None
        finally:
            self.progress = ""
        log.info("Model %s: fetched", self.name)


def _wanted(name: str, sizes: Mapping[str, int]) -> list[str]:
    """The files of a model of the hub that are needed, the network last."""
    network = next((each for each in _NETWORKS if each in sizes), None)
    if network is None or TOKENIZER not in sizes:
        raise SemanticUnavailable(
            f"The model {name} has no {TOKENIZER} or no ONNX network.",
            "Set TME_SEMANTIC to another model of the hub, to a folder, or to no.",
        )
    wanted = (TOKENIZER, POOLING, PROMPTS, f"{network}_data", network)
    return [each for each in wanted if each in sizes]


def _bar(model: Model, on_progress: Callable[[int], None]) -> Any:
    """A progress bar of the hub's client that calls `on_progress` and draws nothing."""
    from huggingface_hub.utils import tqdm  # noqa: PLC0415

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": True})
            self._done, self._of = int(kwargs.get("initial") or 0), int(kwargs.get("total") or 0)

        def update(self, n: float | None = 1) -> bool | None:
            self._done += int(n or 0)
            on_progress(self._done)
            model.progress = f"fetching: {self._done / 1e6:.0f} of {self._of / 1e6:.0f} MB"
            return None

    return Bar
