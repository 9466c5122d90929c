"""Habits of the house that a reader would not see being lost."""

import ast
import re

import pytest
from django.apps import apps

from chorus_org.kernel.journal.kinds import DETAILS
from tests.support.tree import APPS, ROOT, imports, modules, strings, templates

# A part of other operations takes no savepoint: what it refuses, its caller refuses
TRANSACTIONS = {"transaction.atomic", "transaction.atomic(savepoint=False)"}
JOURNAL = ("journal", "models.py")
WRITERS = {"create", "bulk_create", "update", "delete", "get_or_create", "update_or_create", "save"}
GUARDIAN_SHORTCUTS = {"assign_perm", "remove_perm", "get_objects_for_user", "get_users_with_perms", "get_perms"}


CONSOLE = {"demo.py", "embedded.py", "prod.py"}  # what scripts read has plain spaces
TITLES = {"ID", "Message-ID", "Clé de session"}  # names of others, kept as they write them


def test_only_the_operations_of_habilitations_write_habilitations():
    for path, module in modules().items():
        if path.parts[:2] == ("habilitations", "operations"):
            continue
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr in WRITERS:
                assert not re.search(r"Habilitation\b|ROWS|\brows\b", ast.unparse(call.func.value)), path


def test_nobody_uses_the_shortcuts_of_guardian():
    for path, module in modules().items():
        assert not {name.split(".")[-1] for name in imports(module)} & GUARDIAN_SHORTCUTS, path


def test_no_rule_hides_in_save_delete_or_signals():
    for path, module in modules().items():
        methods = {
            node.name
            for model in ast.walk(module)
            if isinstance(model, ast.ClassDef) and "models" in path.as_posix()
            for node in model.body
            if isinstance(node, ast.FunctionDef)
        }
        assert not methods & {"save", "delete"}, path
        names = {name.rsplit(".", 1)[-1] for name in imports(module) if name.startswith("django.db.models.signals")}
        assert not names & {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}, path


def test_operations_take_their_arguments_by_name_and_never_read_the_clock():
    for path, module in modules().items():
        if "operations" not in path.as_posix():
            continue
        for function in (node for node in module.body if isinstance(node, ast.FunctionDef)):
            if not function.name.startswith("_"):
                assert not function.args.args, (path, function.name)
        assert not {"now", "today"} & {n.attr for n in ast.walk(module) if isinstance(n, ast.Attribute)}, path


def test_operations_are_transactions_of_their_own():
    for path, module in modules().items():
        if "operations" in path.as_posix():
            for function in (node for node in module.body if isinstance(node, ast.FunctionDef)):
                decorators = {ast.unparse(decorator) for decorator in function.decorator_list}
                assert function.name.startswith(("_", "check_")) or decorators & TRANSACTIONS, (
                    path,
                    function.name,
                )


def test_every_detail_of_an_event_has_its_french_word():
    for path, module in modules().items():
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) in {"Event.objects.record", "Event.of"} and path.parts[-2:] != JOURNAL:
                details = {keyword.arg for keyword in call.keywords} - {"by", "subject", "scope", "at"}
                assert details <= DETAILS.keys(), f"{path}: add its word to DETAILS of journal/kinds.py"


def test_nothing_is_marked_safe_nor_executed_with_text_pasted_in():
    for path, module in modules().items():
        assert "mark_safe" not in {name.rsplit(".", 1)[-1] for name in imports(module)}, path
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name in {"execute", "raw", "RawSQL", "extra"} and call.args:
                assert not isinstance(call.args[0], (ast.JoinedStr, ast.BinOp)), path
            request_data = [kw for kw in call.keywords if kw.arg is None and "request." in ast.unparse(kw.value)]
            assert not request_data, path


@pytest.mark.parametrize("path", sorted(modules()), ids=str)
def test_a_module_stays_under_400_lines(path):
    assert len((ROOT / path).read_text().splitlines()) <= 400


def test_names_on_screen_are_in_lower_case():
    for model in apps.get_models():
        if model.__module__.split(".")[0] in APPS:
            names = [model._meta.verbose_name, model._meta.verbose_name_plural]
            names += [field.verbose_name for field in model._meta.fields if field.name != "id"]
            assert [name for name in names if name[0].isupper() and name not in TITLES] == [], model


def test_french_strings_keep_their_no_break_spaces():
    for path, module in modules().items():
        for string in strings(module):
            wrong = re.search(r"« | »|\w [:;?!](?=\s|$)", string.value)
            assert not wrong or path.name in CONSOLE, (path, string.lineno)


def test_a_no_break_space_is_seen_in_the_code_and_is_itself_in_a_template():
    for path in modules():
        assert not re.search("[\u00a0\u202f]", (ROOT / path).read_text()), f"Write \\u00a0 in {path}"
    for name, text in templates().items():
        assert not re.search("&nbsp;|&#160;|&#xa0;|\u202f", text, re.IGNORECASE), f"Type the sign itself in {name}"


def test_git_runs_each_check_of_make_lint():
    makefile, hooks = ((ROOT / name).read_text() for name in ("Makefile", ".pre-commit-config.yaml"))

    checks = re.search(r"^CHECKS := (.+)$", makefile, re.MULTILINE)[1].split()
    assert re.findall(r"entry: make ([a-z-]+)", hooks) == checks


def test_a_form_is_made_of_what_is_typed_or_was_kept_of_it():
    """A form made of `request.POST` would lose what was typed when a session ends (`common.typed`)."""
    for path, module in modules().items():
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            assert not any("request.POST" in ast.unparse(each) for each in given if not isinstance(each, ast.Call)), (
                path
            )
