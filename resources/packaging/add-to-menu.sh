#!/bin/sh
# Puts Redistill, where it lies now, into the menu of whoever runs this; again after moving it.
set -eu
folder=$(dirname "$(realpath "$0")")
entries="${XDG_DATA_HOME:-$HOME/.local/share}/applications"
mkdir -p "$entries"
sed -e "s|^Exec=redistill|Exec=\"$folder/redistill\"|" -e "s|^Icon=.*|Icon=$folder/redistill.png|" \
  "$folder/redistill.desktop" >"$entries/redistill.desktop"
echo "Added $entries/redistill.desktop"
