#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes an assembly file and a C++ table that put web/dist into the binary.

usage: embed_assets.py DIST OUT_FOLDER

.incbin keeps the compile time at nothing whatever the size; gzip copies are made here once, with a
fixed time stamp so that the same files give the same binary.
"""
import gzip
import pathlib
import sys

WORTH_COMPRESSING = {".js", ".css", ".html", ".svg", ".json", ".webmanifest"}


def main() -> None:
    dist, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    files = sorted(p for p in dist.rglob("*") if p.is_file()) if dist.is_dir() else []
    assembly = ['  .section .rodata\n  .section .note.GNU-stack,"",@progbits\n  .section .rodata\n']
    declarations, rows = [], []

    def place(symbol: str, path: pathlib.Path) -> None:
        assembly.append(f'  .global {symbol}\n{symbol}:\n  .incbin "{path.resolve()}"\n'
                        f"  .global {symbol}_end\n{symbol}_end:\n  .byte 0\n")
        declarations.append(f"extern const char {symbol}[];\nextern const char {symbol}_end[];\n")

    def view(symbol: str) -> str:
        return f"std::string_view{{{symbol}, static_cast<std::size_t>({symbol}_end - {symbol})}}"

    for index, path in enumerate(files):
        plain, zipped = f"vigie_asset_{index}", ""
        place(plain, path)
        if path.suffix in WORTH_COMPRESSING:
            squeezed = gzip.compress(path.read_bytes(), 9, mtime=0)
            if len(squeezed) < path.stat().st_size:
                copy = out / f"asset_{index}.gz"
                copy.write_bytes(squeezed)
                zipped = f"{plain}_gz"
                place(zipped, copy)
        name = "/" + path.relative_to(dist).as_posix()
        rows.append(f'      {{"{name}", {view(plain)}, {view(zipped) if zipped else "{}"}}},\n')

    (out / "assets.S").write_text("".join(assembly))
    (out / "embedded_assets.cpp").write_text(
        "// Made by tools/embed_assets.py from web/dist.\n"
        '#include "api/assets.hpp"\n\nextern "C" {\n' + "".join(declarations) + "}\n\n"
        "namespace vigie::api {\n\nconst std::vector<Asset>& embedded_assets() {\n"
        "  static const std::vector<Asset> assets{\n" + "".join(rows) + "  };\n  return assets;\n}\n\n"
        "}  // namespace vigie::api\n")


main()
