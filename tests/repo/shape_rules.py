# SPDX-License-Identifier: Apache-2.0
"""Rules about where files are, how large they are and what they include."""

import ast
import os
import re

from cpp_text import functions

TOP_LEVEL = {
    ".ci", ".clang-format", ".gitignore", "CMakeLists.txt", "LICENSE",
    "README.md", "commitlog", "deploy", "node", "partitioner", "proto",
    "storage", "tests", "tools",
}
CODE = (".h", ".cc", ".py", ".sh", ".proto")
FILE_LINES_MAX = 500
TEST_LINES_MAX = 800
FUNCTION_LINES_MAX = 70
README_LINES_MAX = 120
FOLDER_FILES_MAX = 20

_LOWER = ["storage/base", "partitioner", "storage/model"]
_FILES = _LOWER + ["storage/memtable", "storage/sstable", "storage/manifest"]
_ENGINE = _FILES + ["storage/read", "storage/compaction", "storage/engine"]
# Folder -> the folders it may include besides itself (the longest name that
# fits a path counts). Folders that are not named may include nothing of ours.
MAY_INCLUDE = {
    "partitioner": [],
    "storage/base": [],
    "commitlog": ["storage/base"],
    "storage/model": ["storage/base", "partitioner"],
    "storage/memtable": _LOWER,
    "storage/sstable": _LOWER,
    "storage/manifest": _LOWER,
    "storage/read": _FILES,
    "storage/compaction": _FILES + ["storage/read"],
    "storage/engine": _FILES + ["storage/read", "storage/compaction"],
    "node": _ENGINE + ["commitlog", "node"],
    "node/metadata": _ENGINE,
    "node/backup": _ENGINE + ["commitlog", "node/metadata"],
    "node/backup/maker": _ENGINE + ["commitlog", "node", "node/backup",
                                    "node/metadata"],
    # manifest-dump prints what lies beside the manifest, too.
    "tools": _ENGINE + ["commitlog", "tools", "node/metadata"],
    # Backups are checked and restored without a node.
    "tools/rowan": ["storage/base", "storage/model", "node/backup"],
    "tests": _ENGINE + ["commitlog", "node", "tools", "tests"],
}
# Where types of gRPC and protobuf may be seen.
WIRE_FOLDERS = ("node/service/", "tools/", "tests/", "proto/")
_WIRE = re.compile(r"^(grpc|grpcpp|google/protobuf|google/rpc)/|\.pb\.h$")
_INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)


def top_level_names(repo):
    for name in sorted({path.split("/")[0] for path in repo.paths}):
        if name not in TOP_LEVEL:
            yield name, 0, ("is no top-level name; put it in one of the "
                            "rooms of the README's folder table")


def _includes(repo, path):
    text = repo.text(path)
    for match in _INCLUDE.finditer(text):
        yield (text.count("\n", 0, match.start(2)) + 1, match.group(1),
               match.group(2))


def _room(path):
    fits = [room for room in MAY_INCLUDE
            if path.startswith(room + "/")]
    return max(fits, key=len, default=None)


def include_direction(repo):
    for path in repo.with_suffix(".h", ".cc"):
        room = _room(path)
        for line, quote, name in _includes(repo, path):
            if _WIRE.search(name) and not path.startswith(WIRE_FOLDERS):
                yield path, line, (f"includes {name}: types of gRPC and "
                                   "protobuf stop at node/service and tools")
            beside = os.path.join(os.path.dirname(path), name)
            if not repo.exists(name):
                if quote == '"' and repo.exists(beside):
                    yield path, line, f'write the whole path: "{beside}"'
                continue
            target = _room(name)
            if target is None or target == room:
                continue
            allowed = MAY_INCLUDE.get(room, [])
            if not any(f"{target}/".startswith(f"{room_allowed}/")
                       for room_allowed in allowed):
                yield path, line, (
                    f"includes {name}, but {room} may include only "
                    f"{', '.join(allowed) or 'itself'}; move the shared part "
                    "down or pass it in through an interface")


