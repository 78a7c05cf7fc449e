# SPDX-License-Identifier: Apache-2.0
"""What an operator does to a node under load: flushes, merges, changes of
schema, tables and snapshots that come and go. By the command line."""

import random
import subprocess
import threading

import grpc

from items import KEYSPACE, TABLES, Batch
from load import GONE
from rowan_process import binary

USAGE, UNREACHABLE, NOT_FOUND = 2, 3, 7
ROWS = f"{KEYSPACE}.{TABLES[0]}"
OTHER, COPY, SNAPSHOT = f"{KEYSPACE}.other", f"{KEYSPACE}.copy", "copied"


class NodeGone(Exception):
    """The node died under a command."""


class Disturbance:
    """A thread with one task after the other, until the node dies or stop.

    A task may be cut anywhere by a death; each begins by removing what such a
    one left. Dropped tables leave no snapshots: they would fill the disk."""

    TASKS = ("flush", "compact", "column", "compression", "other_table",
             "snapshot")

    def __init__(self, api, items, seed):
        self._api, self._chance = api, random.Random(seed)
        # A snapshot may cut a batch of several wide rows.
        self._items = [item for item in items
                       if item.after(1) != 1 and not isinstance(item, Batch)]
        self._stop = threading.Event()
        self.wrong, self.done = [], {}  # by task
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join()

    def _run(self):
        name = ""
        try:
            while not self._stop.is_set():
                name = self._chance.choice(self.TASKS)
                getattr(self, "_" + name)()
                self.done[name] = self.done.get(name, 0) + 1
        except NodeGone:
            pass
        except Exception as error:  # or the thread would end without a word
            self.wrong.append(f"{name}: {error!r}")

    def _rowan(self, *arguments, also=()):
        """`also`: exit codes that a death before this explains."""
        done = subprocess.run(
            [binary("rowan"), "--host", self._api.address, "--yes",
             *arguments], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False)
        if done.returncode == UNREACHABLE:
            raise NodeGone
        if done.returncode != 0 and done.returncode not in also:
            self.wrong.append(f"rowan {' '.join(arguments)}: exit code "
                              f"{done.returncode}: {done.stderr.strip()}")

    def _flush(self):
        self._rowan("flush")

    def _compact(self):
        self._rowan("compact", ROWS)

    def _column(self):
        self._rowan("table", "alter", ROWS, "--drop", "extra",
                    also=[USAGE])
        self._rowan("table", "alter", ROWS, "--add", "extra bigint")
        self._rowan("table", "alter", ROWS, "--drop", "extra")

    def _compression(self):
        kind = self._chance.choice(["none", "lz4", "zstd"])
        self._rowan("table", "alter", ROWS, "--option", f"compression={kind}")

    def _other_table(self):
        self._drop(OTHER)
        self._rowan("table", "create", OTHER, "--partition-key", "id text",
                    "--column", "n bigint")
        self._rowan("put", OTHER, "id=a", "n=1")
        self._rowan("table", "truncate", OTHER, "--no-snapshot")
        self._rowan("put", OTHER, "id=b", "n=2")
        self._drop(OTHER)

    def _snapshot(self):
        self._drop(COPY)
        self._rowan("snapshot", "drop", SNAPSHOT, also=[NOT_FOUND])
        before = [item.acknowledged for item in self._items]
        self._rowan("snapshot", "create", ROWS, "--name", SNAPSHOT)
        after = [item.acknowledged + 1 for item in self._items]
        self._rowan("snapshot", "restore", SNAPSHOT, "--as", COPY)
        self._check_copy(before, after)
        self._drop(COPY)
        self._rowan("snapshot", "drop", SNAPSHOT)

    def _drop(self, table):
        self._rowan("table", "drop", table, "--no-snapshot", "--if-exists")

    def _check_copy(self, before, after):
        """Each item is in the copy as it was at some moment of its making."""
        try:
            copied = self._api.rows_of(COPY)
        except grpc.RpcError as error:
            if error.code() in GONE:
                raise NodeGone from error
            raise
        for item, first, last in zip(self._items, before, after):
            content = copied.get(item.key, frozenset())
            if not any(item.after(n) == content
                       for n in range(first, last + 1)):
                self.wrong.append(
                    f"{item.key}: a snapshot holds {sorted(content)}, taken "
                    f"after change {first} and before {last + 1}")
