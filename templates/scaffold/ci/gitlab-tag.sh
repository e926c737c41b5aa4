if ! [[ "$CI_COMMIT_TAG" =~ ^[a-z0-9]+(-[a-z0-9]+)*/[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  echo "Taggen ska se ut så här: PROGRAM/VERSION, till exempel somnskolan/1.2.0" >&2
  exit 1
fi
PROGRAM="${CI_COMMIT_TAG%/*}"
VERSION="${CI_COMMIT_TAG#*/}"
