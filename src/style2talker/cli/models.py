"""`assets` and `doctor`: the commands that look after model files and the installation."""

from __future__ import annotations

import json
import sys
from typing import Annotated
from urllib.parse import urlsplit

import typer

from style2talker.assets.catalogue import Asset
from style2talker.assets.store import AssetState, cache_folder, inspect_asset, list_assets, pull
from style2talker.cli import flags
from style2talker.cli.telling import progress_bar
from style2talker.errors import AssetError

__all__ = ["assets_app", "doctor"]

assets_app = typer.Typer(
    help="Model files: list them, fetch what is missing, check every byte.\n\nExample: style2talker assets pull",
    no_args_is_help=True,
)

_WIDE = 200

Names = Annotated[
    list[str] | None, typer.Argument(help="Names of assets; all when none is given.", metavar="[NAME]...")
]


def _megabytes(size: int) -> str:
    """Bytes for people."""
    return f"{size / 1e6:.1f} MB"


def _facts(found: AssetState) -> dict[str, object]:
    """An asset's state for programs."""
    asset = found.asset
    return {
        "name": asset.name,
        "state": found.state,
        "path": str(found.path),
        "size": asset.size,
        "licence": asset.licence,
        "sources": _sources(asset),
        "fault": found.fault,
    }


def _all() -> list[str]:
    return [state.asset.name for state in list_assets()]


def _sources(asset: Asset) -> list[str]:
    return [*(file.url for file in asset.files), f"{asset.package} from the package index"]


@assets_app.command("list")
def _assets_list(as_json: flags.Json = False) -> None:
    """Show the model files of others, their licences, and where they are.

    Example: style2talker assets list
    """
    from rich.console import Console
    from rich.table import Column, Table

    found = list_assets()
    table = Table(
        "name", "size", "licence", "state", Column("where", overflow="fold"), Column("sources", overflow="fold")
    )
    for state in found:
        asset = state.asset
        sources = f"{urlsplit(asset.files[0].url).hostname}\n{asset.package} from the package index"
        where = str(state.path) if state.state == "ok" else state.fault
        table.add_row(asset.name, _megabytes(asset.size), asset.licence, state.state, where, sources)
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
    if as_json:
        print(json.dumps({"assets": [_facts(state) for state in found]}))


@assets_app.command("pull")
def _assets_pull(names: Names = None, dry_run: flags.DryRun = False, as_json: flags.Json = False) -> None:
    """Fetch model files that are missing or damaged, and check them.

    Example: style2talker assets pull face_landmarker
    """
    done = []
    faults = []
    found = [inspect_asset(name) for name in dict.fromkeys(names or _all())]
    for before in found:
        name, asset = before.asset.name, before.asset
        print(f"{name}: {asset.purpose}, {_megabytes(asset.size)}, by {asset.origin}, licence {asset.licence}")
        try:
            done.append(_planned(before) if dry_run else _pulled(before))
        except AssetError as error:
            faults.append(str(error))
    if as_json:
        print(json.dumps({"assets": done, "faults": faults}))
    if faults:
        raise AssetError("; ".join(faults))


def _planned(before: AssetState) -> dict[str, object]:
    """Say what a pull would do."""
    if before.state == "ok":
        print(f"  would be left as it is in {before.path}")
    else:
        host = urlsplit(before.asset.files[0].url).hostname
        source = f"{host}, else {before.asset.package} from the package index"
        print(f"  {before.fault}: would be fetched into {cache_folder()} from {source}")
    return {**_facts(before), "fetched": False}


def _pulled(before: AssetState) -> dict[str, object]:
    """Pull an asset, say where it is."""
    with progress_bar() as progress:
        path = pull(before.asset.name, progress, lambda line: print(f"  {line}", file=sys.stderr))
    print(f"  {'is already at' if before.state == 'ok' else 'is now at'} {path}")
    return {**_facts(AssetState(before.asset, "ok", path)), "fetched": before.state != "ok"}


@assets_app.command("verify")
def _assets_verify(names: Names = None, as_json: flags.Json = False) -> None:
    """Read every byte of the model files and compare; exit status 4 if any is damaged or missing.

    Example: style2talker assets verify
    """
    found = [inspect_asset(name) for name in dict.fromkeys(names or _all())]
    for state in found:
        advice = f"{state.fault}: run style2talker assets pull {state.asset.name}"
        print(f"{state.state:8} {state.asset.name}: {state.path if state.state == 'ok' else advice}")
    if as_json:
        print(json.dumps({"assets": [_facts(state) for state in found]}))
    if any(state.state != "ok" for state in found):
        raise typer.Exit(AssetError.exit_status)


def doctor(as_json: flags.Json = False) -> None:
    """Check the installation: libraries, model files, codecs, places to write, and a first tiny run.

    Exit status 0 when `generate` can run, 4 when it lacks a model file, otherwise 1.

    Example: style2talker doctor
    """
    from style2talker.cli.diagnosis import diagnose, exit_status

    checks = []
    for check in diagnose():
        checks.append(check)
        print(check.line())
    status = exit_status(checks)
    print("style2talker generate can run" if status == 0 else "style2talker generate cannot run yet")
    if as_json:
        print(json.dumps({"status": status, "checks": [check.facts() for check in checks]}))
    if status:
        raise typer.Exit(status)
