"""Pictures arrive as people see them."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from style2talker.errors import OutputError, PictureError, UsageError
from style2talker.media.picture import MAX_SIDE, Picture, read_picture, write_picture


def scene(height: int = 37, width: int = 53) -> np.ndarray:
    """(H, W, 3): smooth, each corner of its own colour."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    return np.rint(np.stack([255 * x, 255 * y, 255 * (1 - x) * (1 - y)], 2)).astype(np.uint8)


def png(width: int, height: int, depth: int, kind: int, rows: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """A PNG file from raw rows."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    middle = b"".join(chunk(name, data) for name, data in extra)
    return b"\x89PNG\r\n\x1a\n" + head + middle + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", ["png", "webp", "tif", "tiff", "bmp", "PNG"])
def test_lossless_round_trip(tmp_path: Path, suffix: str) -> None:
    write_picture(tmp_path / f"a.{suffix}", scene())
    picture = read_picture(tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(picture.pixels, scene())
    assert picture.alpha is None
    assert picture.name.endswith(suffix)


@pytest.mark.parametrize("suffix", ["png", "webp", "tif"])
def test_alpha_round_trip(tmp_path: Path, suffix: str) -> None:
    alpha = np.tile(np.linspace(1, 255, 53).astype(np.uint8), (37, 1))
    write_picture(tmp_path / f"a.{suffix}", scene(), alpha)
    picture = read_picture(tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(picture.pixels, scene())
    np.testing.assert_array_equal(picture.alpha, alpha)


def test_jpeg_is_close(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg", scene())
    assert np.abs(read_picture(tmp_path / "a.jpg").pixels.astype(int) - scene()).mean() < 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_exif_rotation(tmp_path: Path, orientation: int, suffix: str) -> None:
    """What the camera stored, undone: see the EXIF standard, tag 0x0112."""
    stored = {
        1: scene(),
        2: scene()[:, ::-1],
        3: scene()[::-1, ::-1],
        4: scene()[::-1],
        5: scene().swapaxes(0, 1),
        6: np.rot90(scene()),
        7: np.rot90(scene(), 2).swapaxes(0, 1),
        8: np.rot90(scene(), -1),
    }[orientation]
    image = Image.fromarray(np.ascontiguousarray(stored))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(tmp_path / f"a.{suffix}", exif=exif, quality=98)
    picture = read_picture(tmp_path / f"a.{suffix}")
    assert picture.pixels.shape == scene().shape
    assert np.abs(picture.pixels.astype(int) - scene()).mean() < 4


def test_broken_exif_is_left_aside(tmp_path: Path) -> None:
    Image.fromarray(scene()).save(tmp_path / "a.jpg", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff" + b"\xff" * 40)
    assert read_picture(tmp_path / "a.jpg").pixels.shape == scene().shape


@pytest.mark.parametrize("values", [[0, 257, 32896, 65535], [0, 128, 300, 1000]])
def test_sixteen_bit_grey(tmp_path: Path, values: list[int]) -> None:
    rows = b"\x00" + struct.pack(">4H", *values)
    (tmp_path / "a.png").write_bytes(png(4, 1, 16, 0, rows))
    picture = read_picture(tmp_path / "a.png")
    expected = np.rint(np.array(values) / 257)
    assert np.abs(picture.pixels[0].astype(int) - expected[:, None]).max() <= 1
    Image.fromarray(np.array([values], np.uint16)).save(tmp_path / "a.tif")
    assert np.abs(read_picture(tmp_path / "a.tif").pixels[0].astype(int) - expected[:, None]).max() <= 1


def test_sixteen_bit_colour(tmp_path: Path) -> None:
    values = np.array([0, 30000, 65535, 20000, 128, 40000])
    (tmp_path / "a.png").write_bytes(png(2, 1, 16, 2, b"\x00" + struct.pack(">6H", *values)))
    assert np.abs(read_picture(tmp_path / "a.png").pixels.ravel() - values / 257).max() <= 1
    values = np.array([0, 30000, 65535, 20000, 128, 40000, 5000, 32768])
    (tmp_path / "b.png").write_bytes(png(2, 1, 16, 6, b"\x00" + struct.pack(">8H", *values)))
    picture = read_picture(tmp_path / "b.png")
    assert picture.alpha is not None
    assert np.abs(np.dstack([picture.pixels, picture.alpha]).ravel() - values / 257).max() <= 1


def test_floating_point_grey(tmp_path: Path) -> None:
    for top in (1.0, 255.0, 65535.0):
        Image.fromarray(np.array([[0, 0.5, 1]], np.float32) * top).save(tmp_path / "a.tif")
        assert np.abs(read_picture(tmp_path / "a.tif").pixels[0, :, 0] - np.array([0, 127.5, 255])).max() <= 1
    Image.fromarray(np.array([[0, 60000]], np.int32)).save(tmp_path / "b.tif")
    assert read_picture(tmp_path / "b.tif").pixels[0, :, 1].tolist() == [0, 233]


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "PA", "RGBA", "CMYK", "YCbCr"])
def test_colour_models(tmp_path: Path, mode: str) -> None:
    flat = Image.new("RGB", (16, 16), (255, 255, 255))
    flat.paste((0, 0, 0), (0, 0, 8, 16))
    suffix = "tif" if mode in ("CMYK", "YCbCr", "PA") else "png"
    flat.convert(mode).save(tmp_path / f"a.{suffix}")
    picture = read_picture(tmp_path / f"a.{suffix}")
    assert picture.alpha is None
    assert picture.pixels[:, :7].max() < 8
    assert picture.pixels[:, 9:].min() > 247


def test_adobe_cmyk_jpeg_is_not_inverted(tmp_path: Path) -> None:
    for colour in ((220, 30, 40), (20, 180, 60), (250, 250, 250), (10, 10, 10)):
        Image.new("RGB", (32, 32), colour).convert("CMYK").save(tmp_path / "a.jpg", quality=98)
        assert b"Adobe" in (tmp_path / "a.jpg").read_bytes()
        assert np.abs(read_picture(tmp_path / "a.jpg").pixels[8, 8].astype(int) - colour).max() < 12


@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_palette_with_transparency(tmp_path: Path, suffix: str) -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 200, 100, 50, 10, 20, 30])
    image.paste(2, (0, 0, 4, 8))
    image.save(tmp_path / f"a.{suffix}", transparency=2)
    picture = read_picture(tmp_path / f"a.{suffix}")
    assert picture.alpha is not None
    assert (picture.alpha[:, :4] == 0).all()
    assert (picture.alpha[:, 4:] == 255).all()
    assert picture.pixels[0, 7].tolist() == [200, 100, 50]


def test_transparent_colour_key(tmp_path: Path) -> None:
    Image.fromarray(scene()).save(tmp_path / "a.png", transparency=tuple(int(v) for v in scene()[0, 0]))
    picture = read_picture(tmp_path / "a.png")
    assert picture.alpha is not None
    assert picture.alpha[0, 0] == 0
    np.testing.assert_array_equal(picture.pixels, scene())


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_animation_gives_its_first_picture(tmp_path: Path, suffix: str) -> None:
    first, second = (Image.new("RGB", (20, 10), c) for c in ((255, 0, 0), (0, 0, 255)))
    first.save(tmp_path / f"a.{suffix}", save_all=True, append_images=[second], duration=100, lossless=True)
    assert np.abs(read_picture(tmp_path / f"a.{suffix}").pixels[5, 5].astype(int) - [255, 0, 0]).max() < 3


def profile_with_swapped_colours() -> bytes:
    """An sRGB profile whose red and blue primaries have changed places, and whose name says so."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for index in range(struct.unpack(">I", data[128:132])[0]):
        at = 132 + 12 * index
        if data[at : at + 4] == b"rXYZ":
            data[at : at + 4] = b"bXYZ"
        elif data[at : at + 4] == b"bXYZ":
            data[at : at + 4] = b"rXYZ"
    return bytes(data).replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


def test_profile_is_followed(tmp_path: Path) -> None:
    alpha = Image.new("L", (53, 37), 99)
    image = Image.fromarray(scene())
    image.save(tmp_path / "a.png", icc_profile=profile_with_swapped_colours())
    assert np.abs(read_picture(tmp_path / "a.png").pixels.astype(int) - scene()[:, :, ::-1]).max() <= 3
    image.putalpha(alpha)
    image.save(tmp_path / "b.png", icc_profile=profile_with_swapped_colours())
    picture = read_picture(tmp_path / "b.png")
    assert np.abs(picture.pixels.astype(int) - scene()[:, :, ::-1]).max() <= 3
    assert picture.alpha is not None
    assert (picture.alpha == 99).all()


def test_profile_that_does_not_fit_is_left_aside(tmp_path: Path) -> None:
    rgb = profile_with_swapped_colours()
    Image.fromarray(scene()[:, :, 0]).save(tmp_path / "grey.png", icc_profile=rgb)
    Image.fromarray(scene()).save(tmp_path / "junk.png", icc_profile=b"no profile at all")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(scene()).save(tmp_path / "same.png", icc_profile=srgb)
    np.testing.assert_array_equal(read_picture(tmp_path / "grey.png").pixels[:, :, 1], scene()[:, :, 0])
    np.testing.assert_array_equal(read_picture(tmp_path / "junk.png").pixels, scene())
    np.testing.assert_array_equal(read_picture(tmp_path / "same.png").pixels, scene())


@pytest.mark.parametrize(("width", "height"), [(60000, 60000), (10001, 10000), (MAX_SIDE + 1, 4), (4, 20000)])
def test_too_large_is_told_with_its_size(tmp_path: Path, width: int, height: int) -> None:
    before = Image.MAX_IMAGE_PIXELS
    (tmp_path / "a.png").write_bytes(png(width, height, 8, 0, b"\x00" * 100))
    with pytest.raises(PictureError, match=rf"{width} x {height} pixels"):
        read_picture(tmp_path / "a.png")
    assert before == Image.MAX_IMAGE_PIXELS


def test_limit_of_pillow_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    write_picture(tmp_path / "a.png", scene())
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png").pixels, scene())


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "tif", "bmp"])
def test_cut_off(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(noise).save(path)
    whole = path.read_bytes()
    for part in (0.9, 0.5, 0.05, 0.002):
        path.write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(PictureError, match=rf"a\.{suffix}"):
            read_picture(path)


def test_damaged_bytes_never_end_in_another_error(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    for suffix in ("jpg", "png", "webp", "gif", "tif", "bmp"):
        path = tmp_path / f"a.{suffix}"
        Image.fromarray(scene()).save(path)
        whole = np.frombuffer(path.read_bytes(), np.uint8)
        for _ in range(60):
            data = whole.copy()
            data[rng.integers(0, len(data), 6)] = rng.integers(0, 256, 6)
            path.write_bytes(data.tobytes())
            try:
                read_picture(path)
            except PictureError as error:
                assert f"a.{suffix}" in str(error)


def test_files_that_are_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("hello")
    (tmp_path / "empty.png").touch()
    (tmp_path / "phone.heic").write_bytes(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 100)
    (tmp_path / "script.jpg").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n")
    for name, message in [
        ("text.jpg", "is not a picture"),
        ("empty.png", "is empty"),
        ("missing.png", "does not exist"),
        ("", "is a folder"),
        ("phone.heic", "HEIC picture.*save it as JPEG or PNG"),
        ("script.jpg", "is not a picture"),
    ]:
        with pytest.raises(PictureError, match=message):
            read_picture(tmp_path / name)


def test_picture_is_frozen_and_checks_itself() -> None:
    picture = Picture(scene(), None, "x")
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0] = 1
    with pytest.raises(PictureError, match="x is float64"):
        Picture(scene() / 255, None, "x")
    with pytest.raises(PictureError, match="opacity"):
        Picture(scene(), np.zeros((3, 3), np.uint8), "x")


def test_written_names_and_places(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a name for a picture"):
        write_picture(tmp_path / "a.psd", scene())
    for suffix in ("jpg", "bmp"):
        with pytest.raises(UsageError, match="cannot hold transparency"):
            write_picture(tmp_path / f"a.{suffix}", scene(), scene()[:, :, 0])
    with pytest.raises(OutputError, match="no folder"):
        write_picture(tmp_path / "no" / "a.png", scene())
    assert list(tmp_path.iterdir()) == []


def test_failed_write_keeps_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_picture(tmp_path / "a.png", scene())

    def no_space(_self: Image.Image, place: Path, **_options: object) -> None:
        place.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", no_space)
    with pytest.raises(OutputError, match="no space"):
        write_picture(tmp_path / "a.png", scene()[::2])
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png").pixels, scene())
    assert len(list(tmp_path.iterdir())) == 1


def test_same_picture_same_bytes(tmp_path: Path) -> None:
    for suffix in ("png", "jpg", "webp"):
        write_picture(tmp_path / f"a.{suffix}", scene())
        write_picture(tmp_path / f"b.{suffix}", scene())
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_development_pictures(shared_data: Path) -> None:
    for folder in ("portraits", "art"):
        for path in sorted((shared_data / folder).iterdir()):
            reference = Image.open(io.BytesIO(path.read_bytes()))
            picture = read_picture(path)
            assert sorted(picture.pixels.shape[:2]) == sorted(reference.size), path.name