def include_cycles(repo):
    edges = {}
    for path in repo.with_suffix(".h", ".cc"):
        folder = os.path.dirname(path)
        for _, _, name in _includes(repo, path):
            other = os.path.dirname(name)
            if repo.exists(name) and other != folder:
                edges.setdefault(folder, {}).setdefault(other, (path, name))
    done = set()
    for folder in sorted(edges):
        cycle = _find_cycle(edges, folder, [], done)
        if cycle:
            path, name = edges[cycle[0]][cycle[1]]
            yield path, 0, (f"includes {name} and so closes a cycle of "
                            f"folders: {' -> '.join(cycle)}")
            return


def _find_cycle(edges, folder, way, done):
    if folder in way:
        return way[way.index(folder):] + [folder]
    if folder in done:
        return None
    for other in sorted(edges.get(folder, {})):
        cycle = _find_cycle(edges, other, way + [folder], done)
        if cycle:
            return cycle
    done.add(folder)
    return None


def sizes(repo):
    folders = {}
    for path in repo.with_suffix(*CODE):
        folders.setdefault(os.path.dirname(path), []).append(path)
        text = repo.text(path)
        is_test = path.startswith("tests/")
        limit = TEST_LINES_MAX if is_test else FILE_LINES_MAX
        if text.count("\n") > limit and not path.startswith("proto/google/"):
            yield path, 0, (f"has {text.count(chr(10))} lines, over {limit}; "
                            "look for the second noun hiding in it")
        for name, line, length in _functions(path, text):
            if length > FUNCTION_LINES_MAX:
                yield path, line, (f"{name} has {length} lines, over "
                                   f"{FUNCTION_LINES_MAX}; give its steps "
                                   "names of their own")
    for folder, paths in sorted(folders.items()):
        stems = {os.path.splitext(path)[0] for path in paths}
        if len(stems) > FOLDER_FILES_MAX:
            yield folder, 0, (f"holds {len(stems)} source files, over "
                              f"{FOLDER_FILES_MAX}; it has two nouns")


def _functions(path, text):
    if path.endswith((".h", ".cc")):
        yield from functions(text)
    elif path.endswith(".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.name, node.lineno, node.end_lineno - node.lineno + 1


_DECISIONS = re.compile(r"^## Decisions\n\s*^\S", re.MULTILINE)


def readmes(repo):
    wanted = {path.split("/")[0] for path in repo.paths if "/" in path}
    for path in repo.with_suffix(".h", ".cc", ".py", ".sh"):
        folder = os.path.dirname(path)
        mirrors = folder.startswith("tests/") and repo.exists(folder[6:])
        if folder and not mirrors:
            wanted.add(folder)
    for folder in sorted(wanted):
        if not folder.startswith(".") and not repo.exists(
                f"{folder}/README.md"):
            yield folder, 0, ("has no README.md: what the room is for, its "
                              "words, its files in reading order, Decisions")
    for path in repo.paths:
        if os.path.basename(path) == "README.md" and "/" in path:
            text = repo.text(path)
            lines = text.count("\n")
            if lines > README_LINES_MAX:
                yield path, 0, (f"has {lines} lines, over "
                                f"{README_LINES_MAX}; keep what a newcomer "
                                "needs first")
            if _DECISIONS.search(text) is None:
                yield path, 0, ("has no section '## Decisions' with a line "
                                "in it: say what was chosen here, and why")


_NAMED = re.compile(r"`([\w./-]*[\w-](?:\{[\w.,]+\})?"
                    r"\.(?:\{h,cc\}|h|cc|py|sh|md|proto|txt))`")


def named_files(repo):
    for path in repo.paths:
        if not path.endswith(".md"):
            continue
        folder = os.path.dirname(path)
        for number, line in enumerate(repo.text(path).splitlines(), 1):
            for match in _NAMED.finditer(line):
                for name in _expand(match.group(1)):
                    places = (os.path.normpath(os.path.join(folder, name)),
                              os.path.normpath(name))
                    if not any(repo.exists(place) for place in places):
                        yield path, number, (f"names {name}, which is not "
                                             "there; name the file that is")


def _expand(name):
    match = re.search(r"\{([\w.,]+)\}", name)
    if match is None:
        return [name]
    return [name[:match.start()] + part + name[match.end():]
            for part in match.group(1).split(",")]


RULES = {
    "top-level-names": top_level_names,
    "include-direction": include_direction,
    "include-cycles": include_cycles,
    "sizes": sizes,
    "readmes": readmes,
    "named-files": named_files,
}
