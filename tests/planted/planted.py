#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Planted bugs: each patch here must make the test fail that it names.

    planted.py --check        every patch applies to the tree
    planted.py [NAME...]      plants each in a scratch copy, builds the binary
                              of the named test, runs it, wants it to fail;
                              without the bug it must pass
    planted.py --part i/n     the i-th of n shares, in a scratch copy of its own

A patch begins with two lines, `Bug: what` and `Test: BINARY GTEST_FILTER`. The
last lines printed are `caught N of M` and a result (nightly/result.py).
"""

import argparse
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(HERE, "../nightly"))

from result import tell_result

ROOT = os.path.dirname(os.path.dirname(HERE))
SCRATCH = os.path.join(ROOT, "build", "planted")
# A bug may make a test hang: that is caught too. It hangs when it takes as many
# times what it takes without the bug, and a minute.
HANGS_AFTER = 5


class Patch:
    """One planted bug: its file, what it is, and the test that must see it."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.splitext(os.path.basename(path))[0]
        with open(path, encoding="utf-8") as file:
            lines = [file.readline().rstrip("\n") for _ in range(2)]
        if not lines[0].startswith("Bug: "):
            raise ValueError(f"{path}:1: want 'Bug: what'")
        words = lines[1].split()
        if len(words) != 3 or words[0] != "Test:":
            raise ValueError(f"{path}:2: want 'Test: BINARY GTEST_FILTER'")
        self.bug = lines[0][len("Bug: "):]
        self.binary, self.filter = words[1:]

    def paths(self):
        """The files that it changes."""
        with open(self.path, encoding="utf-8") as file:
            return [line[len("+++ b/"):].rstrip("\n") for line in file
                    if line.startswith("+++ b/")]

    def apply(self, folder, *options):
        # Outside of any repository, so that git takes the paths as they are.
        environment = dict(os.environ, GIT_CEILING_DIRECTORIES=folder,
                           GIT_DIR=os.path.join(folder, "no-repository"))
        return subprocess.run(
            ["git", "apply", "--unidiff-zero", *options, self.path],
            cwd=folder, env=environment, capture_output=True, text=True,
            check=False)


def patches(names=()):
    found = sorted(name[:-6] for name in os.listdir(HERE)
                   if name.endswith(".patch"))
    for name in names:
        if name not in found:
            raise ValueError(f"no planted bug is called {name}")
    return [Patch(os.path.join(HERE, name + ".patch"))
            for name in found if not names or name in names]


def check():
    failed = 0
    for patch in patches():
        done = patch.apply(ROOT, "--check")
        if done.returncode != 0:
            failed += 1
            print(f"{patch.name}.patch no longer applies; plant the bug anew "
                  f"and keep its two head lines:\n{done.stderr}",
                  file=sys.stderr)
    print(f"{len(patches()) - failed} of {len(patches())} patches apply")
    return 1 if failed else 0


def share(all_patches, part):
    """The `i/n` of them: patches of one test stay together, in few builds."""
    number, parts = map(int, part.split("/"))
    ranked = sorted(all_patches, key=lambda patch: (patch.binary, patch.name))
    return ranked[len(ranked) * (number - 1) // parts:
                  len(ranked) * number // parts]


def copy_tree(name):
    """The files that git knows, brought up to date in the scratch folder."""
    tree = os.path.join(SCRATCH, name)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, target = os.path.join(ROOT, name), os.path.join(tree, name)
        if not os.path.isfile(source):
            continue
        with open(source, "rb") as file:
            content = file.read()
        if os.path.exists(target):
            with open(target, "rb") as file:
                if file.read() == content:
                    continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content)
    return tree


# Where a release build lies in a checkout: a compiler cache knows its files.
def build_folder(tree):
    return os.path.join(tree, "build", "release")


def build(tree, binary):
    folder = build_folder(tree)
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        subprocess.run(["cmake", "-S", tree, "-B", folder, "-G", "Ninja"],
                       stdout=subprocess.DEVNULL, check=True)
    done = subprocess.run(["ninja", "-C", folder, "-j2", binary],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout[-3000:], file=sys.stderr)
    return done.returncode == 0


def passes(patch, tree, seconds_max=None):
    binary = os.path.join(build_folder(tree), "bin", patch.binary)
    try:
        done = subprocess.run(
            [binary, f"--gtest_filter={patch.filter}", "--gtest_fail_fast"],
            capture_output=True, text=True, check=False, timeout=seconds_max)
    except subprocess.TimeoutExpired:
        return False
    # A filter that fits no test passes, which must not count as caught.
    return done.returncode == 0


def seconds_without_bugs(patch, tree):
    """How long the patch's test takes on the tree as it is; None: it fails."""
    if not build(tree, patch.binary):
        return None
    begin = time.monotonic()
    passed = passes(patch, tree)
    return time.monotonic() - begin if passed else None


def plant(patch, tree, seconds):
    """What became of it: caught, or why not."""
    # Not by applying it backwards: what it takes away has no context there, and
    # would come back at another place when the lines have moved.
    before = {}
    for path in patch.paths():
        with open(os.path.join(tree, path), "rb") as file:
            before[path] = file.read()
    done = patch.apply(tree)
    if done.returncode != 0:
        return "does not apply"
    try:
        if not build(tree, patch.binary):
            return "does not build"
        missed = passes(patch, tree, HANGS_AFTER * seconds + 60)
        return "NOT CAUGHT" if missed else "caught"
    finally:
        for path, content in before.items():
            with open(os.path.join(tree, path), "wb") as file:
                file.write(content)


def run(names, part):
    tree = copy_tree("tree-" + part.replace("/", "-"))
    caught, missed = 0, []
    chosen = share(patches(names), part)
    seconds = {}
    for patch in chosen:
        test = (patch.binary, patch.filter)
        if test not in seconds:
            seconds[test] = seconds_without_bugs(patch, tree)
        if seconds[test] is None:
            outcome = "FAILS WITHOUT IT"
        else:
            outcome = plant(patch, tree, seconds[test])
        if outcome == "caught":
            caught += 1
        else:
            missed.append(f"{patch.name}: {outcome}")
        print(f"{outcome}: {patch.name}: {patch.bug} "
              f"({patch.binary} {patch.filter})", flush=True)
    print(f"caught {caught} of {len(chosen)}")
    return tell_result("planted bugs", len(chosen), missed, "")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    return (check() if arguments.check
            else run(arguments.names, arguments.part))


if __name__ == "__main__":
    sys.exit(main())
