# SPDX-License-Identifier: Apache-2.0
"""Streams whose client takes the first page and no more, and what the node
says of itself meanwhile."""

import re
import urllib.request

# Ends a wait for what must come and doesn't; no answer depends on its length.
TRIES_MAX = 20_000


def patient_options():
    """A connection of its own, whose window doesn't grow: what the client
    doesn't take stays with the node."""
    return [("grpc.use_local_subchannel_pool", 1),
            ("grpc.http2.bdp_probe", 0)]


def requests_in_flight(node):
    with urllib.request.urlopen(f"http://{node.http}/metrics",
                                timeout=60) as answer:
        text = answer.read().decode()
    return int(re.search(r"^rowan_inflight_requests (\d+)", text,
                         re.MULTILINE).group(1))


def wait_for_requests(node, wanted):
    """Until so many requests are being worked on."""
    for _ in range(TRIES_MAX):
        if requests_in_flight(node) == wanted:
            return
    raise AssertionError(f"{requests_in_flight(node)} requests in flight, "
                         f"not {wanted}")
