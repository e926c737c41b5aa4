cp utgivning/publicering.public.json "utgivning/$PROGRAM-$VERSION.draft.json" "$secret/"
export DESIGNTOOL_CREDENTIALS="$secret/credentials.yaml"
designtool federation sign "$secret/$PROGRAM-$VERSION.draft.json" --key publicering --keys "$secret" --yes
designtool provenance new "build/$PROGRAM-$VERSION.dtb" --key publicering --keys "$secret" --output "build/$PROGRAM-$VERSION.provenance.json"
designtool publish "build/$PROGRAM-$VERSION.dtb" --to "$REGISTRY" --release "$secret/$PROGRAM-$VERSION.draft.json" --provenance "build/$PROGRAM-$VERSION.provenance.json"
