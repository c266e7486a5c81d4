"""Public checkpoints into our networks: what a file is, by its keys; then part by part into the networks that want it.

A part is loaded whole or not at all: where one tensor has another shape than ours, nothing of the part is loaded and
the report says why. A file of which nothing fits ends in an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

from style2talker.errors import AssetError
from style2talker.train.published.checkpoints import families, files
from style2talker.train.published.checkpoints.family import Family, Part, State
from style2talker.train.published.checkpoints.layout import Shapes
from style2talker.train.published.checkpoints.report import Loaded, Report, Skipped

__all__ = ["Finding", "initialise", "listed", "plan", "recognise"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A family within a file.

    Attributes:
        family: which.
        container: top-level entry, "" for the file itself.
        root: what its keys stand under within the entry.
        state: its tensors, keys as the family has them; whatever else stands under the root is in it too.
    """

    family: Family
    container: str
    root: str
    state: State

    @property
    def where(self) -> str:
        """Entry and root, for people."""
        return ".".join(name for name in (self.container, self.root.rstrip(".")) if name)


@dataclass(slots=True)
class _Placement:
    """What is to be copied where, and what is to be told."""

    copies: list[tuple[torch.Tensor, torch.Tensor]] = field(default_factory=list)
    loaded: list[Loaded] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    kept: dict[str, None] = field(default_factory=dict)

    @property
    def spoken(self) -> set[str]:
        """Public keys that the report already speaks of."""
        return {item.public for item in self.loaded} | {item.public for item in self.skipped}


def recognise(path: Path) -> list[Finding]:
    """The families of networks that a file holds, each once, from the best of its entries.

    Raises:
        AssetError: the file cannot be read, is none of the known ones, or lacks tensors of its family.
    """
    return _recognised(path, files.read_checkpoint(path))


def _recognised(path: Path, entries: Mapping[str, State]) -> list[Finding]:
    found = [finding for family in families.FAMILIES for finding in _found(family, entries)]
    if not found:
        names = [key for state in entries.values() for key in state]
        raise AssetError(
            f"checkpoint {path} is of no known family ({len(names)} tensors, such as {', '.join(names[:3])}): "
            f"known are {'; '.join(family.name for family in families.FAMILIES)}"
        )
    for finding in found:
        wanted = _wanted(finding, path)
        missing = [key for key in wanted if key not in finding.state and finding.family.reason(key) is None]
        if missing:
            raise AssetError(
                f"checkpoint {path} holds a {finding.family.name} that lacks {len(missing)} of its {len(wanted)} "
                f"tensors, such as {missing[0]}: get the whole file"
            )
    return found


def _wanted(finding: Finding, path: Path) -> Shapes:
    """The published layout of a finding."""
    try:
        return finding.family.layout(finding.state)
    except (KeyError, IndexError, ValueError) as error:
        raise AssetError(
            f"checkpoint {path} holds a {finding.family.name} that is incomplete ({error}): get the whole file"
        ) from error


def _found(family: Family, entries: Mapping[str, State]) -> Iterator[Finding]:
    for container in family.containers:
        for root in family.roots:
            state = entries.get(container, {})
            if family.fits(state, root):
                inner = {key[len(root) :]: value for key, value in state.items() if key.startswith(root)}
                yield Finding(family, container, root, inner)
                return


def initialise(networks: Mapping[str, nn.Module], paths: Sequence[Path]) -> list[Report]:
    """Load public checkpoints into networks, in place; later files win over earlier ones.

    Args:
        networks: name -> network; parts of the files find their modules within them by class.
        paths: checkpoint files.

    Returns:
        A report for each file.

    Raises:
        AssetError: a file cannot be read, is of no known family, is incomplete, or nothing of it fits the networks.
    """
    reports = []
    for path in paths:
        report, copies = _matched(networks, path)
        for item, (_, public) in zip(report.loaded, copies, strict=True):
            if public.numel() and not bool(torch.isfinite(torch.stack(public.aminmax())).all()):
                raise AssetError(f"checkpoint {path} is damaged: {item.public} holds values that are not finite")
        with torch.no_grad():
            for ours, public in copies:
                ours.copy_(public.reshape(ours.shape))
        reports.append(report)
    return reports


def listed(names: str) -> list[Path]:
    """The files of a setting, which names them separated by commas."""
    return [Path(name.strip()) for name in names.split(",") if name.strip()]


def plan(networks: Mapping[str, nn.Module], path: Path) -> Report:
    """What `initialise` would do with a file; the networks may be on the "meta" device, and stay as they are.

    Raises:
        AssetError: as `initialise` does.
    """
    return _matched(networks, path)[0]


