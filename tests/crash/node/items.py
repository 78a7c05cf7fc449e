# SPDX-License-Identifier: Apache-2.0
"""What writers change, and what a read must find after each change.

An item is changed by one writer, one change after the other: change n is sent
when change n - 1 was acknowledged. So whatever befalls the node, a read must
find the item after the last acknowledged change, or after the next one."""

TABLES = ("rows", "totals")
KEYSPACE = "crash"
# Every so many changes of a row are its deletion.
DELETION_EVERY = 5


def padding(n):
    """Bytes that belong to change n, so that a mix of two is seen."""
    return bytes([n % 251]) * (n * 397 % 6000)


class Item:
    """One item; `acknowledged` is the number of its last such change."""

    def __init__(self, key):
        self.key = key
        self.acknowledged = 0

    def after(self, n):
        """What a read finds after change n: (wide row, slot, n) of each row,
        or the total."""
        return self._rows(n) if n % DELETION_EVERY else frozenset()


class Row(Item):
    """One row, deleted now and then."""

    def _rows(self, n):
        return frozenset([(self.key, 0, n)])

    def call(self, api, n):
        change = (api.upsert(0, n) if n % DELETION_EVERY
                  else api.delete_row(0))
        api.write(self.key, [change])


class Rows(Item):
    """Rows of one wide row, changed by one write."""

    SLOTS = 5

    def _rows(self, n):
        return frozenset((self.key, slot, n) for slot in range(self.SLOTS))

    def call(self, api, n):
        if n % DELETION_EVERY:
            changes = [api.upsert(slot, n) for slot in range(self.SLOTS)]
        elif n % (2 * DELETION_EVERY):
            changes = [api.delete_wide_row()]
        else:
            changes = [api.delete_slots(0, self.SLOTS)]
        api.write(self.key, changes)


class Batch(Item):
    """Wide rows that a logged batch changes together."""

    WIDE_ROWS = 3

    def _rows(self, n):
        return frozenset((key, 0, n) for key in self._keys())

    def _keys(self):
        return [f"{self.key}/{i}" for i in range(self.WIDE_ROWS)]

    def call(self, api, n):
        change = (api.upsert(0, n) if n % DELETION_EVERY
                  else api.delete_wide_row())
        api.write_logged([(key, [change]) for key in self._keys()])


class Swap(Item):
    """One row that is changed when it is as the last change left it."""

    def after(self, n):
        return frozenset([(self.key, 0, n)]) if n else frozenset()

    def call(self, api, n):
        found = api.swap(self.key, n)
        if found not in (None, n):
            raise AssertionError(f"{self.key}: change {n} finds {found}")


class Total(Item):
    """A counter; a change that was not acknowledged is made again, with its
    request id, and counts once."""

    def after(self, n):
        return n

    def call(self, api, n):
        api.increment(self.key, n)


KINDS = (Row, Rows, Batch, Swap, Total)


def make_items(count):
    """The same items for the same count, kind after kind."""
    return [KINDS[i % len(KINDS)](f"{KINDS[i % len(KINDS)].__name__}-{i}")
            for i in range(count)]


def item_key(wide_row):
    """The item to which a wide row belongs."""
    return wide_row.split("/")[0]


def check(items, found, lowest=None):
    """What is wrong with what was found: {item key: content}, one line each.
    Takes over what is there. `lowest` says per key what may have been lost: the
    change that must be there at least."""
    wrong = []
    for item in items:
        empty = 0 if isinstance(item, Total) else frozenset()
        content = found.pop(item.key, empty)
        at_least = item.acknowledged
        if lowest is not None:
            at_least = min(at_least, lowest.get(item.key, at_least))
        possible = range(item.acknowledged + 1, at_least - 1, -1)
        there = [n for n in possible if item.after(n) == content]
        if not there:
            wrong.append(f"{item.key}: holds {describe(content)} after change "
                         f"{item.acknowledged} was acknowledged")
        elif not (isinstance(item, Total) and there[0] > item.acknowledged):
            item.acknowledged = there[0]
    wrong += [f"{key}: holds {describe(content)}, but was never written"
              for key, content in found.items()]
    return wrong


def describe(content):
    return content if isinstance(content, int) else sorted(content)
