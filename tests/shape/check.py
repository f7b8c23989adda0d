#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the sources and says where they leave the house's shape: check.py ROOT [RULE...]"""
import sys
from pathlib import Path

import rules
import sources


def main():
    root, *wanted = sys.argv[1:]
    files = set(sources.list_files(root))
    loaded = sources.load(root)
    cmake = [Path(root, path).read_text() for path in ("src/CMakeLists.txt", "src/app/CMakeLists.txt")]
    rooms = rules.Rooms("\n".join(cmake))
    documents = {one.path: one.text for one in loaded if one.path.endswith(".md")}

    findings = rules.rooms_have_no_circle(rooms)
    for source in loaded:
        for rule in rules.PER_SOURCE:
            if not wanted or rule.__name__ in wanted:
                findings += rule(source, rooms)
        if source.path in documents and (not wanted or "links_resolve" in wanted):
            findings += rules.links_resolve(source, documents, files)
    for finding in findings:
        print(finding)
    print(f"shape: {len(loaded)} files, {len(findings)} findings")
    return 1 if findings else 0


sys.exit(main())
