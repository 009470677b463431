#!/bin/sh
# Chromium whose profile lies on a small filesystem of its own, in a mount namespace that ends with it. Its process id goes
# into SMALL_PID, so that the test can reach the filesystem. The browser's own arguments follow.
set -eu
if [ "${SMALL_INSIDE:-}" = yes ]; then
    mount -t tmpfs -o size=256m small "$SMALL_FOLDER"
    echo $$ >"$SMALL_PID"
    exec /usr/bin/chromium "$@"
fi
export SMALL_INSIDE=yes
if [ "$(id -u)" -eq 0 ]; then
    exec unshare --mount "$0" "$@"
fi
exec unshare --user --map-root-user --mount "$0" "$@"
