# SPDX-License-Identifier: Apache-2.0
"""The files that the rules look at, and the exceptions from the rules."""

import os
import subprocess

_LEFT_OUT = {".git", "build", "data", "__pycache__"}


class Repo:
    """The files under one root, named by their paths from it."""

    def __init__(self, root):
        self.root = os.path.abspath(root)
        self.paths = sorted(_from_git(self.root) or _from_walk(self.root))
        self._paths = set(self.paths)
        self._excepted = self._read_exceptions()

    def text(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8",
                  errors="replace") as file:
            return file.read()

    def exists(self, path):
        return path in self._paths or os.path.isdir(
            os.path.join(self.root, path))

    def with_suffix(self, *suffixes):
        return [path for path in self.paths if path.endswith(suffixes)]

    def excepted(self, rule, path):
        return (rule, path) in self._excepted

    def _read_exceptions(self):
        path = "tests/repo/exceptions.txt"
        if path not in self._paths:
            return set()
        lines = [line.split(None, 2) for line in self.text(path).splitlines()
                 if line.strip() and not line.startswith("#")]
        for line in lines:
            if len(line) != 3:
                raise ValueError(f"{path}: want 'rule path reason': {line}")
        return {(rule, name) for rule, name, _ in lines}


def _from_git(root):
    if not os.path.exists(os.path.join(root, ".git")):
        return None
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"],
        cwd=root, capture_output=True, check=False)
    if listed.returncode != 0:
        return None
    paths = listed.stdout.decode().split("\0")
    return [path for path in paths
            if path and os.path.isfile(os.path.join(root, path))]


def _from_walk(root):
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        for name in names:
            found.append(os.path.relpath(os.path.join(folder, name), root))
    return found
