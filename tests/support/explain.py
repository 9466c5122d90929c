"""What PostgreSQL read to answer: the figures of a plan that do not depend on the machine."""

import json
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet


@dataclass(frozen=True)
class Plan:
    """How many buffers were read, which tables from end to end, and by which indexes the others."""

    buffers: int
    scanned: frozenset[str]
    indexes: frozenset[str]


def plan_of(query: QuerySet | str) -> Plan:
    """Run the query with EXPLAIN and read its plan."""
    options = {"analyze": True, "buffers": True, "format": "json"}
    if isinstance(query, QuerySet):
        [explained] = json.loads(query.explain(**options))
    else:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query)
            [[[explained]]] = cursor.fetchall()
    root = explained["Plan"]
    return Plan(
        buffers=root["Shared Hit Blocks"] + root["Shared Read Blocks"],
        scanned=frozenset(node["Relation Name"] for node in _nodes(root) if node["Node Type"] == "Seq Scan"),
        indexes=frozenset(node["Index Name"] for node in _nodes(root) if "Index Name" in node),
    )


def _nodes(node: dict) -> list[dict]:
    return [node, *(found for child in node.get("Plans", []) for found in _nodes(child))]
