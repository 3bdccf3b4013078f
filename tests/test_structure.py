"""How modules may hang together, beyond the arrows that import-linter checks."""

from graphlib import TopologicalSorter

import grimp


def test_modules_import_each_other_in_no_circle() -> None:
    """Imports for types alone do not count."""
    graph = grimp.build_graph(
        "hidra", "functions", "local", "tests", exclude_type_checking_imports=True, cache_dir=None
    )
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle
