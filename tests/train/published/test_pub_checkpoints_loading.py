"""What a checkpoint file is told by, what of it is loaded, what the report says, and what is refused."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import public_networks as public
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from torch import nn  # noqa: E402

from style2talker.cli.app import run  # noqa: E402
from style2talker.errors import AssetError  # noqa: E402
from style2talker.train.published import checkpoints  # noqa: E402
from style2talker.train.published.checkpoints import (  # noqa: E402
    agrol,
    deep3d,
    dualstylegan,
    families,
    files,
    pirenderer,
    psp,
    sadtalker,
    stylegan2,
    styleheat,
    vtoonify,
)
from style2talker.train.published.checkpoints.family import Family, Part  # noqa: E402
from style2talker.train.published.checkpoints.layout import (  # noqa: E402
    Shapes,
    batch_norm,
    convolution,
    equal_convolution,
    linear,
    modulated,
    nested,
    residual_down,
)
from style2talker.train.published.checkpoints.preview import preview, published_networks  # noqa: E402
from style2talker.train.published.checkpoints.report import Loaded, Report, Skipped  # noqa: E402
from style2talker.train.published.style_a.codes import ArtTable  # noqa: E402
from style2talker.train.published.style_a.motion import MotionGenerator  # noqa: E402
from style2talker.train.published.style_a.network import StyleA  # noqa: E402
from style2talker.train.published.style_a.settings import StyleASettings  # noqa: E402

GENERATOR = stylegan2.generator_layout(stylegan2.channels())
DUAL = nested("generator", GENERATOR) | dualstylegan.paths_layout()
VTOONIFY = nested("generator", DUAL) | vtoonify.content_layout(stylegan2.channels(256))
DISCRIMINATOR = vtoonify.conditional_discriminator_layout(101)
CALIBRATION = styleheat.calibration_layout()
SMALL = 8  # of the motion generator in tests


def flat(shapes: Shapes) -> dict[str, torch.Tensor]:
    """Tensors of true shape that share one number each, so that files of published size are small."""
    return {key: torch.full((), 0.5).expand(shape) for key, shape in shapes.items()}


def written(folder: Path, content: Mapping[str, object], name: str = "public.pt") -> Path:
    file = folder / name
    torch.save(dict(content), file)
    return file


def pirenderer_file() -> dict[str, object]:
    editing = {"editing_net.encoder.first.model.0.weight": (64, 6, 7, 7)}
    return {"net_G_ema": flat(pirenderer.warper_layout() | editing), "net_G": flat(editing), "current_epoch": 3}


def styleheat_file() -> dict[str, object]:
    warper = nested("video_warper", pirenderer.warper_layout("warping_net"))
    return {"net_G_ema": flat(warper | nested("calibrator", CALIBRATION))}


def style2talker_file() -> dict[str, object]:
    motion = nested("motion_generator", pirenderer.warper_layout("warping_net"))
    return {"g": flat(VTOONIFY | motion | nested("refinement", CALIBRATION)), "d": flat(DISCRIMINATOR)}


def psp_file() -> dict[str, object]:
    encoder = {key: shape for key, shape in psp.encoder_layout().items() if key != "latent_avg"}
    options = {"output_size": 1024, "device": "cuda:0"}
    return {
        "state_dict": flat(encoder | nested("decoder", GENERATOR)),
        "latent_avg": torch.zeros(18, 512),
        "opts": options,
    }


PUBLISHED: dict[str, tuple[Callable[[], dict[str, object]], dict[str, int]]] = {
    "stylegan2": (
        lambda: {
            "g_ema": flat(GENERATOR),
            "g": flat(GENERATOR),
            "latent_avg": torch.zeros(512),
            "args": argparse.Namespace(n=1),
        },
        {"mapping": 16, "synthesis": 60},
    ),
    "dualstylegan": (
        lambda: {"g_ema": flat(DUAL)},
        {"mapping": 16, "synthesis": 60, "structure mapping": 4, "colour transforms": 22, "ModRes": 48},
    ),
    "vtoonify": (
        lambda: {"g_ema": flat(VTOONIFY)},
        {
            "mapping": 16,
            "synthesis": 60,
            "structure mapping": 4,
            "colour transforms": 22,
            "ModRes": 96,
            "content encoder": 42,
            "fusion": 48,
        },
    ),
    "style2talker": (
        style2talker_file,
        {
            "mapping": 16,
            "synthesis": 60,
            "structure mapping": 4,
            "colour transforms": 22,
            "ModRes": 96,
            "content encoder": 42,
            "fusion": 48,
            "discriminator": 44,
            "discriminator's styles": 1,
            "motion mapping": 8,
            "motion hourglass": 158,
            "refinement": 120,
        },
    ),
    "pirenderer": (pirenderer_file, {"motion mapping": 8, "motion hourglass": 158}),
    "styleheat": (styleheat_file, {"motion mapping": 8, "motion hourglass": 158, "refinement": 120}),
    "psp": (psp_file, {"identity encoder": 622}),
    "sadtalker": (lambda: {"model": flat(sadtalker.audio_layout()), "epoch": 300}, {"audio encoder": 93}),
    "style-e": (lambda: flat(agrol.denoiser_layout()), {"denoiser": 88}),
    "deep3d": (lambda: {"net_recon": flat(deep3d.reconstruction_layout())}, {"reconstruction": 332}),
}
"""Files as the public code writes them, and how many tensors of each part are loaded."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_file_of_published_size_fills_the_whole_network(tmp_path: Path, name: str) -> None:
    make, wanted = PUBLISHED[name]
    content = make()
    report = preview(written(tmp_path, content))
    counts = {part: sum(1 for item in report.loaded if item.part == part) for part in wanted}
    assert counts == wanted
    assert len(report.loaded) == sum(wanted.values())
    assert report.kept == ()
    # No tensor of a used entry goes unmentioned, and none without a reason of its own.
    reasons = {item.reason for item in report.skipped}
    assert not any("no such tensor" in reason or "no known family" in reason for reason in reasons)
    spoken = {item.public for item in (*report.loaded, *report.skipped)}
    for where, state in content.items():
        if isinstance(state, dict) and any(key.startswith(f"{where}.") for key in spoken):
            assert {f"{where}.{key}" for key in state if isinstance(state[key], torch.Tensor)} <= spoken


