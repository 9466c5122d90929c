"""Which room knows which (docs/architecture.md)."""

import ast

import pytest

from tests.support.tree import imports, modules

# A room may import itself, the rooms of its line here, and the kernel; none runs back up
APPS = {"users", "structures", "services", "habilitations"}
ROOMS = {"chorus_org.information", "chorus_org.portal", "chorus_org.leaving", "chorus_org.operators"}
MAY_IMPORT = {
    "chorus_org.kernel.common": set(),
    "chorus_org.kernel.journal": {"chorus_org.kernel.common"},
    "chorus_org.kernel.mail": {"chorus_org.kernel.common", "chorus_org.kernel.journal"},
    "chorus_org.embedded": set(),  # the PostgreSQL of the demo and the tests
    "users": set(),
    "structures": set(),
    "services": {"structures"},
    "habilitations": {"users", "structures", "services"},
    "chorus_org.information": APPS,
    "chorus_org.portal": {*APPS, "chorus_org.information"},
    "chorus_org.leaving": {*APPS, "chorus_org.information"},
    "chorus_org.operators": APPS,
    "chorus_org.demo": {
        *APPS,
        "chorus_org.embedded",
        "chorus_org.information",
        "chorus_org.portal",
        "chorus_org.leaving",
        "chorus_org.operators",
    },
    "chorus_org": {
        *APPS,
        "chorus_org.information",
        "chorus_org.embedded",
        "chorus_org.portal",
        "chorus_org.leaving",
        "chorus_org.operators",
        "chorus_org.demo",
    },
}
KERNEL = {name for name in MAY_IMPORT if name.startswith("chorus_org.kernel.")}
NAMES = [path.as_posix() for path in modules()]


def room(dotted):
    """The room of MAY_IMPORT that holds a module; none for a library, or a constant of the settings."""
    parts = dotted.split(".")
    return next((name for n in (3, 2, 1) if (name := ".".join(parts[:n])) in MAY_IMPORT), None)


@pytest.mark.parametrize(("path", "module"), modules().items(), ids=NAMES)
def test_a_room_imports_only_the_rooms_below_it(path, module):
    own = room(".".join(path.with_suffix("").parts))
    allowed = {own, None, *MAY_IMPORT[own], *(set() if own in KERNEL else KERNEL)}

    assert not [name for name in imports(module) if room(name) not in allowed]


@pytest.mark.parametrize(("path", "module"), modules().items(), ids=NAMES)
def test_no_import_stands_inside_a_function_nor_is_relative(path, module):
    functions = [node for node in ast.walk(module) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]

    hidden = [
        node for function in functions for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    relative = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom) and node.level]

    assert not hidden
    assert not relative


def test_the_private_parts_of_allauth_are_named_in_one_place():
    naming = {
        path.as_posix() for path, module in modules().items() if any(".internal" in name for name in imports(module))
    }

    assert naming == {"users/login/allauth_private.py"}
