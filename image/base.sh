#!/bin/sh
# Makes the base image with mmdebstrap and buildah, for a machine that reaches Debian's packages and
# no image registry: localhost/debian:bookworm-slim, without documentation, as the official one.
set -eu
suite=${1:-bookworm}
cache=.cache/debian-$suite-slim.tar
unfinished=.cache/unfinished.tar
mkdir -p .cache
[ -s "$cache" ] || {
  mmdebstrap --variant=minbase --include=usr-is-merged --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
    "$suite" "$unfinished"
  mv "$unfinished" "$cache"
}
container=$(buildah from scratch)
trap 'buildah rm "$container" >/dev/null' EXIT
buildah add --quiet "$container" "$cache" / >/dev/null
buildah config --cmd /bin/bash "$container"
buildah commit --quiet --timestamp 0 "$container" "localhost/debian:$suite-slim" >/dev/null
echo "localhost/debian:$suite-slim"