def parameters(shapes: Shapes, *but: str) -> int:
    """Learned numbers of a layout: neither statistics nor fixed buffers, nor what `but` names."""
    fixed = ("running_mean", "running_var", "num_batches_tracked", "kernel", "embed_timestep.pe", *but)
    kept = (shape for key, shape in shapes.items() if not key.endswith(fixed) and not key.startswith("noises."))
    return sum(int(np.prod(shape)) for shape in kept)


def test_layouts_have_the_published_numbers_of_parameters() -> None:
    assert parameters(GENERATOR) == 30_370_060  # StyleGAN2, config F, 1024
    assert parameters(stylegan2.discriminator_layout(stylegan2.channels())) == 29_012_513
    assert parameters(agrol.denoiser_layout()) == 5_113_664
    assert parameters(deep3d.reconstruction_layout()) == 23_508_032 + 257 * 2049  # ResNet-50 without its last layer
    assert parameters(sadtalker.audio_layout()) == sum(
        int(np.prod(p.shape)) for p in published_networks()["audio"].parameters()
    )


def unlike(shapes: Shapes) -> public.State:
    """Values of which no two tensors share any."""
    state, count = {}, 1
    for key, shape in shapes.items():
        size = int(np.prod(shape))
        state[key] = (torch.arange(size, dtype=torch.float64) + count).reshape(shape)
        count += size
    return state


def test_every_value_arrives_at_its_place(tmp_path: Path) -> None:
    network = MotionGenerator(73, 256, descriptor=SMALL, base=2, cap=SMALL).double()
    state = unlike(pirenderer.warper_layout(descriptor=SMALL, base=2))
    (report,) = checkpoints.initialise({"motion": network}, [written(tmp_path, {"net_G_ema": state})])
    ours = network.state_dict()
    assert len(report.loaded) == len(ours) == len(state)
    for item in report.loaded:
        if ".first.0." in item.public:
            continue  # changed to take our units
        here, there = ours[item.ours.removeprefix("motion.")], state[item.public.removeprefix("net_G_ema.")]
        assert torch.equal(here.flatten(), there.flatten())
        assert item.shape == tuple(here.shape)
    first = state["mapping_net.encoder2.1.weight"]
    assert torch.equal(network.mapping.layers[2].weight, first)
    assert torch.equal(
        network.up[0].norm_s.beta.bias, state["warpping_net.hourglass.decoder.decoder4.norm_s.mlp_beta.bias"]
    )


