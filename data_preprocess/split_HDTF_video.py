"""The published script of this name: cut videos into pieces of five seconds; `--help` lists its options."""

from style2talker.cli.corpus_published import script_main, split_hdtf_video

if __name__ == "__main__":
    script_main(split_hdtf_video)
