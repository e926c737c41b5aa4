own="releases/bundles/$PROGRAM-$VERSION.dtb"
before="$({ find releases/bundles -name "$PROGRAM-[0-9]*.dtb" 2>/dev/null || true; echo "$own"; } | sort -V \
  | awk -v own="$own" '$0 == own { print before; exit } { before = $0 }')"
if [ -n "$before" ]; then
  designtool diff "$before" "build/$PROGRAM-$VERSION.dtb" --format markdown > skillnader.md
elif [ -n "$(git tag --list "$PROGRAM/*" | grep -Fvx "$PROGRAM/$VERSION")" ]; then
  echo "Det finns en tidigare utgåva, men inte i releases/. Skriv in den: designtool release PAKET" >&2
  exit 1
else
  echo "Den första utgåvan av $PROGRAM: det finns ingen före att jämföra med." > skillnader.md
fi
cat skillnader.md
