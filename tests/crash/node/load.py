# SPDX-License-Identifier: Apache-2.0
"""Writers on a node, until it dies or they are told to stop."""

import random
import threading

import grpc


class Load:
    """Threads that change items one after the other, each its own.

    `on_acknowledged(item, count)` is called on the writer's thread before its
    next change, with how many there are."""

    def __init__(self, api, items, writers, seed, on_acknowledged):
        self._api = api
        self._on_acknowledged = on_acknowledged
        self._stop = threading.Event()
        self.wrong = []  # what no death explains
        self.acknowledged = 0
        self._mutex = threading.Lock()
        self._threads = [
            threading.Thread(target=self._write, daemon=True,
                             args=(items[i::writers], seed + i))
            for i in range(writers)]
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stop.set()
        self.wait()

    def wait(self):
        """Until the node has died, or stop."""
        for thread in self._threads:
            thread.join()

    def _write(self, items, seed):
        chance = random.Random(seed)
        while not self._stop.is_set():
            item = chance.choice(items)
            try:
                item.call(self._api, item.acknowledged + 1)
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE:
                    self.wrong.append(f"{item.key}: {error.code()}: "
                                      f"{error.details()}")
                return
            except AssertionError as error:
                self.wrong.append(str(error))
                return
            item.acknowledged += 1
            with self._mutex:
                self.acknowledged += 1
                count = self.acknowledged
            self._on_acknowledged(item, count)
