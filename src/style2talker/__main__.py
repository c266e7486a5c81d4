"""`python -m style2talker` is the command `style2talker`."""

from style2talker.cli import main

if __name__ == "__main__":
    main()
