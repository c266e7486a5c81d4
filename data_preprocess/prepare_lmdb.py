"""The published script of this name: put clips into one LMDB file; `--help` lists its options."""

from style2talker.cli.corpus_published import prepare_lmdb, script_main

if __name__ == "__main__":
    script_main(prepare_lmdb)
