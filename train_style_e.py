"""The published script of this name: train Style-E, alone or under torchrun; `--help` lists its options."""

from style2talker.cli.corpus_published import script_main
from style2talker.cli.training_published import train_style_e

if __name__ == "__main__":
    script_main(train_style_e)
