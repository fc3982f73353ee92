"""`/healthz` and `/metrics`: the checks of `handlers.health`, for probes and for Prometheus."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import bot
from handlers.health.checks import Check

log = logging.getLogger(__name__)

Look: TypeAlias = Callable[[], Sequence[Check]]
# What a page of another site could reach by a name that leads here is not served to it.
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


class _Checks(Collector):
    """Looks at each scrape; a number that is not known has no line."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def collect(self) -> Iterator[Metric]:
        """One metric for each kind of number, and the state of each check."""
        checks = self._look()
        built = GaugeMetricFamily("tme_build", "The version that runs.", labels=["version"])
        built.add_metric([bot.__version__], 1.0)
        yield built
        states = GaugeMetricFamily(
            "tme_check", "1 where a check is in order, 0 where not.", labels=["check"]
        )
        for check in checks:
            if check.state != "unknown":
                states.add_metric([check.name], check.state == "ok")
        yield states
        families: dict[str, GaugeMetricFamily] = {}
        for check in checks:
            for each in check.measures:
                label = ["name"] if each.label else []
                family = families.setdefault(
                    each.name, GaugeMetricFamily(f"tme_{each.name}", check.what, labels=label)
                )
                family.add_metric([each.label] if each.label else [], each.value)
        yield from families.values()


def routes(look: Look) -> list[Route]:
    """The two addresses. `/healthz` is 503 where a vital check is bad, and lists all of them."""
    registry = CollectorRegistry()
    registry.register(_Checks(look))
    ProcessCollector(registry=registry)

    def healthy() -> Response:
        checks = look()
        bad = [check.name for check in checks if check.is_vital and check.state == "bad"]
        if bad:
            log.warning("Unwell: %s", ", ".join(bad))
        body = {"ok": not bad, "checks": [check.as_json() for check in checks]}
        return Response(
            json.dumps(body, ensure_ascii=False), 503 if bad else 200, media_type="application/json"
        )

    async def healthz(_request: Request) -> Response:
        return await run_in_threadpool(healthy)

    async def metrics(_request: Request) -> Response:
        written = await run_in_threadpool(generate_latest, registry)
        return Response(written, media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
    ]


def web(look: Look, host: str) -> Starlette:
    """A web application of the two addresses alone, for a port of their own."""
    known = [Middleware(TrustedHostMiddleware, allowed_hosts=sorted(_LOOPBACK))]
    return Starlette(routes=routes(look), middleware=known if host in _LOOPBACK else [])
