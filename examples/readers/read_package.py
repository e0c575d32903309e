#!/usr/bin/env python3
"""Reads a replay package (.replay.zip) with Python's standard library alone, and prints what it holds as JSON.

    read_package.py FILE.replay.zip

docs/package-format.md specifies the format. Python 3.8 or later.
"""

import hashlib
import json
import sys
import zipfile

MAJOR = 1
# Held against what really comes out: what a ZIP says of its sizes proves nothing.
MOST_BYTES = 2 << 30


class NotReadable(Exception):
    """The package is not what the format says."""


def read(archive, path, limit=MOST_BYTES):
    try:
        with archive.open(path) as entry:
            content = entry.read(limit + 1)
    except KeyError:
        raise NotReadable(f"{path}: missing") from None
    if len(content) > limit:
        raise NotReadable(f"{path}: more than {limit} bytes")
    return content


def read_package(file):
    """The manifest, the events as (window, event) in order of time, and the resources by URL."""
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise NotReadable("an entry is there twice")
        manifest = json.loads(read(archive, "manifest.json", 16 << 20))
        if manifest.get("format") != "replay-package":
            raise NotReadable("manifest.json: not a replay package")
        if int(manifest["format_version"].split(".")[0]) != MAJOR:
            raise NotReadable(f"format {manifest['format_version']}: this reader knows {MAJOR}.x")

        contents = {}
        for entry in manifest["entries"]:
            # Kinds that are not known here came with a later minor version.
            if entry["kind"] not in ("events", "asset"):
                continue
            content = read(archive, entry["path"])
            if len(content) != entry["bytes"] or hashlib.sha256(content).hexdigest() != entry["sha256"]:
                raise NotReadable(f"{entry['path']}: not what was packed")
            contents[entry["path"]] = content

    events = []
    for entry in manifest["entries"]:
        if entry["kind"] == "events":
            # Split at line feeds only: splitlines() would also split at U+2028 within strings.
            events += [json.loads(line) for line in contents[entry["path"]].split(b"\n") if line]
    assets = {asset["url"]: (asset["content_type"], contents[asset["path"]]) for asset in manifest["assets"]}
    return manifest, events, assets


def main():
    try:
        manifest, events, assets = read_package(sys.argv[1])
    except (NotReadable, zipfile.BadZipFile, zipfile.zlib.error, ValueError, KeyError) as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    windows = {}
    for window, event in events:
        windows.setdefault(window, []).append(event["timestamp"])
    summary = {
        "format_version": manifest["format_version"],
        "session": manifest["session"].get("id"),
        "windows": {window: {"events": len(times), "first": min(times), "last": max(times)} for window, times in windows.items()},
        "assets": {url: {"content_type": content_type, "bytes": len(content)} for url, (content_type, content) in assets.items()},
    }
    print(json.dumps(summary, sort_keys=True))


if __name__ == "__main__":
    main()
