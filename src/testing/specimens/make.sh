#!/bin/sh
# Makes the specimens in files/ with tools from Debian: 7zip arj binutils bzip2 cpio dpkg gcab
# ncompress wimtools xz-utils zip zstd. Usage: make.sh [<folder>]
set -eu
out=$(realpath "${1:-$(dirname "$0")/files}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir d
for line in $(seq 40); do echo "the payload of a specimen, line $line"; done > a.txt
cp a.txt d/b.txt
find . -exec touch -d 2024-01-02T03:04:06Z {} +
rm -f "$out"/*

zip -qX "$out/info-zip.zip" a.txt d/b.txt
zip -qX -P infected "$out/zipcrypto.zip" a.txt
zip -qX - a.txt < /dev/null > "$out/stream.zip"
for method in LZMA Deflate64 PPMd BZip2; do 7zz a -bso0 -tzip -mm=$method "$out/$method.zip" a.txt; done
7zz a -bso0 -tzip -mem=AES256 -pinfected "$out/aes.zip" a.txt
7zz a -bso0 -tzip -mem=AES256 -punknown "$out/unknown-password.zip" a.txt
7zz a -bso0 "$out/members.7z" a.txt d/b.txt
7zz a -bso0 -pvirus "$out/encrypted.7z" a.txt
7zz a -bso0 -pinfected -mhe=on "$out/encrypted-headers.7z" a.txt
7zz a -bso0 -pvirus -mhe=on -ms=off "$out/several-encrypted-headers.7z" a.txt d d/b.txt
7zz a -bso0 -punknown -mhe=on "$out/unknown-password.7z" a.txt
7zz a -bso0 -ttar -so members.tar a.txt d/b.txt | bzip2 > "$out/members.tbz2"
for tool in bzip2 xz zstd; do $tool -qc a.txt > "$out/a.txt.$tool"; done
xz --format=lzma -c a.txt > "$out/a.txt.lzma"
compress -c < a.txt > "$out/a.txt.Z"
for format in newc odc bin; do printf 'a.txt\nd/b.txt\n' | cpio -o --quiet -H $format > "$out/$format.cpio"; done
ar rcD "$out/members.a" a.txt d/b.txt
gcab -c "$out/members.cab" a.txt d/b.txt
gcab -c -z "$out/compressed.cab" a.txt
wimlib-imagex capture d "$out/members.wim" --quiet > /dev/null
arj a -y -i "$out/members.arj" a.txt > /dev/null
mkdir -p deb/DEBIAN deb/opt
cp a.txt deb/opt
printf 'Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: a\n' > deb/DEBIAN/control
dpkg-deb --build deb "$out/package.deb" > /dev/null
