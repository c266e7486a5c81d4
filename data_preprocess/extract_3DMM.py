"""The published script of this name: write the 3DMM coefficients of clips; `--help` lists its options."""

from style2talker.cli.corpus_published import extract_3dmm, script_main

if __name__ == "__main__":
    script_main(extract_3dmm)
