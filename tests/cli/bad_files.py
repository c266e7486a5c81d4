"""Writes inputs that cannot be used."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image

GENERATE = ("generate", "portrait.jpg", "speech.wav", "-o", "out.mp4")


def save(path: Path, pixels: np.ndarray) -> None:
    Image.fromarray(pixels.astype(np.uint8)).save(path)


def noise(rows: int = 240, columns: int = 320) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


def landscape() -> np.ndarray:
    """A drawn sky, sun, hills and house."""
    picture = np.full((360, 480, 3), (150, 200, 240), np.uint8)
    cv2.circle(picture, (400, 70), 40, (250, 230, 120), -1)
    cv2.ellipse(picture, (140, 360), (260, 150), 0, 180, 360, (90, 150, 80), -1)
    cv2.rectangle(picture, (220, 210), (330, 320), (180, 90, 70), -1)
    cv2.rectangle(picture, (240, 235), (265, 260), (230, 240, 250), -1)
    cv2.rectangle(picture, (285, 235), (310, 260), (230, 240, 250), -1)
    return picture


def portrait_pixels(folder: Path, side: int) -> np.ndarray:
    with Image.open(folder / "portrait.jpg") as picture:
        return np.asarray(picture.convert("RGB").resize((side, side)))


def two_faces(folder: Path) -> np.ndarray:
    one = portrait_pixels(folder, 320)
    return np.concatenate([one, one], axis=1)


def tiny_face(folder: Path) -> np.ndarray:
    """The portrait so small that its face is 36 pixels high; smaller ones are not found at all."""
    picture = np.full((256, 256, 3), 128, np.uint8)
    picture[88:168, 88:168] = portrait_pixels(folder, 80)
    return picture


def cut(path: Path, source: Path, share: float) -> None:
    content = source.read_bytes()
    path.write_bytes(content[: round(len(content) * share)])


def wav(path: Path, samples: np.ndarray, rate: int = 16000) -> None:
    """A wav file of 32-bit floats, whatever they are."""
    data = np.asarray(samples, "<f4").tobytes()
    head = b"WAVEfmt " + np.array([16], "<u4").tobytes() + np.array([3, 1], "<u2").tobytes()
    head += np.array([rate, rate * 4], "<u4").tobytes() + np.array([4, 32], "<u2").tobytes()
    body = head + b"data" + np.array([len(data)], "<u4").tobytes() + data
    path.write_bytes(b"RIFF" + np.array([len(body)], "<u4").tobytes() + body)


def tone(seconds: float, rate: int = 16000) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * 200 * np.arange(round(seconds * rate)) / rate)


def silent_film(path: Path, pixels: np.ndarray, frames: int = 8) -> None:
    """A video of one picture without sound."""
    rows, columns = (n - n % 2 for n in pixels.shape[:2])
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = columns, rows, "yuv420p"
        for _ in range(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels[:rows, :columns]), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


class Evil:
    """Makes a file when it is unpickled."""

    def __reduce__(self):
        return (os.mkdir, ("evil",))


def evil_npy(path: Path) -> None:
    np.save(path, np.array({"coeff": Evil()}, dtype=object), allow_pickle=True)


def evil_npz(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, names=np.array([Evil()], dtype=object), blendshapes=np.zeros((2, 52)))


def evil_mat(path: Path) -> None:
    path.write_bytes(pickle.dumps(Evil()))
