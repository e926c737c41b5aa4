if ! [[ "$GITHUB_REF_NAME" =~ ^[a-z0-9]+(-[a-z0-9]+)*/[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  echo "Taggen ska se ut så här: PROGRAM/VERSION, till exempel somnskolan/1.2.0" >&2
  exit 1
fi
echo "PROGRAM=${GITHUB_REF_NAME%/*}" >> "$GITHUB_ENV"
echo "VERSION=${GITHUB_REF_NAME#*/}" >> "$GITHUB_ENV"
