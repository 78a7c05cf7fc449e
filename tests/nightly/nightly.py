#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The counted tests that take hours: runs those that have not run for this
commit, two at a time, and ends with a table of all that have.

    nightly.py [--part i/n] [--again] [STEP...]
    nightly.py --list

    --part i/n   the i-th of n shares of about the same time
    --again      forget what has run
    --list       the steps with their budgets

What a step printed and what came of it is kept in build/nightly/COMMIT, so
that a run that was cut goes on where it was. A step's `result:` lines
(result.py) are the rows of the table; a step without one has failed, unless it
says with exit code 77 that this machine can't run it."""

import argparse
import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
ROOT = os.path.dirname(TESTS)
BIN = os.path.join(ROOT, "build/release/bin")
CORES = 2
CANNOT_RUN = 77


def children_of(pid):
    """The processes below it, whatever sessions they made."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True,
                            text=True, check=True).stdout.split()
    parents = dict(zip(map(int, listed[::2]), map(int, listed[1::2])))
    below = {pid}
    while True:
        more = {child for child, parent in parents.items() if parent in below}
        if more <= below:
            return below - {pid}
        below |= more


def run_within(command, seconds, output):
    """The exit code, or that it took longer; then nothing of it is left."""
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL,
                               stdout=output, stderr=subprocess.STDOUT)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        for pid in [process.pid, *children_of(process.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()
        return "over its budget"


class Step:
    """One command and the minutes that it may take."""

    def __init__(self, name, minutes, *command):
        self.name, self.minutes, self.command = name, minutes, command

    def run(self, folder):
        """Runs it; keeps its output and {exit code, seconds, results}."""
        log = os.path.join(folder, self.name + ".log")
        begin = time.monotonic()
        with open(log, "wb") as file:
            code = run_within(self.command, self.minutes * 60, file)
        with open(log, encoding="utf-8", errors="replace") as file:
            results = [json.loads(line[len("result: "):]) for line in file
                       if line.startswith("result: ")]
        done = {"code": code, "seconds": round(time.monotonic() - begin),
                "results": results}
        with open(os.path.join(folder, self.name + ".json"), "w",
                  encoding="utf-8") as file:
            json.dump(done, file)
        return done


def crash(name, *arguments):
    return (os.path.join(TESTS, "crash/node", name), *arguments)


def steps():
    found = []
    for part in ("1/3", "2/3", "3/3"):
        found.append(Step(f"planted-{part[0]}", 55,
                          os.path.join(TESTS, "planted/planted.py"),
                          f"--part={part}"))
    for options in ("one", "four", "sixteen"):
        found.append(Step(f"model-{options}", 55,
                          os.path.join(BIN, "model_test"), "--seeds=10000",
                          f"--options={options}", "--gtest_filter=*Model*"))
    found.append(Step(
        "interleavings", 55, "env", "ROWAN_MORE_PREEMPTIONS=1",
        os.path.join(BIN, "storage_memtable_interleaving_test")))
    for part in ("1/2", "2/2"):
        found.append(Step(f"cut-{part[0]}", 30,
                          os.path.join(BIN, "crash_test"), "--states=200000",
                          f"--part={part}"))
    for sync in ("group", "periodic"):
        found.append(Step(f"kill-{sync}", 20, *crash(
            "kill_test.py", "--sync", sync, "--kills", "200")))
        found.append(Step(f"power-{sync}", 45, *crash(
            "power_cut_test.py", "--sync", sync, "--cuts", "100")))
    for part in ("1/3", "2/3", "3/3"):
        found.append(Step(f"damage-{part[0]}", 50,
                          os.path.join(BIN, "damage_test"), "--all",
                          f"--part={part}"))
    found.append(Step("fuzz", 55, os.path.join(TESTS, "fuzz/run.sh")))
    found.append(Step("soak", 25, *crash("soak_test.py", "--seconds", "1200")))
    return found


def share(all_steps, part):
    """The steps of `i/n`: the longest first, each to who has least."""
    number, parts = map(int, part.split("/"))
    shares = [[] for _ in range(parts)]
    for step in sorted(all_steps, key=lambda step: -step.minutes):
        min(shares, key=lambda steps: sum(s.minutes for s in steps)).append(
            step)
    return shares[number - 1]


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True,
                          text=True, check=True).stdout.strip()


def folder_of_commit():
    """Of the commit; of a tree that was changed since, one that is emptied."""
    folder = os.path.join(ROOT, "build/nightly",
                          git("rev-parse", "--short=12", "HEAD"))
    if git("status", "--porcelain"):
        folder += "-changed"
        shutil.rmtree(folder, ignore_errors=True)
    return folder


def kept(folder, step):
    """What came of it for this commit, or None."""
    try:
        with open(os.path.join(folder, step.name + ".json"),
                  encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def good(done):
    return done["code"] == CANNOT_RUN or (
        done["code"] == 0 and done["results"] and
        all(result["failures"] == 0 for result in done["results"]))


def verdict(done):
    if done["code"] == CANNOT_RUN:
        return "skipped: this machine can't run it"
    return "good" if good(done) else f"FAILED: exit code {done['code']}"


def run(chosen, folder):
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        running = {pool.submit(step.run, folder): step for step in chosen}
        for future in concurrent.futures.as_completed(running):
            step, done = running[future], future.result()
            print(f"== {step.name}: {done['seconds']} s, {verdict(done)}",
                  flush=True)


def bound(trials, failures):
    """The 95 % bound on how often it fails, when nothing did."""
    return f"{3 / trials:.2g}" if failures == 0 and trials else "-"


COLUMNS = ("test", "trials", "failures", "seed")


def besides(result):
    """What it tells that has no column of its own."""
    return ", ".join(f"{name} {value}" for name, value in result.items()
                     if name not in COLUMNS)


def table(all_steps, folder):
    print("\n| test | trials | failures | 95 % bound | seed | minutes | besides "
          "|\n|---|---|---|---|---|---|---|")
    for step in all_steps:
        done = kept(folder, step)
        if done is None:
            continue
        minutes = f"{done['seconds'] / 60:.1f}"
        for result in done["results"] or [
                {"test": step.name, "trials": 0, "failures": "-", "seed": "",
                 "result": verdict(done)}]:
            print(f"| {result['test']} | {result['trials']} | "
                  f"{result['failures']} | "
                  f"{bound(result['trials'], result['failures'])} | "
                  f"{result['seed']} | {minutes} | {besides(result)} |")
            minutes = ""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("steps", nargs="*")
    arguments = parser.parse_args()
    all_steps = steps()
    if arguments.list:
        for step in all_steps:
            print(f"{step.name}: {step.minutes} min: {' '.join(step.command)}")
        return 0
    folder = folder_of_commit()
    if arguments.again:
        shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder, exist_ok=True)
    chosen = [step for step in share(all_steps, arguments.part)
              if not arguments.steps or step.name in arguments.steps]
    run([step for step in chosen if kept(folder, step) is None], folder)
    table(all_steps, folder)
    failed = [step.name for step in chosen if not good(kept(folder, step))]
    for name in failed:
        print(f"failed: {name}: see {os.path.join(folder, name)}.log",
              file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
