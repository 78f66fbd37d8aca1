#!/usr/bin/env python3
"""Writes the licence texts of everything that is linked into the program.

    licences.py FILE

That is: the crates of the server's normal dependencies, the C sources that they bundle, and the
standard library. Each text is written once, after the names of what uses it. Macros and build
scripts are not a part of the program. Fails if anything has no text.
"""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Crates with C sources, and where the licences of those are. A crate with C sources that is not
# listed is an error, so that a new one is not forgotten.
BUNDLED = {
    "openssl-src": ("OpenSSL", ["openssl/LICENSE.txt"]),
    "tikv-jemalloc-sys": ("jemalloc", ["jemalloc/COPYING"]),
    # The crate has no copy.
    "pq-src": ("PostgreSQL", [HERE / "licences/pq-src.txt"]),
    # https://sqlite.org/copyright.html
    "libsqlite3-sys": ("SQLite, which is in the public domain", []),
    # Its licence is one of the files of the crate.
    "ring": ("BoringSSL", []),
    # A file that is only compiled to find the version of OpenSSL.
    "openssl-sys": (None, []),
}

# Crates whose C sources are from several projects, with the licences of these in comments.
NOTICES = {"pq-src": "source/**/*.c"}
IS_LICENCE = re.compile(r"Redistribution and use|Permission to use, copy|Permission is hereby granted")

LICENCE_FILE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=HERE).stdout


def linked_crates():
    """The packages of other people that are linked into the server."""
    target = re.search(r"^host: (.*)$", output("rustc", "--version", "--verbose"), re.MULTILINE)[1]
    metadata = json.loads(
        output("cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", target)
    )
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}

    def is_macro(package):
        return any("proc-macro" in target["kind"] for target in package["targets"])

    found = set()
    open_ids = [id for id, package in packages.items() if package["name"] == "trivium-server"]
    while open_ids:
        id = open_ids.pop()
        if id in found or is_macro(packages[id]):
            continue
        found.add(id)
        for dependency in nodes[id]["deps"]:
            kinds = {kind["kind"] for kind in dependency["dep_kinds"]}
            if None in kinds:
                open_ids.append(dependency["pkg"])
            # A build script that compiles C sources into the program; what it depends on is no part of that.
            elif "build" in kinds and packages[dependency["pkg"]]["name"].endswith("-src"):
                found.add(dependency["pkg"])
    # Packages without a source are those of this workspace.
    linked = [packages[id] for id in found if packages[id]["source"]]
    return sorted(linked, key=lambda package: (package["name"], package["version"]))


def own_texts(folder):
    files = [file for file in folder.iterdir() if LICENCE_FILE.match(file.name) and file.is_file()]
    return [file.read_text(errors="replace") for file in sorted(files)]


def notices(folder, pattern):
    """The comments in C sources that are licences."""
    for file in sorted(folder.glob(pattern)):
        for comment in re.findall(r"/\*(.*?)\*/", file.read_text(errors="replace"), re.DOTALL):
            if IS_LICENCE.search(comment):
                yield re.sub(r"^[ \t]*\*+[ \t]?", "", comment, flags=re.MULTILINE).strip("- \t\n")


def texts_of_expression(package, crates):
    """The text of one licence that the package permits, for a package without a file."""
    expression = package["license"] or ""
    authors = ", ".join(package["authors"]) or f"the authors of {package['name']}"
    for licence in re.split(r" OR |/", expression):
        for other in crates:
            for text in own_texts(Path(other["manifest_path"]).parent):
                # The rest of this text is the same in every project.
                begin = text.find("Permission is hereby granted, free of charge")
                if licence == "MIT" and other["license"] == "MIT" and begin >= 0:
                    return [f"MIT License\n\nCopyright (c) {authors}\n\n{text[begin:]}"]
                if licence == "Apache-2.0" and "TERMS AND CONDITIONS FOR USE" in text[:500]:
                    return [text]
    return []


def standard_library():
    """Yields the name and the text of each crate in Rust's standard library."""
    root = Path(output("rustc", "--print", "sysroot").strip()) / "share/doc/rust"
    page = (root / "COPYRIGHT-library.html").read_text()
    for licence in ["Apache-2.0", "MIT", "Unicode-3.0"]:
        yield "Rust's standard library", (root / f"licenses/{licence}.txt").read_text()
    for part in re.split(r"<h3>\W+", page)[1:]:
        name = part.split("</h3>")[0].strip().rpartition("-")
        for text in re.findall(r"<pre>(.*?)</pre>", part, re.DOTALL):
            yield f"{name[0]} {name[2]} (in Rust's standard library)", html.unescape(text)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    crates = linked_crates()
    uses, overview, failures = {}, [], []

    def add(name, text):
        # Line breaks and indentation differ between copies of a text.
        text = text.strip("\n").replace("\r\n", "\n")
        entry = uses.setdefault(" ".join(text.split()), (text, []))
        if name not in entry[1]:
            entry[1].append(name)

    for package in crates:
        name = f"{package['name']} {package['version']}"
        folder = Path(package["manifest_path"]).parent
        bundled, files = BUNDLED.get(package["name"], (None, []))
        if package["name"] not in BUNDLED and any(folder.rglob("*.c")):
            failures.append(f"{name} has C sources: add it to BUNDLED in {Path(__file__).name}")

        texts = own_texts(folder)
        # Only PostgreSQL's own licence applies to a crate that has nothing else.
        if not texts and package["license"] != "PostgreSQL":
            texts = texts_of_expression(package, crates)
        for text in texts:
            add(name, text)
        for file in files:
            add(f"{bundled} (in {name})", (folder / file).read_text())
        if package["name"] in NOTICES:
            for text in notices(folder, NOTICES[package["name"]]):
                add(f"{bundled} (in {name})", text)
        if not texts and not files:
            failures.append(f"{name} has no licence file, and no known text: {package['license']}")
        overview.append(f"{name}: {package['license']}" + (f"; has {bundled}" if bundled else ""))

    for name, text in standard_library():
        add(name, text)
    if failures:
        sys.exit("\n".join(failures))

    rule = "=" * 80
    with open(sys.argv[1], "w") as file:
        file.write("Trivium is linked with this software. The licences follow.\n\n")
        file.write("\n".join(overview) + "\n")
        for text, names in uses.values():
            file.write(f"\n{rule}\n" + ",\n".join(names) + f":\n{rule}\n\n{text}\n")
    print(f"{len(crates)} crates, {len(uses)} texts")


if __name__ == "__main__":
    main()
