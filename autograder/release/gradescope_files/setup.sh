#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the image: installs the grader beside this folder, from wheels/ alone.
# Only a missing Python is fetched, from the distribution. It never fails: without a Python, run_autograder says so.
set -u

root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"
venv="$root/venv"
versions="@versions@"

# The suite and the reference are nobody's but the grader's; submissions run under ids of their own.
chmod -R go-rwx "$source/course" "$source/settings.json"

usable() {
    # A Python of that version with the module that makes virtual environments; pip comes from wheels/.
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c "import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$2')" >/dev/null 2>&1
}

choose() {
    local version name
    for version in $versions; do
        for name in "python$version" "/usr/local/bin/python$version" python3; do
            if usable "$name" "$version"; then
                python="$name"
                return 0
            fi
        done
    done
    return 1
}

python=""
if ! choose && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    for version in $versions; do
        apt-get install -y --no-install-recommends "python$version" "python$version-venv" ||
            apt-get install -y --no-install-recommends "python$version"
        choose && break
    done
fi
if [ -z "$python" ]; then
    echo "No Python of version $versions was found, and none could be installed." >&2
    exit 0
fi

echo "Python: $(command -v "$python")"
rm -rf "$venv"
"$python" -m venv --without-pip "$venv" || exit 0
# A wheel of pip can be run as it is: distributions leave it out of their Python.
pip=("$source"/wheels/pip-*.whl)
if ! env -u PYTHONPATH -u PYTHONHOME PIP_CONFIG_FILE=/dev/null \
    "$venv/bin/python" -P "${pip[0]}/pip" install --no-index --find-links "$source/wheels" \
    --no-cache-dir --disable-pip-version-check --root-user-action=ignore autograder @more@; then
    # Half an installation is none.
    rm -rf "$venv"
    echo "The wheels could not be installed; see above." >&2
    exit 0
fi
# Others may read what was installed, as is usual, so that a submission's process can load NumPy.
chmod -R go+rX "$venv"
echo "Installed."
