"""One step of the scale benchmark in a process of its own, so that its peak memory is its own.

Started by `scale.py` as `scale_step.py STEP JOB`; prints its figures as one line of JSON.
"""

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scale_job import Figures, Job, peak_mb

_MODULES = {
    "questions": "scale_queries",
    "store": "scale_build", "index": "scale_build", "incremental": "scale_build",
    "queries": "scale_queries", "cold": "scale_queries", "profile": "scale_queries",
    "threads": "scale_load", "importing": "scale_load", "during_import": "scale_load",
    "router": "scale_router", "spelling": "scale_spelling",
    "build_tantivy": "scale_peers", "build_fts5": "scale_peers", "build_bm25s": "scale_peers",
    "ask_fts5": "scale_peers", "ask_bm25s": "scale_peers", "ask_rapidfuzz": "scale_peers",
}  # fmt: skip


def main() -> None:
    """Run the step named first on the job given second."""
    name, job = sys.argv[1], Job.from_json(sys.argv[2])
    step: Callable[[Job], Figures] = getattr(import_module(_MODULES[name]), name)
    figures = step(job)
    print(json.dumps({**figures, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