def _matched(networks: Mapping[str, nn.Module], path: Path) -> tuple[Report, list[tuple[torch.Tensor, torch.Tensor]]]:
    """The report on a file, and (ours, public) pairs of tensors to be copied."""
    entries = files.read_checkpoint(path)
    findings = _recognised(path, entries)
    placement = _Placement()
    for finding in findings:
        _place(finding, networks, placement)
    spoken = placement.spoken
    for name, reason in _left(entries, findings):
        if name not in spoken:
            placement.skipped.append(Skipped(name, reason))
    kinds = tuple((finding.family.name, finding.where, finding.family.source) for finding in findings)
    if not placement.loaded:
        reason = placement.skipped[0].reason if placement.skipped else "there is no network for it"
        raise AssetError(f"checkpoint {path} ({kinds[0][0]}) fits none of these networks: {reason}")
    unfilled = tuple(_unfilled(placement))
    report = Report(path, kinds, tuple(placement.loaded), tuple(placement.skipped), unfilled)
    return report, placement.copies


def _unfilled(placement: _Placement) -> list[str]:
    filled = {item.ours for item in placement.loaded}
    return [key for key in placement.kept if key not in filled]


def _left(entries: Mapping[str, State], findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """Everything in the entries of which no family speaks, and the entries left aside."""
    used = {finding.container for finding in findings}
    for container, state in entries.items():
        whole = [finding.family for finding in findings if finding.container == container]
        if container in used:
            for key in state:
                known = next((why for family in whole if (why := family.reason(key)) is not None), None)
                yield _joined(container, key), known or "no known family of networks has it"
        elif container:
            yield container, "another entry of the file is used"


def _joined(*names: str) -> str:
    return ".".join(name.rstrip(".") for name in names if name)


def _place(finding: Finding, networks: Mapping[str, nn.Module], placement: _Placement) -> None:
    """Match one family's tensors with ours."""
    wanted = finding.family.layout(finding.state)
    for part in finding.family.parts:
        keys = [key for key in wanted if key in finding.state and part.claims(key)]
        homes = list(_homes(part, networks))
        if not homes:
            reason = f"{part.name}: there is no network for it here"
            placement.skipped += [Skipped(_joined(finding.where, key), reason) for key in keys]
        for home, module in homes:
            _fill(finding, part, keys, home, module, placement)
    spoken = placement.spoken
    for key in wanted:
        public = _joined(finding.where, key)
        if key in finding.state and public not in spoken:
            reason = finding.family.reason(key) or "ours has no such tensor"
            placement.skipped.append(Skipped(public, reason))


def _homes(part: Part, networks: Mapping[str, nn.Module]) -> Iterator[tuple[str, nn.Module]]:
    for name, network in networks.items():
        for path, module in network.named_modules():
            if type(module) is part.network:
                yield _joined(name, path), module


def _fill(
    finding: Finding, part: Part, keys: Sequence[str], home: str, module: nn.Module, placement: _Placement
) -> None:
    """Match a part's tensors with those of one module."""
    tensors = module.state_dict(keep_vars=True)
    answered = [key for key in tensors if part.answers(key)]
    pairs = [(key, part.ours(key)) for key in keys]
    fault = _foreign(part, module)
    fault = fault or next(
        (text for key, name in pairs if (text := _fault(finding.state[key], tensors.get(name)))), None
    )
    if fault is not None:
        reason = f"{part.name}: ours is built otherwise ({fault})"
        placement.skipped += [Skipped(_joined(finding.where, key), reason) for key in keys]
    values = part.change({key: finding.state[key] for key in keys}) if fault is None else {}
    for key, name in pairs if fault is None else ():
        public = _joined(finding.where, key)
        if name not in tensors:
            reason = finding.family.reason(key) or f"{part.name}: ours has no such tensor"
            placement.skipped.append(Skipped(public, reason))
            continue
        placement.copies.append((tensors[name], values[key]))
        placement.loaded.append(Loaded(part.name, public, _joined(home, name), tuple(tensors[name].shape)))
    placement.kept.update(dict.fromkeys(_joined(home, key) for key in answered))


def _foreign(part: Part, module: nn.Module) -> str | None:
    """How a module differs from what a part is for."""
    for name, wanted in part.needs:
        found = getattr(module, name)
        if found != wanted:
            return f"its {name.replace('_', ' ')} are {found}, published {wanted}"
    return None


def _fault(public: torch.Tensor, ours: torch.Tensor | None) -> str | None:
    """How two tensors differ; axes of length 1 do not count."""
    if ours is None or [n for n in public.shape if n != 1] == [n for n in ours.shape if n != 1]:
        return None
    return f"a tensor {tuple(public.shape)} where ours has {tuple(ours.shape)}"
