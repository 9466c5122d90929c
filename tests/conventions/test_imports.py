"""Which room knows which (docs/architecture.md)."""

import ast

import pytest

from tests.support.tree import imports, modules

# A room may import itself and the rooms named here; the kernel is open to all
MAY_IMPORT = {
    "users": set(),
    "structures": set(),
    "services": {"structures"},
    "habilitations": {"users", "structures", "services"},
    "chorus_org": {"users", "structures", "services", "habilitations"},
}
KERNEL = ("chorus_org.common", "chorus_org.journal", "chorus_org.mail")
NAMES = [path.as_posix() for path in modules()]


def room(dotted):
    return next((kernel for kernel in KERNEL if f"{dotted}.".startswith(f"{kernel}.")), dotted.split(".")[0])


@pytest.mark.parametrize(("path", "module"), modules().items(), ids=NAMES)
def test_a_room_imports_only_the_rooms_below_it(path, module):
    own = room(".".join(path.with_suffix("").parts))
    allowed = {own, *KERNEL, *(set() if own in KERNEL else MAY_IMPORT[own])}

    upward = [name for name in imports(module) if room(name) in {*MAY_IMPORT, *KERNEL} - allowed]

    assert not upward


def test_the_common_kernel_knows_neither_the_journal_nor_mails():
    for path, module in modules().items():
        if path.parts[:2] == ("chorus_org", "common"):
            assert not [name for name in imports(module) if name.startswith(KERNEL[1:])], path


@pytest.mark.parametrize(("path", "module"), modules().items(), ids=NAMES)
def test_no_import_stands_inside_a_function_nor_is_relative(path, module):
    functions = [node for node in ast.walk(module) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]

    hidden = [
        node for function in functions for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    relative = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom) and node.level]

    assert not hidden
    assert not relative
