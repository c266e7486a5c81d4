"""How well labels are read back: python benchmarks/labels.py TRACKS.

TRACKS: a folder of a corpus, or of tracked clips, of several people whose feelings are known and who have a neutral
clip each. Every person is left out in turn: the levels of the action units come from the others. Once the labels know
the feeling, once they tell the muscles alone. The emotion is read back by the sentence reader of the product, which
never saw the grammar of the labels: of each sentence, and of a clip by the most of its five. F1 is the agreement of the
units that a sentence, or the five together, name with those that are activated.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from style2talker.corpus.annotate import Annotated, Job, annotate
from style2talker.corpus.labelling.levels import corpus_levels
from style2talker.corpus.labelling.measure import Measured, measure
from style2talker.corpus.labelling.options import AnnotateOptions
from style2talker.corpus.labelling.report import summarise
from style2talker.corpus.labelling.tracks import find_tracks
from style2talker.emotion.encoder import TextEncoder
from style2talker.emotion.facs import resemblance
from style2talker.emotion.sentence import understand
from style2talker.records import LABELS


def labelled(clips: list[Measured], others: list[Measured], known: bool, seed: int) -> Annotated:
    """Labels of one person's clips."""
    options = AnnotateOptions(seed=seed)
    shown = clips if known else [dataclasses.replace(m, clip=dataclasses.replace(m.clip, emotion=None)) for m in clips]
    levels = corpus_levels([other.intensities for other in others], options.threshold)
    with tempfile.TemporaryDirectory() as folder:
        return annotate(Job(Path(folder), options, shown, {}, levels, None))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tracks", type=Path)
    parser.add_argument("--seeds", type=int, default=5, help="labellings with different seeds (5)")
    arguments = parser.parse_args()
    measured, _ = measure(find_tracks([arguments.tracks])[0])
    measured = [each for each in measured if each.clip.emotion is not None]
    encoder = TextEncoder()
    print("| the labels know | clips | sentences read back | clips read back | F1 of sentences | F1 of clips |")
    print("|---|---|---|---|---|---|")
    for known in (True, False):
        sentences, clips, single, joint = [], [], [], []
        for seed in range(arguments.seeds):
            for actor in sorted({each.clip.actor for each in measured}):
                own = [each for each in measured if each.clip.actor == actor]
                made = labelled(own, [each for each in measured if each.clip.actor != actor], known, seed)
                summary = summarise(made.labels, {})
                single.append(summary["agreement"]["sentences"])
                joint.append(summary["agreement"]["clips"])
                for each, label in zip(own, made.labels, strict=True):
                    felt = [understand(text, encoder=encoder).expressions[0] for text in label.sentences]
                    read = [LABELS[int(resemblance(expression).argmax())] for expression in felt]
                    sentences += [word == each.clip.emotion for word in read]
                    clips.append(Counter(read).most_common(1)[0][0] == each.clip.emotion)
        shares = (np.mean(values) for values in (sentences, clips, single, joint))
        name = "feeling and muscles" if known else "muscles alone"
        print(f"| {name} | {len(measured)} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")


if __name__ == "__main__":
    main()
