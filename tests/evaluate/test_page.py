"""The report: one file that is well-formed, needs nothing else, says everything, and fits any screen."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from made_people import FPS, wandering

from style2talker.evaluate.judged import Judged
from style2talker.evaluate.metrics import METRICS, SYSTEMS
from style2talker.evaluate.page import MOST_CLIPS, write_page
from style2talker.evaluate.page_style import STYLE
from style2talker.evaluate.plots import COLOURS, clip_bars, lag_plot
from style2talker.evaluate.statistics import Band
from style2talker.evaluate.summary import summarise
from style2talker.evaluate.tables import ARROWS
from style2talker.media.picture import write_picture

VOID, DRAWN = {"meta", "img", "br"}, {"line", "rect", "path", "circle"}
NAMES = ("one", "a <name> & more", "a_very_long_name_of_a_clip_that_has_to_be_cut_somewhere")


class Outline(HTMLParser):
    """Checks that what opens closes, and collects what a browser would load or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.unnamed: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.loads += [f"{tag} {found[name]}" for name in ("src", "href") if name in found]
        self.ids += [found["id"]] if "id" in found else []
        if (tag == "img" and not found.get("alt")) or (tag == "svg" and not found.get("aria-label")):
            self.unnamed.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in DRAWN

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def clip(name: str, number: int) -> Judged:
    """A clip in which every metric is known, with lips in step with the sound but for the last one."""
    rng = np.random.default_rng(number)
    values = {system: {m.name: float(rng.normal(1, 0.2)) for m in METRICS} for system in ("generated", "reference")}
    values["still"] = {"psnr": 20.0, "movement": 0.0}
    values["other sound"] = {"av_correlation": 0.1}
    curve = wandering(number, 150)
    lips = wandering(99, 150) if number == 2 else np.roll(curve, 3)
    return Judged(
        name,
        "k",
        128,
        96,
        FPS,
        150,
        {"generated": 1.0, "reference": 0.9, "still": 1.0},
        values,
        ("generated: no face in 3 of 150 frames",) if number == 0 else (),
        {"opening of generated": lips, "opening of reference": curve, "loudness": curve},
        {name: np.zeros((150, 70), np.float32) for name in ("generated", "reference", "still")},
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    clips = [clip(name, number) for number, name in enumerate(NAMES)]
    write_picture(folder / "one.jpg", np.full((120, 90, 3), 128, np.uint8))
    broken = Judged("broken", "k", error="no pictures in it")
    rows = summarise(clips, np.random.default_rng(0))
    write_page(folder / "report.html", rows, [*clips, broken], ["x has no reference"], folder)
    return folder / "report.html"


@pytest.fixture(scope="module")
def outline(page: Path) -> Outline:
    found = Outline()
    found.feed(page.read_text(encoding="utf-8"))
    found.close()
    return found


def test_what_opens_closes_and_nothing_is_loaded(outline: Outline) -> None:
    assert outline.open == []
    outside = [each for each in outline.loads if not re.match(r"img data:image/jpeg;base64,|a #", each)]
    assert outside == []
    assert len([each for each in outline.loads if each.startswith("img")]) == 1
    assert {each.removeprefix("a #") for each in outline.loads if each.startswith("a ")} <= set(outline.ids)
    assert "url(" not in STYLE and "@import" not in STYLE


def test_everything_is_said_and_named(outline: Outline, page: Path) -> None:
    assert outline.unnamed == []
    text = " ".join(outline.text)
    content = page.read_text(encoding="utf-8")
    for metric in METRICS:
        assert metric.name in text
        assert metric.variant in text
        assert ARROWS[metric.direction] in text
    for name in ("generated", "reference", "still", "other sound"):
        assert SYSTEMS[name] in text
        assert COLOURS[name] in content
    for name in NAMES:
        assert name in text
    for said in ("broken could not be judged: no pictures in it", "x has no reference", "no face in 3 of 150 frames"):
        assert said in text
    assert "offset +3 frames" in text
    assert "no offset can be told" in text
    assert "nan" not in re.sub(r"base64,[^\"]+", "", content).lower()


def test_many_clips_are_told_and_not_shown(tmp_path: Path) -> None:
    clips = [clip(f"c{number}", number) for number in range(MOST_CLIPS + 2)]
    write_page(tmp_path / "p.html", summarise(clips, np.random.default_rng(0)), clips, [], tmp_path)
    content = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert content.count('<section class="clip">') == MOST_CLIPS
    assert "2 more clips stand in results.json" in content


def test_a_clip_without_sound_has_no_agreement(tmp_path: Path) -> None:
    silent = Judged("s", "k", 8, 8, FPS, 3, {"generated": 0.0}, {"generated": {}})
    write_page(tmp_path / "p.html", [], [silent], [], tmp_path)
    content = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "by lag" not in content
    assert "Opening of the lips" in content


def test_bars_reach_from_nothing_to_the_value() -> None:
    plot = clip_bars(["a", "b", "c"], [2.0, -1.0, float("nan")], [1.0, float("nan"), 1.0], Band(0.0, 1.0))
    bars = [
        (float(x), float(w)) for x, w in re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="10"', plot)
    ]
    (right, long), (left, short) = bars
    assert long == pytest.approx(2 * short, rel=0.02)
    assert left + short == pytest.approx(right, abs=0.2)
    assert plot.count(COLOURS["reference"]) == 2
    assert plot.count('opacity=".14"') == 1


def test_agreement_is_drawn_beside_chance() -> None:
    curve = np.linspace(-0.5, 0.9, 31)
    plot = lag_plot({"generated": curve, "reference": -curve}, Band(-0.2, 0.2), 15)
    assert plot.count("<path") == 2
    assert "stroke-dasharray" in plot and "chance" in plot
    assert "stroke-dasharray" not in lag_plot({"generated": curve}, Band(float("nan"), float("nan")), None)
    assert lag_plot({"generated": np.full(31, np.nan)}, Band(0, 0), None) == ""


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_it_without_sideways_scrolling(page: Path, width: int, tmp_path: Path) -> None:
    browser = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip("no chromium is installed")
    asked = "<script>document.title=document.documentElement.scrollWidth+' of '+innerWidth</script></body>"
    (tmp_path / "asked.html").write_text(page.read_text(encoding="utf-8").replace("</body>", asked), encoding="utf-8")
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    words += [f"--window-size={width},900", "--dump-dom", (tmp_path / "asked.html").as_uri()]
    shown = subprocess.run([browser, *words], capture_output=True, text=True, timeout=90, check=True).stdout
    found = re.search(r"<title>(\d+) of (\d+)</title>", shown)
    assert found is not None
    assert int(found[1]) <= int(found[2])
