# SPDX-License-Identifier: Apache-2.0
"""Whether a history of calls on one register can have happened one after the
other, each at a moment between its start and its end (Wing and Gong's search,
with a memory of what was tried)."""

import sys

NEVER = float("inf")  # the end of a call whose outcome nobody knows


class Call:
    """A read that saw `seen`, a compare-and-set of `expected` to `wanted` that
    saw `seen` before it, or an addition of `delta` that saw `seen` behind it.
    One without an end may have happened, or not."""

    def __init__(self, start, end, seen=None, expected=None, wanted=None,
                 is_swap=False, delta=None):
        self.start, self.end, self.seen = start, end, seen
        self.expected, self.wanted, self.is_swap = expected, wanted, is_swap
        self.delta = delta

    def after(self, value):
        """The register behind this call, or None when it can't have been
        `value` before."""
        if self.delta is not None:
            behind = value + self.delta
            return behind if self.end == NEVER or self.seen == behind else None
        if self.end != NEVER and self.seen != value:
            return None
        if self.is_swap and self.expected == value:
            return self.wanted
        return value


def is_linearizable(calls, first):
    """`first`: the register before all calls; values are never None."""
    calls = sorted(calls, key=lambda call: call.start)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 4 * len(calls) + 1000))
    tried = set()

    def fits(left, value):
        """`left`: bits of the calls that are not placed yet."""
        if (left, value) in tried:
            return False
        tried.add((left, value))
        indexes = [i for i in range(len(calls)) if left >> i & 1]
        if all(calls[i].end == NEVER for i in indexes):
            return True
        # What must come before anything that starts later.
        horizon = min(calls[i].end for i in indexes)
        for i in indexes:
            if calls[i].start > horizon:
                break
            behind = calls[i].after(value)
            if behind is not None and fits(left & ~(1 << i), behind):
                return True
        return False

    return fits((1 << len(calls)) - 1, first)
