"""The project's own files, for the tests that read code as text."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = ("structures", "services", "users", "habilitations", "chorus_org")
ROOF = ("portal", "information", "operators", "leaving", "demo")  # rooms of `chorus_org` that may know every app


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module of the product, but its migrations, parsed: {path below the root: tree}."""
    paths = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
    return {path.relative_to(ROOT): ast.parse(path.read_text()) for path in paths}


@cache
def templates() -> dict[str, str]:
    """Every template by its name."""
    folder = ROOT / "templates"
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.*"))}


@cache
def operations() -> set[str]:
    """Every public operation by its dotted name; what only checks (`check_…`), and a part (`_parts`), is none."""
    return {
        ".".join((*path.with_suffix("").parts, node.name))
        for path, module in modules().items()
        if "operations" in path.as_posix() and (path.stem == "__init__" or not path.stem.startswith("_"))
        for node in module.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith(("_", "check_"))
    }


def imports(module: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def strings(module: ast.Module) -> Iterator[ast.Constant]:
    """The strings of a module that are not docstrings."""
    docstrings = {
        node.value for node in ast.walk(module) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield node