def test_the_art_codes_keep_the_order_of_their_file(tmp_path: Path) -> None:
    settings = replace(StyleASettings.paper(), styles=3)
    codes = {
        name: np.random.default_rng(n).normal(size=(1, 18, 512)).astype(np.float32) for n, name in enumerate("cab")
    }
    file = tmp_path / "exstyle_code.npy"
    np.save(file, np.array(codes, dtype=object), allow_pickle=True)
    table = ArtTable(settings)
    (report,) = checkpoints.initialise({"art": table}, [file])
    assert [item.ours for item in report.loaded] == ["art.codes"]
    assert np.array_equal(table.codes.detach().numpy(), np.concatenate(list(codes.values())))
    with pytest.raises(
        AssetError, match=r"ours is built otherwise \(a tensor \(3, 18, 512\) where ours has \(4, 18, 512"
    ):
        checkpoints.initialise({"art": ArtTable(replace(settings, styles=4))}, [file])
    assert len(preview(file).loaded) == 1


def test_a_later_file_wins(tmp_path: Path) -> None:
    table = ArtTable(replace(StyleASettings.tiny(), styles=2))
    for number in (1, 2):
        codes = {n: np.full((1, *table.codes.shape[1:]), number, np.float32) for n in "ab"}
        np.save(tmp_path / f"{number}.npy", np.array(codes, dtype=object), allow_pickle=True)
    reports = checkpoints.initialise({"a": table}, [tmp_path / "2.npy", tmp_path / "1.npy"])
    assert len(reports) == 2
    assert float(table.codes.detach().max()) == 1.0


def test_a_network_of_another_build_takes_what_fits_and_says_why_not(tmp_path: Path) -> None:
    file = written(tmp_path, pirenderer_file())
    report = preview(file, space="rig")  # 61 coefficients instead of 73
    assert {item.part for item in report.loaded} == {"motion hourglass"}
    why = {item.reason for item in report.skipped if "mapping_net" in item.public}
    assert why == {"motion mapping: ours is built otherwise (a tensor (256, 73, 7) where ours has (256, 61, 7))"}
    assert set(report.kept) == {
        f"style-a.motion.{key}"
        for key in published_networks()["style-a"].motion.state_dict()
        if key.startswith("mapping.")
    }
    small = StyleA(replace(StyleASettings.paper(), input_size=128, output_size=128, channel_cap=8, style_width=512))
    vtoonify_file = written(tmp_path, {"g_ema": flat(VTOONIFY)}, "v.pt")
    other = checkpoints.plan({"generator": small}, vtoonify_file)
    assert {item.part for item in other.loaded} == {"mapping", "structure mapping"}
    assert any("its structure rows are 5, published 7" in item.reason for item in other.skipped)


def test_agrols_own_denoiser_is_told_apart(tmp_path: Path) -> None:
    file = written(tmp_path, flat(agrol.denoiser_layout(132, 54, 0, 196, 12)))
    with pytest.raises(AssetError, match=r"AGRoL.* fits none of these networks: denoiser: ours is built otherwise"):
        preview(file)


def test_a_safetensors_file_of_sadtalker_is_read(tmp_path: Path) -> None:
    shapes = nested("audio2exp", sadtalker.audio_layout())
    state = {key: torch.full(shape, 0.25) for key, shape in shapes.items()}
    state["audio2exp.mapping1.bias"] = torch.arange(64.0)
    recon = nested("face_3drecon", deep3d.reconstruction_layout())
    assert families.FAMILIES[-1].fits(recon, "face_3drecon.")
    file = tmp_path / "SadTalker.safetensors"
    save_safetensors(file, state | {"generator.first.weight": torch.zeros(2, 2)})
    audio = published_networks()["audio"].to_empty(device="cpu")
    (report,) = checkpoints.initialise({"audio": audio}, [file])
    assert {item.part for item in report.loaded} == {"audio encoder"}
    assert torch.equal(audio.out.bias, torch.arange(64.0))
    assert any("renderer and pose net" in item.reason for item in report.skipped)
    assert report.kinds[0][1] == "audio2exp"
    file.write_bytes(file.read_bytes()[:-4])
    with pytest.raises(AssetError, match="damaged or no safetensors file"):
        files.read_checkpoint(file)
    file.write_bytes(struct.pack("<Q", 10**12))
    with pytest.raises(AssetError, match="damaged or no safetensors file"):
        files.read_checkpoint(file)


