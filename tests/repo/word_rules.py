# SPDX-License-Identifier: Apache-2.0
"""Rules about what may be written in a file."""

import os
import re
import subprocess

from cpp_text import code_only

CPP = (".h", ".cc")
# Where threads, clocks and sleeps are made and not only used.
_WORLD_FOLDERS = ("storage/base/", "tools/", "tests/")
_WORLD = re.compile(
    r"\bstd::(?:j?thread|async)\b(?!::id)|\b(?:system|steady)_clock\b"
    r"|\bhigh_resolution_clock\b|\bsleep_(?:for|until)\b"
    r"|\b(?:u|nano)?sleep\s*\(|\babsl::(?:SleepFor|Now)\b"
    r"|\bgettimeofday\b|\bclock_gettime\b|\bstd::random_device\b")
_SLEEP = re.compile(
    r"\bsleep_(?:for|until)\b|\b(?:u|nano)?sleep\s*\(|\babsl::SleepFor\b"
    r"|\btime\.sleep\b|^\s*sleep\s+[\d.$]")
_LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
_SKIP = re.compile(r"\bGTEST_" + r"SKIP\b|\bDISABLED_\w+|\bunittest\.skip"
                   r"|\bskipTest\b")
_OUTSIDE = re.compile(r"(?<![\w.])/wo" + r"rk/|(?<![\w.])/home/\w")


def _search(repo, path, pattern, message, text=None):
    text = repo.text(path) if text is None else text
    for number, line in enumerate(text.splitlines(), 1):
        match = pattern.search(line)
        if match:
            yield path, number, f"{match.group().strip()}: {message}"


def injected_world(repo):
    for path in repo.with_suffix(*CPP):
        if not path.startswith(_WORLD_FOLDERS):
            yield from _search(
                repo, path, _WORLD,
                "time, threads and randomness come through the interfaces of "
                "storage/base", code_only(repo.text(path)))


def test_sleeps(repo):
    for path in repo.with_suffix(".h", ".cc", ".py", ".sh"):
        if path.startswith("tests/"):
            text = repo.text(path)
            if path.endswith(CPP):
                text = code_only(text)
            yield from _search(
                repo, path, _SLEEP,
                "a test waits for an event, never for a time", text)


def foreign_types(repo):
    mutex = re.compile(r"\babsl::(?:Mutex|MutexLock|CondVar|Notification)\b")
    view = re.compile(r"\babsl::string_view\b(?!\()")
    for path in repo.with_suffix(*CPP):
        code = code_only(repo.text(path))
        yield from _search(repo, path, mutex,
                           "lock with storage/base/mutex.h, which the thread "
                           "sanitizer sees", code)
        if path.endswith(".h"):
            yield from _search(repo, path, view,
                               "interfaces speak std::string_view", code)


def postponed_work(repo):
    for path in repo.paths:
        if path.endswith((".h", ".cc", ".py", ".sh", ".proto", ".txt", ".md",
                          ".yaml")):
            yield from _search(repo, path, _LATER,
                               "do it now or write an issue")


def skipped_tests(repo):
    for path in repo.with_suffix(".cc", ".h", ".py"):
        yield from _search(repo, path, _SKIP,
                           "a test that may be skipped checks nothing; make "
                           "its need part of the set-up")


def foreign_paths(repo):
    for path in repo.paths:
        if not path.endswith((".csv", ".sst", ".bin")):
            yield from _search(repo, path, _OUTSIDE,
                               "a path of one machine; name it from the root "
                               "of the repository")


def file_heads(repo):
    for path in repo.with_suffix(".h", ".cc", ".py", ".sh", ".proto"):
        if path.startswith("proto/google/"):
            continue
        text = repo.text(path)
        if "SPDX-License-Identifier: Apache-2.0" not in text[:300]:
            yield path, 1, ("has no licence line; begin with "
                            "SPDX-License-Identifier: Apache-2.0")
        if path.endswith(".h"):
            guard = "ROWAN_" + re.sub(r"\W", "_", path).upper() + "_"
            if f"#ifndef {guard}\n#define {guard}\n" not in text:
                yield path, 2, f"wants the include guard {guard}"


# Of a message; a value of an enum has no type in front of its name.
_PROTO_FIELD = re.compile(
    r"^\s*(?!option\b)(?:(?:optional|repeated)\s+)?(?:map\s*<[^>]*>|[\w.]+)"
    r"\s+(\w+)\s*=\s*\d+\s*(?:\[[^\]]*\])?;\s*(//\s*\w)?")


def proto_comments(repo):
    for path in repo.with_suffix(".proto"):
        if not path.startswith("proto/rowan/"):
            continue
        above = ""
        for number, line in enumerate(repo.text(path).splitlines(), 1):
            field = _PROTO_FIELD.match(line)
            if field and not field.group(2) and not above.startswith("//"):
                yield path, number, (
                    f"{field.group(1)} has no comment on its line or right "
                    "above; say its unit, its bounds and what leaving it out "
                    "means")
            above = line.strip()


_MISFORMED = re.compile(r"^(?:\./)?(.+?):(\d+):\d+: (?:warning|error): ",
                        re.MULTILINE)


def formatting(repo):
    paths = [path for path in repo.with_suffix(*CPP)
             if not path.startswith("proto/google/")]
    if not paths:
        return
    done = subprocess.run(["clang-format", "--dry-run", *paths],
                          cwd=repo.root, stderr=subprocess.PIPE, text=True,
                          check=True)
    told = set()
    for path, line in _MISFORMED.findall(done.stderr):
        path = os.path.normpath(path)
        if path not in told:
            told.add(path)
            yield path, int(line), f"run clang-format -i {path}"


RULES = {
    "injected-world": injected_world,
    "test-sleeps": test_sleeps,
    "foreign-types": foreign_types,
    "postponed-work": postponed_work,
    "skipped-tests": skipped_tests,
    "foreign-paths": foreign_paths,
    "file-heads": file_heads,
    "proto-comments": proto_comments,
    "formatting": formatting,
}
