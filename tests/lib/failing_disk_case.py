# SPDX-License-Identifier: Apache-2.0
"""A node whose disk fails or fills up, and what is asked of it then."""

import urllib.error
import urllib.request

from rowan_process import RowanTest

TRIES_MAX = 200


class FailingDiskCase(RowanTest):

    def make_table(self, node):
        self.rowan(node, "keyspace", "create", "k")
        self.rowan(node, "table", "create", "k.t", "--partition-key", "p text",
                   "--clustering", "c int", "--column", "v text")

    def try_put(self, node, c, v="x"):
        """Exit code and what was said."""
        done = self.run_program("rowan", "--host", node.address, "put", "k.t",
                                "p=a", f"c={c}", f"v={v}")
        return done.returncode, done.stderr

    def put_until(self, node, succeeds):
        """Puts until one does as it should; what it said."""
        for c in range(TRIES_MAX):
            code, said = self.try_put(node, c)
            if (code == 0) == succeeds:
                return said
        return self.fail(f"{TRIES_MAX} puts, and the last said: {said}")

    def health(self, node):
        try:
            with urllib.request.urlopen(f"http://{node.http}/healthz",
                                        timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def metric(self, node, series):
        with urllib.request.urlopen(f"http://{node.http}/metrics",
                                    timeout=60) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(series + " "):
                    return float(line.split()[-1])
        return None
