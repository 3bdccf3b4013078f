#!/bin/sh
# Create or update one of the project's virtual environments: sh local/setup.sh .venv requirements/dev.txt
# Needs only a uv or any python3 and fetches everything else. Prints nothing if the environment is current.
# Without arguments it prints the path of uv, and installs uv first if there is none.
set -eu
unset CDPATH
# Python's settings of other projects: a wrong PYTHONHOME keeps it from starting, and PYTHONPATH hides packages.
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONINSPECT PYTHONOPTIMIZE PYTHONIOENCODING PYTHONPLATLIBDIR PYTHONUSERBASE
# The stamp holds this path: with symbolic links resolved, or it would differ by the path of the caller.
cd "$(pwd -P)"

fail() {
    echo "hidra: $1" >&2
    exit 1
}

# The list and the path: the scripts in an environment name their interpreter by its full path.
wanted() {
    echo "# $PWD/$venv"
    cat "$list"
}

# A name on PATH proves nothing (pyenv keeps shims for versions that are not chosen): it has to run.
find_uv() {
    if "${UV:-uv}" --version >/dev/null 2>&1; then
        command -v "${UV:-uv}"
    elif [ -x .venv-uv/bin/uv ]; then
        echo "$PWD/.venv-uv/bin/uv"
    else
        return 1
    fi
}

# Uses the first Python that works: Debian's python3 may lack venv, a pyenv shim may point nowhere. Installs uv in a
# folder of its own and moves it, as several processes may do this at the same time.
bootstrap_uv() {
    made=.venv-uv.$$
    trap 'rm -rf "$made"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    for python in "${PYTHON:-python3}" python3.13 python3 /usr/bin/python3; do
        rm -rf "$made"
        if "$python" -m venv "$made" >/dev/null 2>&1; then
            "$made/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt \
                || fail "uv could not be installed. Check the connection to the Python package index."
            mkdir -p .venv-uv/bin
            mv "$made/bin/uv" .venv-uv/bin/uv
            rm -rf "$made"
            return
        fi
    done
    rm -rf "$made"
    fail "There is no uv and no python3 with its venv module. Install one of them."
}

is_python_313() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1
}

# Every file and folder that was installed at the top of the environment is still there.
is_complete() {
    [ -s "$packages" ] && (cd "$venv/lib/python3.13/site-packages" && xargs ls -d <"$packages") >/dev/null 2>&1
}

find_managed_python() {
    "$uv" python find --quiet --no-project --system 3.13 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_python_313 "$PYTHON" || fail "PYTHON=$PYTHON is not a working Python 3.13."
        echo "$PYTHON"
        return
    fi
    for python in python3.13 "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.13*/bin/python3.13; do
        if is_python_313 "$python"; then
            command -v "$python"
            return
        fi
    done
    find_managed_python && return
    echo "hidra: fetching Python 3.13 ..." >&2
    "$uv" python install --quiet 3.13 >/dev/null 2>&1 && find_managed_python && return
    fail "Python 3.13 is missing and could not be fetched. Install it, or name it: make PYTHON=/path/to/python3.13."
}

if [ $# -eq 0 ]; then
    find_uv || { bootstrap_uv; find_uv; }
    exit
fi
venv=$1
list=$2
stamp=$venv/hidra-installed.txt
packages=$PWD/$venv/hidra-packages.txt
case $venv in /*) packages=$venv/hidra-packages.txt ;; esac
if [ -x "$venv/bin/python" ] && wanted | cmp -s - "$stamp" && is_complete && is_python_313 "$venv/bin/python"; then
    exit 0
fi

uv=$(find_uv) || { bootstrap_uv; uv=$(find_uv); }
place=
# An installation of earlier sources has no list of packages: it is only completed.
[ -f "$stamp" ] && { [ ! -e "$packages" ] || is_complete; } && read -r place <"$stamp"
rm -f "$stamp"
# Without a stamp an installation was interrupted, without a package it was damaged: only a new one is surely whole.
if [ "$place" != "# $PWD/$venv" ] || ! is_python_313 "$venv/bin/python"; then
    python=$(find_python)
    "$uv" venv --quiet --clear --no-project --python "$python" "$venv" \
        || fail "The folder $PWD/$venv could not be made. The lines above say why."
fi
echo "hidra: installing $list into $venv ..." >&2
"$uv" pip sync --quiet --require-hashes --python "$venv/bin/python" "$list" \
    || fail "The packages of $list could not be installed. The lines above say why."
ls "$venv/lib/python3.13/site-packages" | grep -v __pycache__ >"$packages"
wanted >"$stamp"
