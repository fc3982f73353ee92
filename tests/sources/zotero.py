"""A stand-in of Zotero's Web API v3 for one library: versions, conditions, pages, permissions."""

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

Data = dict[str, Any]
KEY = "a-secret-key"


@dataclass
class ZoteroLibrary:
    """Serves groups/1. Every change takes the next version, as Zotero has it.

    `before_change` is called once before the next change is judged: what somebody else does
    meanwhile.
    """

    may_write: bool = True
    version: int = 0
    items: dict[str, Data] = field(default_factory=dict)
    collections: dict[str, Data] = field(default_factory=dict)
    deleted: list[tuple[int, str, str]] = field(default_factory=list)
    before_change: list[Any] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)

    def put(self, key: str, **data: Any) -> None:
        """Somebody adds or changes an item."""
        self.version += 1
        before = self.items.get(key, {"itemType": "journalArticle", "tags": [], "collections": []})
        self.items[key] = {**before, **data, "key": key, "version": self.version}

    def file(self, key: str, name: str, parent: str | bool = False) -> None:
        """Somebody makes a collection."""
        self.version += 1
        self.collections[key] = {
            "key": key, "name": name, "parentCollection": parent, "version": self.version,
        }  # fmt: skip

    def drop(self, key: str) -> None:
        """Somebody deletes an item or a collection."""
        self.version += 1
        what = "items" if self.items.pop(key, None) else "collections"
        self.collections.pop(key, None)
        self.deleted.append((self.version, what, key))

    def __call__(self, request: Request) -> Response:  # noqa: PLR0911 - an answer a path
        if request.headers.get("Zotero-API-Key") != KEY:
            return Response("Invalid key", 403)
        path = request.path.strip("/")
        if path == "keys/current":
            rights = {"library": True, "write": self.may_write}
            return self._json({"userID": 7, "username": "ana", "access": {"groups": {"1": rights}}})
        if not path.startswith("groups/1/"):
            return Response("Not found", 404)
        path = path.removeprefix("groups/1/")
        if request.method != "GET":
            return self._change(request, path)
        since = int(request.args.get("since", "0"))
        with_bin = request.args.get("includeTrashed") == "1"
        there = {k: d for k, d in self.items.items() if with_bin or not d.get("deleted")}
        if path == "items/top":
            return self._json(
                {k: d["version"] for k, d in there.items()
                 if d["version"] > since and "parentItem" not in d}
            )  # fmt: skip
        if path == "items" and request.args.get("itemType") == "note":
            assert request.args["format"] == "versions"
            return self._json(
                {k: d["version"] for k, d in there.items()
                 if d["version"] > since and d["itemType"] == "note"}
            )  # fmt: skip
        if path == "items":
            wanted = request.args["itemKey"].split(",")
            assert len(wanted) <= 50
            return self._json([self._entry(there[k]) for k in wanted if k in there])
        if path == "collections":
            start, limit = int(request.args["start"]), int(request.args["limit"])
            found = [d for d in self.collections.values() if d["version"] > since]
            return self._json([self._entry(d) for d in found][start : start + limit])
        assert path == "deleted"
        gone = [(what, key) for version, what, key in self.deleted if version > since]
        return self._json({w: [k for what, k in gone if what == w]
                           for w in ("items", "collections", "tags")})  # fmt: skip

    def _entry(self, data: Data) -> Data:
        library = {"type": "group", "id": 1, "name": "Lab"}
        return {"key": data["key"], "version": data["version"], "library": library,
                "meta": {"parsedDate": data.get("date", "")}, "data": data}  # fmt: skip

    def _change(self, request: Request, path: str) -> Response:
        if not self.may_write:
            return Response("Write access denied", 403)
        if self.before_change:
            self.before_change.pop(0)()
        condition = int(request.headers["If-Unmodified-Since-Version"])
        content = request.get_json()
        if request.method == "PATCH":
            key = path.removeprefix("items/")
            if self.items[key]["version"] > condition:
                return self._json({}, 412)
            self.put(key, **content)
            self.changed.append(("PATCH", key))
            return Response(status=204, headers={"Last-Modified-Version": str(self.version)})
        if self.version > condition:
            return self._json({}, 412)
        assert len(content) <= 50
        self.version += 1
        made = {}
        for place, data in enumerate(content):
            key = f"NEW{self.version:03}{place}"
            where = self.items if path == "items" else self.collections
            where[key] = {**data, "key": key, "version": self.version}
            self.changed.append(("POST", key))
            made[str(place)] = self._entry(where[key])
        return self._json({"successful": made, "unchanged": {}, "failed": {}})

    def _json(self, content: Any, status: int = 200) -> Response:
        headers = {"Last-Modified-Version": str(self.version)}
        return Response(json.dumps(content), status, headers, content_type="application/json")
