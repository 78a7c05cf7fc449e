# SPDX-License-Identifier: Apache-2.0
"""Prometheus' text format 0.0.4, as strictly as its own reader takes it."""

import re
import urllib.request

_SERIES = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')


def _labels(text):
    found = _LABEL.findall(text)
    if ",".join(f'{name}="{value}"' for name, value in found) != text:
        raise ValueError(f"labels: {text}")
    return tuple(sorted(found))


def _family_of(name, types):
    """The family that a series of this name belongs to."""
    for suffix in ("", "_bucket", "_sum", "_count"):
        family = name.removesuffix(suffix)
        histogram = types.get(family) == "histogram"
        if family in types and histogram == bool(suffix):
            return family
    raise ValueError(f"{name} has no TYPE before it")


def _check_histograms(series, types):
    buckets = {}
    for (name, labels), value in series.items():
        if name.endswith("_bucket") and name[:-7] in types:
            rest = tuple(label for label in labels if label[0] != "le")
            buckets.setdefault((name[:-7], rest), []).append(
                (float(dict(labels)["le"]), value))
    for (name, labels), counts in buckets.items():
        if counts != sorted(counts) or \
                [count for _, count in counts] != sorted(
                    count for _, count in counts):
            raise ValueError(f"{name}: buckets do not ascend")
        if counts[-1] != (float("inf"), series[(name + "_count", labels)]):
            raise ValueError(f"{name}: the last bucket is not the count")


def parse(text):
    """{(name, ((label, value), ...)): number}; ValueError where it is wrong."""
    types, series = {}, {}
    if not text.endswith("\n"):
        raise ValueError("no newline at the end")
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            if name in types or kind not in ("counter", "gauge", "histogram"):
                raise ValueError(line)
            types[name] = kind
        elif not line.startswith("# HELP "):
            match = _SERIES.match(line)
            if match is None:
                raise ValueError(line)
            name, labels, value = match.groups()
            key = (name, _labels(labels or ""))
            if key in series:
                raise ValueError(f"twice: {line}")
            if types[_family_of(name, types)] == "counter" and \
                    not name.endswith("_total"):
                raise ValueError(f"a counter without _total: {line}")
            series[key] = float(value)
    _check_histograms(series, types)
    return series


class Metrics:
    """One answer of a node's /metrics."""

    def __init__(self, node):
        with urllib.request.urlopen(f"http://{node.http}/metrics",
                                    timeout=60) as answer:
            self.series = parse(answer.read().decode())

    def __call__(self, name, **labels):
        return self.series["rowan_" + name, tuple(sorted(labels.items()))]

    def names(self):
        return {name for name, _ in self.series}
