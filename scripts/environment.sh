# Sourced by the scripts beside it: finds a Python, makes virtual environments, installs into them only what is new.
# pip keeps its own settings (index, certificates, cache) as the machine has them.

say() {
    printf '\n== %s\n' "$*"
}

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Print the first Python that is new enough and can make virtual environments; $PYTHON comes first.
find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3 python; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer with its venv module was not found: install it (on Debian and Ubuntu: python3 and" \
        "python3-venv), or name one: PYTHON=/path/to/python3.11 $0"
}

# make_environment FOLDER: a virtual environment there, unless there is a working one.
make_environment() {
    if ! "$1/bin/python" -c 'import pip' >/dev/null 2>&1; then
        python=$(find_python) || exit 1
        say "Making the environment $1 with $("$python" --version)"
        rm -rf "$1"
        "$python" -m venv "$1"
    fi
}

# install FOLDER REQUIREMENT...: pip install, skipped when pyproject.toml and the requirements are as last time.
install() {
    folder=$1
    shift
    wanted=$(printf '%s\n' "$PWD" "$@" | cat - pyproject.toml | cksum | tr ' ' -)
    if [ -e "$folder/.installed-$wanted" ]; then
        return
    fi
    say "Installing $* (the first time takes a few minutes)"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --progress-bar off --no-compile "$@"
    : >"$folder/.installed-$wanted"
}
