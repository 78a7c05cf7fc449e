# SPDX-License-Identifier: Apache-2.0
"""Writers on a node, until it dies."""

import random
import threading
import time

import grpc

# What calls end with when the node goes; gRPC itself cancels those that arrive
# while it stops.
GONE = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)

class Load:
    """Threads that change items one after the other, each its own.

    `on_acknowledged(item, count)` is called on the writer's thread before its
    next change, with how many there are."""

    def __init__(self, api, items, writers, seed, on_acknowledged):
        self._api = api
        self._on_acknowledged = on_acknowledged
        self._writing = writers
        self.ended = threading.Event()  # all writers have
        self.wrong = []  # what no death explains
        self.acknowledged = 0
        self.worst_seconds = 0.0  # of the calls that were acknowledged
        self._mutex = threading.Lock()
        self._threads = [
            threading.Thread(target=self._write, daemon=True,
                             args=(items[i::writers], seed + i))
            for i in range(writers)]
        for thread in self._threads:
            thread.start()

    def wait(self):
        """Until the node has died."""
        for thread in self._threads:
            thread.join()

    def _write(self, items, seed):
        chance = random.Random(seed)
        while self._change(chance.choice(items)):
            pass
        with self._mutex:
            self._writing -= 1
            if self._writing == 0:
                self.ended.set()

    def _change(self, item):
        """Whether the change was acknowledged."""
        begin = time.monotonic()
        try:
            item.call(self._api, item.acknowledged + 1)
        except grpc.RpcError as error:
            if error.code() not in GONE:
                self.wrong.append(f"{item.key}: {error.code()}: "
                                  f"{error.details()}")
            return False
        except AssertionError as error:
            self.wrong.append(str(error))
            return False
        item.acknowledged += 1
        with self._mutex:
            self.acknowledged += 1
            count = self.acknowledged
            self.worst_seconds = max(self.worst_seconds,
                                     time.monotonic() - begin)
        self._on_acknowledged(item, count)
        return True