def save_safetensors(file: Path, state: Mapping[str, torch.Tensor]) -> None:
    header, offset, parts = {"__metadata__": {"format": "pt"}}, 0, []
    for key, tensor in state.items():
        raw = tensor.numpy().tobytes()
        header[key] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(raw)]}
        offset += len(raw)
        parts.append(raw)
    text = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def test_the_prefix_of_a_wrapper_is_taken_off(tmp_path: Path) -> None:
    state = flat(nested("module", pirenderer.warper_layout()))
    report = preview(written(tmp_path, {"net_G_ema": state}))
    assert len(report.loaded) == 166


class Harmful:
    """Pickled, it asks whoever reads it to make a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.folder),)


def test_nothing_that_a_file_names_is_run(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    bad = written(tmp_path, {"g_ema": Harmful(trap)})
    with pytest.raises(AssetError, match=r"is refused, it names code that would have to be run \(posix.mkdir\)"):
        preview(bad)
    plain = tmp_path / "plain.pth"
    plain.write_bytes(pickle.dumps({"net_recon": Harmful(trap)}))
    with pytest.raises(AssetError, match=r"plain.pth is (refused|damaged)"):
        preview(plain)
    codes = tmp_path / "codes.npy"
    np.save(codes, np.array({"a": Harmful(trap)}, dtype=object), allow_pickle=True)
    with pytest.raises(AssetError, match="no file of DualStyleGAN's art codes"):
        preview(codes)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"weight": torch.zeros(3)},
            r"of no known family \(1 tensors, such as weight\): known are StyleGAN2 generator;",
        ),
        ({"epoch": 3, "note": "hello"}, "holds no tensors: it has epoch, note"),
        ([torch.zeros(2)], "holds a list: expected a dictionary of tensors"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path: Path, content: object, message: str) -> None:
    file = tmp_path / "wrong.pt"
    torch.save(content, file)
    with pytest.raises(AssetError, match=message) as found:
        checkpoints.initialise({}, [file])
    assert "\n" not in str(found.value)


def test_missing_damaged_and_incomplete_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"nowhere.pt is missing: give the path of an existing file"):
        checkpoints.recognise(tmp_path / "nowhere.pt")
    text = tmp_path / "text.pt"
    text.write_text("no checkpoint")
    with pytest.raises(AssetError, match=r"text.pt is (damaged|refused)"):
        checkpoints.recognise(text)
    state = flat(pirenderer.warper_layout())
    del state["warpping_net.flow_out.2.bias"]
    file = written(tmp_path, {"net_G_ema": state})
    with pytest.raises(
        AssetError, match=r"lacks 1 of its 166 tensors, such as warpping_net.flow_out.2.bias: get the whole"
    ):
        checkpoints.recognise(file)
    half = {key: value for key, value in flat(VTOONIFY).items() if not key.startswith("fusion_out.2.")}
    with pytest.raises(AssetError, match="that is incomplete"):
        checkpoints.recognise(written(tmp_path, {"g_ema": half}))


def test_values_that_are_not_finite_are_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    network = MotionGenerator(73, 256, descriptor=SMALL, base=2, cap=SMALL)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    state = public.random_state(pirenderer.warper_layout(descriptor=SMALL, base=2))
    state["warpping_net.flow_out.2.bias"][1] = torch.nan
    with pytest.raises(AssetError, match=r"flow_out.2.bias holds values that are not finite"):
        checkpoints.initialise({"motion": network}, [written(tmp_path, {"net_G": state})])
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_a_known_file_without_a_network_for_it_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, {"model": flat(sadtalker.audio_layout())})
    with pytest.raises(AssetError, match="fits none of these networks: audio encoder: there is no network for it here"):
        checkpoints.initialise({"other": nn.Linear(2, 2)}, [file])


def test_findings_say_where_in_the_file_they_are(tmp_path: Path) -> None:
    found = checkpoints.recognise(written(tmp_path, {"g_ema": flat(DUAL)}))
    assert [(each.family.name, each.where) for each in found] == [
        ("StyleGAN2 generator", "g_ema.generator"),
        ("DualStyleGAN style paths", "g_ema"),
    ]
    assert "input.input" in found[0].state


def test_the_report_tells_people_and_programs() -> None:
    report = Report(
        Path("a.pt"),
        (("Kind", "g_ema", "owner/repository"),),
        (Loaded("part", "g_ema.x.weight", "net.x.weight", (2, 3)),),
        (Skipped("g_ema.y.0.weight", "no use"), Skipped("g_ema.y.1.weight", "no use")),
        ("net.z.bias",),
    )
    assert report.lines() == [
        "a.pt: Kind (g_ema; owner/repository)",
        "  loaded      1 tensors: part -> net.x.*",
        "  skipped     2 tensors: g_ema.y.*: no use",
        "  kept        1 tensors of ours as initialised: net.z.*",
    ]
    facts = json.loads(json.dumps(report.facts()))
    assert facts["loaded"][0]["shape"] == [2, 3]
    assert facts["kept"] == ["net.z.bias"]


def test_a_family_is_told_by_its_keys_and_renames_them() -> None:
    part = Part("p", nn.Linear, r"a\.", ((r"^a\.", "b."), (r"\.old$", ".new")), within=r"b\.")
    assert part.claims("a.old")
    assert not part.claims("c.old")
    assert part.ours("a.old") == "b.new"
    assert part.answers("b.new")
    family = Family("f", "o/r", ("",), ("", "x."), ("a.old",), lambda state: {}, (part,), ((r"c\.", "useless"),))
    assert family.fits({"x.a.old": torch.zeros(1)}, "x.")
    assert not family.fits({"x.a.old": torch.zeros(1)}, "")
    assert family.reason("c.old") == "useless"
    assert family.reason("a.old") is None
    assert len({family.name for family in families.FAMILIES}) == len(families.FAMILIES) == 11


def test_layouts_are_put_together_of_layers() -> None:
    assert nested("a", convolution("b", 2, 3, 5, 5)) == {"a.b.weight": (3, 2, 5, 5), "a.b.bias": (3,)}
    assert linear("l", 4, 6) == {"l.weight": (6, 4), "l.bias": (6,)}
    assert batch_norm("n", 7)["n.num_batches_tracked"] == ()
    assert modulated("m", 2, 3, 3, 8, up=True)["m.blur.kernel"] == (4, 4)
    assert equal_convolution("c", 2, 3, 3, down=True) == {
        "c.0.kernel": (4, 4),
        "c.1.weight": (3, 2, 3, 3),
        "c.2.bias": (3,),
    }
    assert residual_down("r", 2, 3)["r.skip.1.weight"] == (3, 2, 1, 1)
    assert pirenderer.ada_in_layout("n", 5)["n.mlp_gamma.weight"] == (5, 128)
    assert dualstylegan.mod_res_layout("r", 4)["r.norm2.style.weight"] == (8, 512)
    state = flat(stylegan2.generator_layout(stylegan2.channels(64), depth=3, dimension=16))
    assert {key: tuple(value.shape) for key, value in state.items()} == stylegan2.generator_layout_of(state)


def test_the_command_shows_the_report_and_its_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, pirenderer_file())
    assert run(["checkpoint", str(file), "--json"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert (
        lines[0] == f"{file}: PIRenderer or StyleHEAT face warper (net_G_ema; RenYurui/PIRender, OpenTalker/StyleHEAT)"
    )
    assert lines[1] == "  loaded      8 tensors: motion mapping -> style-a.motion.*"
    assert len(json.loads(last)["checkpoints"][0]["loaded"]) == 166
    assert run(["checkpoint", str(tmp_path / "none.pt")]) == 4
    assert "is missing" in capsys.readouterr().err
    assert run(["checkpoint", str(file), "--space", "flame"]) == 2
