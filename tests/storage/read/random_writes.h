// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_READ_RANDOM_WRITES_H_
#define ROWAN_TESTS_STORAGE_READ_RANDOM_WRITES_H_

#include <memory>
#include <string>
#include <vector>

#include "storage/model/row_iterator.h"
#include "storage/read/read_command.h"
#include "tests/lib/row_literals.h"
#include "tests/lib/sim_random.h"

namespace rowan {

// Few keys, rows, columns, elements, timestamps and values, so that everything
// collides: ties, deletions over deletions, statics, expiring cells around
// kRandomNow, plain cells and elements of one column.
inline constexpr uint32_t kRandomNow = 1000;
inline constexpr int kRandomRows = 12;
inline constexpr uint32_t kRandomColumns = 3;       // ids 1..3
inline constexpr uint32_t kRandomStaticColumn = 9;  // and 10

// Where they go. Tokens are 10, 20 (two wide rows) and 30 times `stride`, which
// may lay them into several partitions.
struct RandomTable {
  TableId id;
  uint64_t stride = 1;
};

enum class Timestamps { kCollide, kUnique };
std::vector<MutationBuilder> RandomWrites(
    SimRandom* random, size_t count,
    Timestamps timestamps = Timestamps::kCollide, RandomTable table = {});

// A read of some of it: a wide row, several, a range or all; slices, both
// directions, columns, limits, distinct, filters.
ReadCommand RandomCommand(SimRandom* random, RandomTable table = {});

// `writes` dealt to `count` sources, some of them to two.
std::vector<std::vector<const Mutation*>> Deal(
    const std::vector<MutationBuilder>& writes, size_t count,
    SimRandom* random);

// Iterators over dealt writes whose token lies in [first, last].
// `moves_until_block` as in VectorRowIterator.
std::vector<std::unique_ptr<RowIterator>> SourcesOf(
    const std::vector<std::vector<const Mutation*>>& dealt,
    Token first = Token::Min(), Token last = Token::Max(),
    int64_t moves_until_block = -1);

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_READ_RANDOM_WRITES_H_
