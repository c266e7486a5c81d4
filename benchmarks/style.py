"""How well portraits take on an art, how much of the person is left, and what it costs, beside plain baselines.

Rows: the portrait itself, a plain colour transfer (Reinhard et al. 2001), and the style at each degree. Columns:
patches and colour, sliced Wasserstein distances to the art (a family's art is its own full style, so 0 at degree 1);
edges, agreement with the portrait; found, share of pictures in which the face is found again; drift, movement of its
landmarks in percent of the eye distance (at structure 0 unless told otherwise); geometry, what of the drift is no
shift, turn or scale; CPU, processor seconds over those of `cv2.stylization` on the same portrait.

Usage: python benchmarks/style.py --portrait FILE… --art NAME_OR_FILE… [--sheet sheet.png]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from style2talker.assets.store import package_data
from style2talker.config import StylizeOptions
from style2talker.errors import FaceError
from style2talker.evaluate.style_distance import edge_agreement, palette_distance, style_distance
from style2talker.face.align import crop_portrait, face_crop
from style2talker.face.landmarks import FaceFinder, find_portrait
from style2talker.face.pose import STABLE, rigid_transform
from style2talker.media.picture import read_picture, write_picture
from style2talker.records import FAMILIES, Art, ImageArray, Portrait
from style2talker.style_a.artist import stylise
from style2talker.style_a.backdrop import lay_over
from style2talker.style_a.palette import from_lab, to_lab
from style2talker.talker import read_art

COLUMNS = ("art", "result", "patches", "colour", "edges", "found", "drift %", "geometry %", "CPU ratio")


def seconds(work: Callable[[], Portrait | ImageArray]) -> tuple[Portrait | ImageArray, float]:
    """What a call gives, and the processor seconds that it takes."""
    begun = time.process_time()
    made = work()
    return made, time.process_time() - begun


def transferred(pixels: ImageArray, art: ImageArray) -> ImageArray:
    """A picture with the mean and spread of the art's colours in Lab."""
    own, wanted = to_lab(pixels), to_lab(art)
    spread = wanted.std(axis=(0, 1)) / (own.std(axis=(0, 1)) + 1e-3)
    return from_lab((own - own.mean(axis=(0, 1))) * spread + wanted.mean(axis=(0, 1)))


def moved(before: Portrait, after: ImageArray, finder: FaceFinder) -> tuple[float, float] | None:
    """How far the landmarks lie from where they were (in eye distances), and how far beyond a rigid movement."""
    try:
        found = find_portrait(after, which="largest", finder=finder).landmarks[:468]
    except FaceError:
        return None
    points = before.landmarks[:468]
    unit = float(np.linalg.norm(points[33, :2] - points[263, :2]))
    scale, rotation, shift = rigid_transform(points[list(STABLE)], found[list(STABLE)])
    carried = scale * points @ rotation.T + shift
    drift, geometry = (float(np.linalg.norm((found - each)[:, :2], axis=1).mean()) for each in (points, carried))
    return drift / unit, geometry / unit


def example_of(art: Art, portrait: Portrait, finder: FaceFinder) -> ImageArray:
    """The picture that a result is compared with: the art at the portrait's size of face, or the family's own work."""
    if art.picture is None:
        return stylise(portrait, Art("family", art.name, degree=1.0, structure=0.0), 0, finder).pixels
    try:
        face = find_portrait(art.picture, which="largest", finder=finder)
    except FaceError:
        rows, columns = portrait.pixels.shape[:2]
        return np.asarray(cv2.resize(art.picture, (columns, rows), interpolation=cv2.INTER_AREA))
    return crop_portrait(face, face_crop(face, portrait.pixels.shape[0])).pixels


def measure(result: ImageArray, portrait: Portrait, art: ImageArray, finder: FaceFinder) -> list[float]:
    """Patches, colour, edges, found, drift, geometry of one picture."""
    again = moved(portrait, result, finder)
    drift, geometry = again or (np.nan, np.nan)
    sigma = result.shape[0] / 170
    return [
        style_distance(result, art),
        palette_distance(result, art),
        edge_agreement(result, portrait.pixels, sigma),
        float(again is not None),
        100 * drift,
        100 * geometry,
    ]


def known_means(rows: list[list[float]]) -> list[float]:
    """Mean of each column over what is known; NaN where no face was found again."""
    columns = np.array(rows, np.float64).T
    return [float(np.nanmean(column)) if np.isfinite(column).any() else float("nan") for column in columns]


def rows_of(name: str, portraits: list[Portrait], options: argparse.Namespace, finder: FaceFinder) -> list[list[str]]:
    """The table's rows of one art, and its tiles for the sheet."""
    kinds = ["portrait", "colour transfer", *(f"degree {degree:g}" for degree in options.degree)]
    values: dict[str, list[list[float]]] = {kind: [] for kind in kinds}
    for portrait in portraits:
        base = max(seconds(lambda p=portrait: cv2.stylization(np.array(p.pixels)))[1], 1e-3)
        plain = read_art(StylizeOptions(art=name, art_structure=options.structure))
        example = example_of(plain, portrait, finder)
        copied, spent = seconds(lambda p=portrait, e=example: transferred(p.pixels, e))
        values["portrait"].append([*measure(portrait.pixels, portrait, example, finder), 0.0])
        values["colour transfer"].append([*measure(np.asarray(copied), portrait, example, finder), spent / base])
        for degree in options.degree:
            art = read_art(StylizeOptions(art=name, art_degree=degree, art_structure=options.structure))
            made, spent = seconds(lambda p=portrait, a=art: stylise(p, a, 0, finder).pixels)
            values[f"degree {degree:g}"].append([*measure(np.asarray(made), portrait, example, finder), spent / base])
            options.tiles.append(np.asarray(made))
    formats = ("{:.2f}", "{:.1f}", "{:.2f}", "{:.2f}", "{:.1f}", "{:.1f}", "{:.2f}")
    label = Path(name).stem
    return [
        [label, kind, *(f.format(v) for f, v in zip(formats, known_means(values[kind]), strict=True))] for kind in kinds
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portrait", nargs="+", default=[str(package_data("example/portrait.jpg"))])
    parser.add_argument("--art", nargs="+", default=list(FAMILIES), help="families and pictures")
    parser.add_argument("--degree", nargs="+", type=float, default=[0.4, 0.8, 1.0])
    parser.add_argument("--structure", type=float, default=0.0)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--sheet", type=Path, help="write all results as one picture: a row for each art and portrait")
    options = parser.parse_args()
    options.tiles = []
    with FaceFinder() as finder:
        portraits = []
        for file in options.portrait:
            read = read_picture(file)
            whole = find_portrait(read.pixels, read.alpha, "largest", finder)
            portraits.append(lay_over(crop_portrait(whole, face_crop(whole, options.size))))
        print("| " + " | ".join(COLUMNS) + " |")
        print("| " + " | ".join("---" for _ in COLUMNS) + " |")
        for name in options.art:
            for row in rows_of(name, portraits, options, finder):
                print("| " + " | ".join(row) + " |", flush=True)
    if options.sheet is not None:
        wide = len(options.degree)
        lines = [np.hstack(options.tiles[i : i + wide]) for i in range(0, len(options.tiles), wide)]
        write_picture(options.sheet, np.vstack(lines))


if __name__ == "__main__":
    main()
