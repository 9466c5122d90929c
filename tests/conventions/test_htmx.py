"""One dialect of HTMX (docs/architecture.md): ask for a whole page, say which part is taken, and where it goes."""

import ast
import re

import pytest

from tests.support.tree import modules, templates

ASKING = re.compile(r"<\w[^<]*?\shx-(?:get|post)=[^<]*?>|\{%[^%]*?\shx_(?:get|post)=[^%]*?%\}")
# Template -> what its fragment spares, measured, where a whole page costs too much
FRAGMENTS: dict[str, str] = {}
# The only dialogs: what asks, and what warns that the session ends, which is no page
DIALOGS = {"base.html": 1, "partials/session_end.html": 1}


@pytest.mark.parametrize(("name", "text"), templates().items())
def test_what_asks_names_its_part_and_its_place(name, text):
    for tag in ASKING.findall(text):
        said = tag.replace("_", "-")
        assert "hx-target=" in said, tag
        assert "hx-swap=" in said, tag
        assert "hx-select=" in said or name in FRAGMENTS, tag


@pytest.mark.parametrize(("name", "text"), templates().items())
def test_what_asks_is_a_link_or_a_form_to_the_same_address(name, text):
    for tag in ASKING.findall(text):
        [address] = re.findall(r"""hx[-_](?:get|post)=("[^"]*"|[\w.]+)""", tag)
        assert re.search(rf"\s(?:href|action|formaction|url)={re.escape(address)}", tag), tag


def test_no_part_marks_itself_as_out_of_band():
    assert [name for name, text in templates().items() if "hx-swap-oob" in text] == []


def test_one_dialog_carries_every_question():
    dialogs = {name: text.count("<dialog") for name, text in templates().items() if "<dialog" in text}

    assert dialogs == DIALOGS


def test_no_view_answers_htmx_with_another_page():
    """Who asks matters to what leads a whole page away, and to nothing else."""
    asking = {
        path.as_posix()
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr == "htmx"
    }

    assert asking == {"chorus_org/kernel/common/answers.py", "chorus_org/kernel/common/middleware.py"}
