"""Pictures: any picture file in, upright 8-bit sRGB out, and back.

Rotation, embedded colour profiles, transparency and depth are settled here, so that nobody else meets them.
"""

from __future__ import annotations

import io
import os
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from style2talker.errors import PictureError, UsageError
from style2talker.media.atomic import atomic_path
from style2talker.records import ImageArray

__all__ = ["MAX_PIXELS", "MAX_SIDE", "Picture", "read_picture", "write_picture"]

MAX_PIXELS = 100_000_000
"""Most pixels of a picture that we open."""

MAX_SIDE = 16384
"""Longest side, in pixels, of a picture that we open."""

_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "JPEG2000", "AVIF")
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_DAMAGE = (
    OSError,
    EOFError,
    SyntaxError,
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    struct.error,
)
"""What decoders raise on damaged files, as found by feeding them such."""

_SAVE: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {"compress_level": 6}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"lossless": True}),
    ".tif": ("TIFF", {}),
    ".tiff": ("TIFF", {}),
    ".bmp": ("BMP", {}),
}
_OPAQUE = ("JPEG", "BMP")  # formats without an alpha channel
_limit = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture as people see it.

    Attributes:
        pixels: (H, W, 3) uint8 sRGB, upright.
        alpha: (H, W) uint8 opacity, or None for an opaque picture.
        name: where it came from.
    """

    pixels: ImageArray
    alpha: ImageArray | None
    name: str

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
            raise PictureError(f"{self.name} is {self.pixels.dtype} {shape}, expected uint8 (height, width, 3)")
        if self.alpha is not None and (self.alpha.dtype != np.uint8 or self.alpha.shape != shape[:2]):
            raise PictureError(f"{self.name} has opacity {self.alpha.shape}, expected uint8 {shape[:2]}")
        for name in ("pixels", "alpha"):
            value = getattr(self, name)
            if value is not None:
                view = value.view()
                view.setflags(write=False)
                object.__setattr__(self, name, view)


def read_picture(path: str | os.PathLike[str]) -> Picture:
    """Read a picture: turned upright by its EXIF, in sRGB by its colour profile, the first one of an animation.

    Args:
        path: JPEG, PNG, WebP, GIF, BMP, TIFF and others, of any depth and colour model.

    Returns:
        The picture; its alpha is None where every pixel is opaque.

    Raises:
        PictureError: the file is missing, empty, damaged, not a picture or of more than 100 million pixels.
    """
    place = Path(path)
    if place.is_dir():
        raise PictureError(f"{path} is a folder: name a picture file")
    if not place.is_file():
        raise PictureError(f"{path} does not exist: give the path of a picture")
    if place.stat().st_size == 0:
        raise PictureError(f"{path} is empty: give a picture")
    with _our_rules(), _opened(place) as image:
        width, height = image.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise PictureError(
                f"{path} has {width} x {height} pixels, at most {MAX_PIXELS // 10**6} megapixels and {MAX_SIDE} a side "
                "can be used: make it smaller"
            )
        try:
            image.load()
            upright = ImageOps.exif_transpose(image)
            colours, alpha = _srgb(upright)
        except _DAMAGE as cause:
            raise PictureError(f"{path} is damaged or cut off ({cause}): export it again as PNG or JPEG") from cause
    return Picture(np.array(colours), alpha, str(path))


def write_picture(path: str | os.PathLike[str], pixels: ImageArray, alpha: ImageArray | None = None) -> None:
    """Write a picture in the format of its suffix.

    Args:
        path: .png, .jpg, .jpeg, .webp, .tif, .tiff or .bmp.
        pixels: (H, W, 3) uint8 sRGB.
        alpha: (H, W) uint8 opacity; needs a format that has it.

    Raises:
        UsageError: an unknown suffix, or alpha in a format without it.
        OutputError: the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _SAVE:
        raise UsageError(f"{path} is not a name for a picture: end it in {', '.join(_SAVE)}")
    kind, options = _SAVE[suffix]
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if alpha is not None:
        if kind in _OPAQUE:
            raise UsageError(f"{path} cannot hold transparency: end it in .png or .webp")
        image.putalpha(Image.fromarray(np.ascontiguousarray(alpha)))
    with atomic_path(path) as place:
        image.save(place, format=kind, **options)


@contextmanager
def _our_rules() -> Iterator[None]:
    """Our limit on the number of pixels, which tells the size, in the place of Pillow's; damage is told by errors."""
    with _limit, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = Image.MAX_IMAGE_PIXELS
        Image.MAX_IMAGE_PIXELS = None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


def _opened(path: Path) -> Image.Image:
    Image.init()
    formats = [name for name in _FORMATS if name in Image.OPEN]
    try:
        return Image.open(path, formats=formats)
    except UnidentifiedImageError as cause:
        with path.open("rb") as file:
            start = file.read(12)
        if start[4:8] == b"ftyp" and start[8:12] in _HEIC:
            raise PictureError(f"{path} is a HEIC picture, which cannot be read: save it as JPEG or PNG") from cause
        raise PictureError(f"{path} is not a picture that can be read: give a JPEG, PNG or WebP file") from cause
    except PermissionError as cause:
        raise PictureError(f"{path} cannot be read: permission denied") from cause
    except _DAMAGE as cause:
        raise PictureError(f"{path} is damaged ({cause}): export it again as PNG or JPEG") from cause


def _srgb(image: Image.Image) -> tuple[Image.Image, ImageArray | None]:
    """8-bit sRGB colours and opacity of a decoded picture."""
    if image.mode.startswith(("I", "F")):
        image = _narrowed(image)
    alpha = None
    if image.has_transparency_data:
        whole = image.convert("RGBA") if image.mode not in ("RGBA", "LA") else image
        alpha = np.array(whole.getchannel("A"))
        image = whole.convert("LA" if image.mode in ("L", "LA") else "RGBA")
        image = image.convert("L" if image.mode == "LA" else "RGB")
        if alpha.min() == 255:
            alpha = None
    return _through_profile(image), alpha


def _narrowed(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits or floating point to 8 bits; floats up to 1 and integers up to 65535 are full scale."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = values.max()
    if image.mode == "F":
        full = 1.0 if top <= 1 else 255.0 if top <= 255 else 65535.0
    else:
        full = 65535.0 if image.mode.startswith("I;16") or top > 255 else 255.0
    grey = Image.fromarray(np.rint(np.clip(values / full, 0, 1) * 255).astype(np.uint8))
    grey.info = {key: value for key, value in image.info.items() if key == "icc_profile"}
    return grey


def _through_profile(image: Image.Image) -> Image.Image:
    """RGB by the embedded colour profile, or by the plain rule where there is none that can be used."""
    profile = image.info.get("icc_profile")
    if image.mode in ("P", "1", "PA"):
        image = image.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "srgb" not in (ImageCms.getProfileDescription(source)).lower():
                target = ImageCms.createProfile("sRGB")
                intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
                flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
                out = ImageCms.profileToProfile(image, source, target, intent, "RGB", flags=flags)
                return out if out is not None else image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A profile that does not fit its picture is left aside, as every browser does.
            return image.convert("RGB")
    return image.convert("RGB")
