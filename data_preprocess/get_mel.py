"""The published script of this name: write the mel windows of a sound; `--help` lists its options."""

from style2talker.cli.corpus_published import get_mel, script_main

if __name__ == "__main__":
    script_main(get_mel)
