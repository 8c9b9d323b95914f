#!/usr/bin/env bash
# Tests the wheel on a Python that this machine does not have, from another suite of Debian in a folder of its own:
#
#     tools/levels_in_debian.sh sid 3.14        # as root; needs debootstrap (apt-get install debootstrap)
#
# The tree and its environment are mounted there, and tools/levels.py finds that suite's Python.  The folder is kept for
# the next time (FOLDER=, default /var/tmp/caravana-SUITE); the mounts go when the command ends.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=$1 version=$2
folder=${FOLDER:-/var/tmp/caravana-$suite}
if [ ! -x "$folder/usr/bin/python$version" ]; then
    debootstrap --variant=minbase --include="python$version,python$version-venv,ca-certificates" "$suite" "$folder"
fi
home=$(.venv/bin/python -c 'import sys; print(sys.base_prefix)')
mounted=()
unmount() { for place in "${mounted[@]}"; do umount "$place"; done; }
trap unmount EXIT
for place in "$PWD" "$home" /dev /proc; do
    mkdir -p "$folder$place"
    mount --bind "$place" "$folder$place"
    mounted=("$folder$place" "${mounted[@]}")
done
cp /etc/resolv.conf /etc/hosts "$folder/etc/"
chroot "$folder" /usr/bin/env -i HOME=/root PATH=/usr/bin:/bin "$PWD/.venv/bin/python" "$PWD/tools/levels.py" "$version"
