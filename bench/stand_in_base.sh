#!/usr/bin/env bash
# stand_in_base.sh PREFIX FOLDER: an image like python:3.13-slim, where that cannot be pulled: Debian by debootstrap from the
# machine's own mirror, and the Python 3.13 installed under PREFIX in its /usr/local. As root; buildah, debootstrap.
set -euo pipefail
prefix=$1 folder=$2
base=$folder/root
libraries=ca-certificates,netbase,tzdata,libssl3,libffi8,libsqlite3-0,libbz2-1.0,liblzma5,libreadline8,libncursesw6,libexpat1,libuuid1
mkdir -p "$folder"
debootstrap --variant=minbase --include="$libraries" bookworm "$base"
rm -rf "$base"/usr/local/lib/python3* "$base"/usr/share/{doc,man,locale,info}/* "$base"/var/lib/apt/lists/*
cp -a "$prefix"/{bin,lib,include} "$base/usr/local/"
rm -rf "$base"/usr/local/lib/python3.13/{test,config-*,site-packages} "$base"/usr/local/lib/libpython*.a
mkdir -p "$base/usr/local/lib/python3.13/site-packages"
find "$base/usr/local" -name __pycache__ -prune -exec rm -rf {} +
# what the machine reaches its mirrors by
cp /etc/resolv.conf "$base/etc/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/ca-certificates.crt"
printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$base/etc/pip.conf"
chroot "$base" /sbin/ldconfig
chroot "$base" /usr/local/bin/python3 -m ensurepip
tar -C "$base" -cf "$folder/base.tar" --exclude='./proc/*' --exclude='./sys/*' .
printf 'FROM scratch\nADD base.tar /\nENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8\n' >"$folder/Dockerfile"
buildah build --isolation chroot --tag python-stand-in:3.13 "$folder"
