"""The TOML file of a corpus -> the options of every stage that it lists."""

from __future__ import annotations

from pathlib import Path

from style2talker.corpus.labelling.options import AnnotateOptions
from style2talker.corpus.settings import Plan, filled, load_plan
from style2talker.corpus.stages import STAGES

__all__ = ["chosen_options", "load_stages"]

_KINDS = {**{name: stage.options for name, stage in STAGES.items()}, "annotate": AnnotateOptions}


def load_stages(path: Path) -> Plan:
    """Read the TOML file of a corpus. Raises UsageError as `load_plan`."""
    return load_plan(path, tuple(_KINDS))


def chosen_options(plan: Plan, path: Path) -> dict[str, object]:
    """Options of the stages that a plan lists, in the order in which stages come.

    Args:
        plan: what the file says.
        path: of the file, for messages.

    Raises:
        UsageError: a table has an option that there is not, or a value that cannot be used.
    """
    made: dict[str, object] = {
        name: filled(kind, plan.stages.get(name, {}), f"{path}: [{name}]") for name, kind in _KINDS.items()
    }
    return {name: options for name, options in made.items() if name in plan.corpus.stages}
