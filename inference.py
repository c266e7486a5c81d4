"""The published command: `python inference.py --img_path FACE --wav_path SPEECH --save_path OUT.mp4`.

A thin caller of `style2talker generate` for scripts that were written for the published option names.
"""

from style2talker.cli.published import main

if __name__ == "__main__":
    main()
