"""What a corpus holds, told and drawn."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from style2talker.corpus.charts import Chart, draw_charts, histogram
from style2talker.corpus.inspect import facts_of, summary_text, write_pages
from style2talker.corpus.manifest import ClipRow, Mark, Table


@pytest.fixture
def table() -> Table:
    files = {"video": "clips/x.mp4"}
    rows = [
        ClipRow("a", "a.mp4", "1", "p", "sad", 2, "front", frames=50, fps=25.0, files=files, quality={"yaw": 4.0}),
        ClipRow("b", "b.mp4", "2", "q", "happy", None, "front", "test", frames=100, fps=25.0, files=files),
        ClipRow("c", "c.mp4", "3", "r").marked("crop", Mark("k", "skipped", "no face <found>")),
    ]
    done = [row.marked("crop", Mark("k", "done", "left out a tail")) if row.files else row for row in rows]
    return Table({row.clip: row for row in done})


def test_facts_are_counted(table: Table) -> None:
    facts = facts_of(table)
    assert (facts["recordings"], facts["clips"], facts["seconds"]) == (3, 2, 6.0)
    assert facts["people"] == {"test": ["q"], "train": ["p"]}
    assert facts["emotions"] == {"happy": 1, "sad": 1}
    assert facts["levels"] == {"2": 1, "unknown": 1}
    assert facts["stages"] == {"crop": {"done": 2, "skipped": 1, "failed": 0}}
    assert facts["reasons"] == {"crop: no face <found>": 1}
    text = summary_text(facts)
    assert "2 clips of 3 recordings, 0.1 minutes" in text
    assert "test: 1 clips of 1 people" in text
    assert "1 x crop: no face <found>" in text


def test_pages_hold_the_charts_and_every_reason(table: Table, tmp_path: Path) -> None:
    page, picture = write_pages(tmp_path, table, facts_of(table))
    html = page.read_text()
    assert "no face &lt;found&gt;" in html
    assert "left out a tail" in html
    assert "data:image/png;base64," in html
    with Image.open(picture) as image:
        assert image.size[0] > 1000
    before = picture.read_bytes()
    write_pages(tmp_path, table, facts_of(table))
    assert picture.read_bytes() == before


def test_an_empty_corpus_can_be_inspected(tmp_path: Path) -> None:
    facts = facts_of(Table({}))
    assert facts["clips"] == 0
    assert all(path.is_file() for path in write_pages(tmp_path, Table({}), facts))


def test_bars_are_as_high_as_they_should_be() -> None:
    image = np.asarray(Image.open(io.BytesIO(draw_charts([Chart("t", {"a": 10, "b": 5, "c": 0})]))))
    blue = (image == (78, 121, 167)).all(axis=2)
    columns = blue.sum(axis=0)
    heights = sorted(set(columns[columns > 3].tolist()))
    assert len(heights) == 2
    assert heights[1] / heights[0] == pytest.approx(2, abs=0.05)


def test_histograms_count_every_value() -> None:
    chart = histogram("h", [0.0, 1.0, 1.1, 5.0, 6.0])
    assert sum(chart.bars.values()) == 5
    assert next(iter(chart.bars)) == "0"
    assert histogram("h", [2.0, 2.0]).bars == {"2": 2}
    assert histogram("h", []).bars == {}
