"""Templates: one part a component, no logic, French typography."""

import re
from pathlib import Path

import django.forms
import pytest

from tests.support.tree import APPS, ROOF, modules, strings, templates

OF_DJANGO = Path(django.forms.__path__[0], "templates")  # what one of ours replaces
TAGS = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)


def test_every_template_is_used():
    code = {string.value for module in modules().values() for string in strings(module)}
    named = "\n".join(templates().values())

    unused = [
        name
        for name in templates()
        if name not in code
        and f'"{name}"' not in named
        and re.sub(r"/mail/(.+)\.txt$", r"/\1", name) not in code  # the kind of a mail
        and not (OF_DJANGO / name).exists()
    ]

    assert not unused


def test_templates_stand_in_a_folder_of_their_app():
    folders = {name.split("/")[0] for name in templates() if "/" in name}

    assert folders <= {*APPS, *ROOF, "kernel", "partials", "django"}
    assert {name for name in templates() if "/" not in name} == {"base.html"}


def test_parts_of_an_app_begin_with_an_underscore():
    parts = [name.split("/") for name in templates() if "/partials/" in name]

    assert all(part[-1].startswith("_") for part in parts)


@pytest.mark.parametrize(("name", "text"), templates().items())
def test_nothing_is_marked_safe_and_nothing_is_inline(name, text):
    inline = r"|<style|\sstyle=" if "/mail/" not in name else ""  # what reads mails knows no other style
    assert not re.search(rf"\|\s*safe\b|autoescape off|\shx-on|\son\w+={inline}", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize(("name", "text"), templates().items())
def test_rights_are_not_decided_in_templates(name, text):
    assert not re.search(r"\{%\s*if[^%]*(is_staff|is_superuser|perms\.|has_perm)", text)


@pytest.mark.parametrize(("name", "text"), templates().items())
def test_french_keeps_its_no_break_spaces(name, text):
    shown = TAGS.sub(lambda found: " ".join(re.findall(r'"[^"]*"', found[0])), text)

    wrong = re.findall(r".{0,20}(?:« | »|[\w»)’] [:;?!](?=[\s<\"]|$)).{0,10}", re.sub(r"<[^>]*>", "\n", shown))

    assert not wrong


def test_no_component_is_written_twice():
    """The markup of a component stands in `partials/` only: pages use its tag or include it."""
    components = re.compile(
        r'class="(alert|tag|tile|cell|crumbs|back|field|error|summary|empty|stepper|pages|facts|bracket)[ "-]'
    )

    written = {
        name: found[0]
        for name, text in templates().items()
        if not name.startswith("partials/") and (found := components.search(text))
    }

    assert written == {}
