"""What a first visit weighs, as production sends it: compressed, with no font, under the aims of the house."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

KB = 1000


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    with override_settings(STATIC_ROOT=folder, STORAGES=storages):
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["admin", "guardian", "account"])
    return folder


def sent(folder: Path, name: str) -> int:
    """The bytes of a file as a browser that knows brotli receives them."""
    stem, _, ending = name.rpartition(".")
    [hashed] = [path for path in folder.glob(f"{stem}.*.{ending}") if re.search(r"\.[0-9a-f]{12}\.\w+$", path.name)]
    compressed = hashed.with_name(hashed.name + ".br")
    return (compressed if compressed.exists() else hashed).stat().st_size


def test_a_first_visit_is_under_60_kb(client, db, collected):
    page = client.get("/")

    files = set(re.findall(r'(?:href|src)="/static/([^"#]+)', page.text))
    total = len(page.content) + sum(sent(collected, name) for name in files)

    assert {"css/tokens.css", "icons.svg", "js/app.js"} < files
    assert total <= 60 * KB


def test_our_own_styles_and_scripts_are_small():
    static = settings.BASE_DIR / "static"

    assert sum(path.stat().st_size for path in static.rglob("*.css")) <= 48 * KB
    assert sum(path.stat().st_size for path in static.rglob("*.js")) <= 10 * KB
    assert not [path for path in static.rglob("*") if path.suffix in {".woff", ".woff2", ".ttf", ".otf"}]
