"""The published script of this name: write the 68 landmarks of packed clips; `--help` lists its options."""

from style2talker.cli.corpus_published import extract_lmdk, script_main

if __name__ == "__main__":
    script_main(extract_lmdk)
