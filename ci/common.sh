# Sourced by the scripts beside it: makes the project's own virtual environment, once; spreads the tests.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv="$here/.venv"

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# A name on the PATH is not enough: version managers put names there that only print an error.
find_python() {
    # The machine's own python3 first: a wheel directory that is set up here was made for that one.
    local candidate
    for candidate in python3 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
            if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
                command -v "$candidate"
                return
            fi
        fi
    done
    fail "needs Python 3.11 or 3.12 with venv and ensurepip (Debian: python3-venv) on the PATH; found neither"
}

# prepare EXTRAS: an environment with the project installed, editable, with these extras. Reused while pyproject.toml
# and the extras stay the same; the marker is written last, so that an interrupted set-up is done over.
prepare() {
    local extras=$1 wanted python
    mkdir -p "$here/.conformance"
    if command -v flock >/dev/null; then
        exec 9>"$here/.conformance/setup.lock"
        flock 9
    fi
    local have="$venv/.extras"
    # An environment made for the tests serves a comparison too.
    wanted=$(cksum <"$here/pyproject.toml")
    if [ -x "$venv/bin/python" ] && [ -f "$have" ] && [ "$(head -n 1 "$have")" = "$wanted" ]; then
        case ",$(tail -n 1 "$have")," in *",$extras,"*) exec 9>&-; return ;; esac
    fi
    python=$(find_python) || exit 1
    mkdir -p "$here/.conformance/logs"
    local log="$here/.conformance/logs/setup.log"
    echo "setting up $venv with $python (log: $log)" >&2
    rm -f "$have"
    if ! "$venv/bin/python" -c 'import pip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
        rm -rf "$venv"
        "$python" -m venv "$venv" >"$log" 2>&1 || fail "could not make $venv; see $log"
    fi
    # Compiled kernels are a help, not a need: a machine without numba gets the slower tiers.
    if ! pip_install "$extras" >"$log" 2>&1; then
        local rest
        rest=$(echo "$extras" | tr ',' '\n' | grep -vx fast | paste -sd, -)
        echo "warning: the extra [fast] (numba) could not be installed; going on without it (log: $log)" >&2
        pip_install "$rest" >>"$log" 2>&1 || { tail -n 5 "$log" >&2; fail "the installation failed; see $log"; }
    fi
    printf '%s\n%s\n' "$wanted" "$extras" >"$have"
    if command -v flock >/dev/null; then exec 9>&-; fi
}

pip_install() {
    local target=$here
    if [ -n "$1" ]; then target="$here[$1]"; fi
    "$venv/bin/python" -m pip install --no-input --disable-pip-version-check -e "$target"
}

# spread PYTEST ARGUMENT ...: the options that give pytest a process per processor, four at most; none where an argument
# says how many, picks a few tests, or wants to talk to the terminal.
spread() {
    local argument before= count
    count=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
    for argument in "$@"; do
        case $argument in
        -n* | --numprocesses* | --dist* | --tx* | -k* | -s | --capture* | --pdb | --trace | no:xdist) return ;;
        -*) ;;
        # What follows a long option is its value, as in --junitxml out.xml, and picks nothing.
        *) case $before in --*) ;; *) if [ -f "${argument%%::*}" ]; then return; fi ;; esac ;;
        esac
        before=$argument
    done
    # worksteal: halves first, so that neighbours, which share fixtures, stay together; whoever is done takes from the rest.
    if [ "$count" -gt 1 ]; then echo "-n $((count > 4 ? 4 : count)) --dist worksteal"; fi
}
