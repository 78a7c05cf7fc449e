# SPDX-License-Identifier: Apache-2.0
"""The last line of a counted test, which the nightly run gathers."""

import json
import math
import sys


def percentile(values, percent):
    """The smallest value that `percent` of them don't exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def slope(times, values):
    """By least squares: how much the values grow in a second."""
    if len(times) < 2:
        return 0.0
    middle = sum(times) / len(times)
    mean = sum(values) / len(values)
    return (sum((t - middle) * (v - mean) for t, v in zip(times, values)) /
            sum((t - middle) ** 2 for t in times))


def tell_result(test, trials, wrong, seed, **more):
    """Prints what is wrong and the result; answers the exit code."""
    for line in wrong:
        print(f"wrong: {line}", file=sys.stderr)
    print("result: " + json.dumps({
        "test": test, "trials": trials, "failures": len(wrong), "seed": seed,
        **more}))
    return 1 if wrong or trials == 0 else 0
