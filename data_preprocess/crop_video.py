"""The published script of this name: cut the faces out of a video; `--help` lists its options."""

from style2talker.cli.corpus_published import crop_video, script_main

if __name__ == "__main__":
    script_main(crop_video)
