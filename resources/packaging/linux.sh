#!/usr/bin/env bash
# What Linux systems take, of the folder that build.spec made:
#
#   resources/packaging/linux.sh dist/redistill 0.1.0 dist [tar deb]
#
# makes Redistill-0.1.0-linux-x86_64.tar.xz, which is unpacked anywhere (add-to-menu.sh in it makes
# the menu's entry), and redistill_0.1.0_amd64.deb, which installs below /opt. XZ_LEVEL=0 for a try:
# the usual 6 takes minutes.
set -euo pipefail
program=$(realpath "$1") version=$2 out=$(realpath "$3")
shift 3
here=$(dirname "$(realpath "$0")")
machine=$(uname -m)

make_tar() {
  local file="$out/Redistill-$version-linux-$machine.tar.xz"
  cp "$here/redistill.desktop" "$here/redistill.png" "$here/add-to-menu.sh" "$program/"
  tar -C "$(dirname "$program")" --owner=0 --group=0 -cf - "$(basename "$program")" | xz -T0 "-${XZ_LEVEL:-6}" >"$file"
  rm "$program/redistill.desktop" "$program/redistill.png" "$program/add-to-menu.sh"
  echo "$file"
}

make_deb() {
  local architecture root file size
  architecture=$(dpkg --print-architecture)
  file="$out/redistill_${version}_$architecture.deb"
  root=$(mktemp -d)
  trap 'rm -rf "$root"' RETURN
  chmod 755 "$root"
  mkdir -p "$root/DEBIAN" "$root/opt" "$root/usr/bin" "$root/usr/share/applications" \
    "$root/usr/share/icons/hicolor/512x512/apps" "$root/usr/share/doc/redistill"
  # Hard links where they can be: a second copy takes a gigabyte.
  cp -al "$program" "$root/opt/redistill" 2>/dev/null || cp -a "$program" "$root/opt/redistill"
  ln -s /opt/redistill/redistill "$root/usr/bin/redistill"
  cp "$here/redistill.desktop" "$root/usr/share/applications/"
  cp "$here/redistill.png" "$root/usr/share/icons/hicolor/512x512/apps/"
  cp "$here/../../LICENSE" "$root/usr/share/doc/redistill/copyright"
  size=$(du -sk --apparent-size "$root" | cut -f1)
  # The libraries that Qt loads; everything else is inside.
  cat >"$root/DEBIAN/control" <<END
Package: redistill
Version: $version
Architecture: $architecture
Maintainer: The Redistill developers <redistill@localhost>
Installed-Size: $size
Depends: libc6 (>= 2.28), libegl1, libgl1, libxkbcommon0, libxkbcommon-x11-0, libxcb-cursor0, libdbus-1-3, libfontconfig1
Section: science
Priority: optional
Description: fit a pretrained transformer to your own images or texts
 Further pre-training and self-distillation of Vision Transformers and masked
 language models on your own computer. Runs and settings are elsewhere: neither
 an update nor a removal touches them.
END
  dpkg-deb --root-owner-group -Zxz "-z${XZ_LEVEL:-6}" --build "$root" "$file" >/dev/null
  echo "$file"
}

for kind in "${@:-tar}"; do
  "make_$kind"
done
