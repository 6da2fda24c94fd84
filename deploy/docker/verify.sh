#!/bin/bash
# Builds the image and boots every process of it, without Docker and without pulling anything: for Debian as root,
# with buildah, mmdebstrap and npm. The base is Debian with the Node of npm's package, under the public image's name.
# Takes some minutes and 3 GB below TMPDIR (/var/tmp), and leaves nothing. Ends with 77 where it can't run.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

skip() {
  echo "skipped: $1" >&2
  exit 77
}
[ "$(id -u)" = 0 ] || skip 'buildah makes containers as root here; run this as root'
for program in buildah mmdebstrap npm node; do
  command -v "$program" >/dev/null || skip "needs $program (Debian: apt-get install buildah mmdebstrap npm)"
done

work=$(mktemp -d "${TMPDIR:-/var/tmp}/latchkey-image.XXXXXX")
buildah="buildah --storage-driver vfs --root $work/storage --runroot $work/run"
cleanup() {
  $buildah rm --all >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

version=$(cat .nvmrc)
case $(uname -m) in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) skip "no Node package for $(uname -m)" ;;
esac

echo "verify: making the base with Node $version"
mmdebstrap --quiet --variant=minbase bookworm "$work/base.tar"
mkdir "$work/base" && tar -C "$work/base" -xf "$work/base.tar" && rm "$work/base.tar"
npm install --silent --no-save --no-audit --no-fund --prefix "$work/node" "node-linux-$arch@$version"
install -m 755 "$work/node/node_modules/node-linux-$arch/bin/node" "$work/base/usr/local/bin/node"
mkdir -p "$work/base/usr/local/lib/node_modules"
cp -a "$(npm root --global)/npm" "$work/base/usr/local/lib/node_modules/"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/base/usr/local/bin/npm"
groupadd --root "$work/base" --gid 1000 node
useradd --root "$work/base" --uid 1000 --gid node --create-home --shell /bin/bash node
# Where a proxy signs what comes from the registry, its authority is among ours.
install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$work/base/etc/ssl/certs/ca-certificates.crt"
base=$($buildah from scratch)
$buildah add --quiet "$base" "$work/base" / >/dev/null
$buildah config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
  --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$base"
$buildah commit --quiet --rm "$base" "docker.io/library/node:$version-bookworm-slim" >/dev/null
rm -rf "$work/base" "$work/node"

echo 'verify: building the image'
$buildah bud --quiet --isolation chroot --pull-never --file deploy/docker/Dockerfile --tag latchkey:verify . \
  >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log"; exit 1; }

echo 'verify: booting every process'
LATCHKEY_IMAGE_CONTAINER="$buildah $($buildah from --pull-never latchkey:verify)" \
  npm test -- packages/e2e/test/image.test.ts
