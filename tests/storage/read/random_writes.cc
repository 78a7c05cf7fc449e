// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/read/random_writes.h"

#include <algorithm>
#include <span>
#include <utility>

#include "tests/lib/fold_mutations.h"
#include "tests/lib/vector_row_iterator.h"

namespace rowan {
namespace {

uint32_t Near(uint32_t around, SimRandom* random) {
  return around - 20 + static_cast<uint32_t>(random->Below(40));
}

Cell RandomValue(uint32_t column, int64_t timestamp, SimRandom* random) {
  static constexpr std::string_view kValues[] = {"", "a", "b", "bb"};
  const std::string_view value = kValues[random->Below(4)];
  switch (random->Below(6)) {
    case 0:
      return CellTombstone(column, timestamp, Near(kRandomNow, random));
    case 1:
    case 2: {
      const uint32_t ttl = 1 + static_cast<uint32_t>(random->Below(30));
      return ExpiringCell(column, timestamp, ttl, Near(kRandomNow, random),
                          value);
    }
    default:
      return LiveCell(column, timestamp, value);
  }
}

// A plain cell, an element or a column deletion.
Cell RandomCell(uint32_t column, int64_t timestamp, SimRandom* random) {
  static constexpr std::string_view kPaths[] = {"a", "b", "ba"};
  switch (random->Below(9)) {
    case 0:
      return ColumnDeletion(column, timestamp, Near(kRandomNow, random));
    case 1:
    case 2:
    case 3:
    case 4:
      return Element(kPaths[random->Below(3)],
                     RandomValue(column, timestamp, random));
    default:
      return RandomValue(column, timestamp, random);
  }
}

void AddRandomPart(int64_t timestamp, SimRandom* random,
                   MutationBuilder* write) {
  const int k = static_cast<int>(random->Below(kRandomRows));
  const DeletionTime deletion{timestamp, Near(kRandomNow, random)};
  switch (random->Below(16)) {
    case 0:
      if (random->Below(3) == 0) write->DeleteWideRow(deletion);
      return;
    case 1:
    case 2:
      write->DeleteRange(k, k + static_cast<int>(random->Below(6)), deletion);
      return;
    case 3:
      write->DeleteRow(k, deletion);
      return;
    case 4:
      write->SetStatic(RandomCell(kRandomStaticColumn, timestamp, random));
      return;
    case 5:
      write->Mark(k, {timestamp, 0, 0});
      return;
    case 6:
      write->Mark(k, {timestamp, 10, Near(kRandomNow, random)});
      return;
    default:
      write->Set(
          k, RandomCell(1 + random->Below(kRandomColumns), timestamp, random));
      return;
  }
}

std::vector<ClusteringSlice> RandomSlices(SimRandom* random) {
  std::vector<ClusteringSlice> slices;
  int k = 0;
  while (k < kRandomRows && random->Below(4) > 0) {
    const int first = k + static_cast<int>(random->Below(4));
    const int last = first + static_cast<int>(random->Below(4));
    slices.push_back({BeforeRow(first), AfterRow(last)});
    // Adjacent slices happen too.
    k = last + 1 + static_cast<int>(random->Below(2));
  }
  return slices;
}

// Some that are written, in both partitions, and some that nobody writes.
std::vector<WideRowKey> RandomKeys(SimRandom* random, uint64_t stride) {
  std::vector<WideRowKey> keys;
  for (const WideRowKey& key :
       std::vector<WideRowKey>{{Token{10 * stride}, "a"},
                               {Token{11 * stride}, "none"},
                               {Token{20 * stride}, "b"},
                               {Token{20 * stride}, "bb"},
                               {Token{20 * stride}, "c"},
                               {Token{30 * stride}, "d"},
                               {Token{31 * stride}, "none"}}) {
    if (random->Below(2) == 0) keys.push_back(key);
  }
  return keys;
}

}  // namespace

std::vector<MutationBuilder> RandomWrites(SimRandom* random, size_t count,
                                          Timestamps timestamps,
                                          RandomTable table) {
  // Two wide rows share a token.
  static constexpr std::pair<uint64_t, const char*> kNames[] = {
      {10, "a"}, {20, "b"}, {20, "c"}, {30, "d"}};
  std::vector<MutationBuilder> writes;
  for (size_t i = 0; i < count; ++i) {
    const auto& [token, key] = kNames[random->Below(4)];
    writes.emplace_back(token * table.stride, key, table.id);
    int64_t timestamp = static_cast<int64_t>(random->Below(count / 2));
    if (timestamps == Timestamps::kUnique) {
      timestamp =
          timestamp * static_cast<int64_t>(count + 1) + static_cast<int64_t>(i);
    }
    for (uint64_t part = 0; part <= random->Below(3); ++part) {
      AddRandomPart(timestamp, random, &writes.back());
      if (writes.back().mutation().static_row.has_value()) break;
    }
  }
  return writes;
}

namespace {

// As far as filters ask: names, ids and roles.
std::shared_ptr<const Schema> RandomSchema() {
  auto schema = std::make_shared<Schema>();
  const auto add = [&](uint32_t id, ColumnRole role) {
    schema->columns.push_back(
        {ColumnId{id}, "c" + std::to_string(id), {TypeKind::kText}, role});
  };
  add(100, ColumnRole::kPartitionKey);
  add(kRandomStaticColumn, ColumnRole::kStatic);
  for (uint32_t id = 1; id <= kRandomColumns; ++id) {
    add(id, ColumnRole::kRegular);
  }
  return schema;
}

std::shared_ptr<const RowFilter> RandomFilter(SimRandom* random,
                                              bool of_wide_row) {
  static constexpr PredicateOp kOps[] = {
      PredicateOp::kEqual, PredicateOp::kNotEqual, PredicateOp::kLess,
      PredicateOp::kIsNull, PredicateOp::kIsNotNull};
  static constexpr std::string_view kOperands[] = {"", "a", "b", "bb"};
  const std::shared_ptr<const Schema> schema = RandomSchema();
  std::vector<Predicate> predicates;
  for (uint64_t n = 1 + random->Below(2); n > 0; --n) {
    const size_t columns = of_wide_row ? 2 : schema->columns.size();
    const Column& column = schema->columns[random->Below(columns)];
    const PredicateOp op = kOps[random->Below(5)];
    const bool unary =
        op == PredicateOp::kIsNull || op == PredicateOp::kIsNotNull;
    predicates.push_back(
        Predicate::Make(column, op,
                        std::span(&kOperands[random->Below(4)], unary ? 0 : 1))
            .value());
  }
  return std::make_shared<RowFilter>(schema, std::move(predicates));
}

}  // namespace

ReadCommand RandomCommand(SimRandom* random, RandomTable table) {
  const uint64_t stride = table.stride;
  ReadCommand command;
  command.table = table.id;
  command.now_s = kRandomNow;
  command.reverse = random->Below(2) == 0;
  if (random->Below(3) == 0) {
    command.wide_rows = RandomKeys(random, stride);
  } else if (random->Below(2) == 0) {
    command.token = Token{20 * stride};
    command.partition_key = random->Below(2) == 0 ? "b" : "c";
  } else if (random->Below(3) == 0) {
    command.first_token = Token{11 * stride};
    command.last_token = Token{(20 + random->Below(11)) * stride};
  }
  if (random->Below(5) == 0) {
    command.distinct = true;
  } else if (random->Below(2) == 0) {
    command.slices = RandomSlices(random);
  }
  if (random->Below(3) == 0) {
    command.columns = {ColumnId{2}, ColumnId{kRandomStaticColumn}};
  }
  if (random->Below(3) == 0) {
    command.filter = RandomFilter(random, command.distinct);
  }
  if (random->Below(3) == 0) command.limit = random->Below(12);
  if (random->Below(3) == 0) command.per_wide_row_limit = 1 + random->Below(4);
  return command;
}

std::vector<std::vector<const Mutation*>> Deal(
    const std::vector<MutationBuilder>& writes, size_t count,
    SimRandom* random) {
  std::vector<std::vector<const Mutation*>> dealt(count);
  for (const MutationBuilder& write : writes) {
    dealt[random->Below(count)].push_back(&write.mutation());
    if (random->Below(8) > 0) continue;
    dealt[random->Below(count)].push_back(&write.mutation());
  }
  return dealt;
}

std::vector<std::unique_ptr<RowIterator>> SourcesOf(
    const std::vector<std::vector<const Mutation*>>& dealt, Token first,
    Token last, int64_t moves_until_block) {
  std::vector<std::unique_ptr<RowIterator>> sources;
  for (const std::vector<const Mutation*>& mutations : dealt) {
    std::vector<VectorWideRow> wide_rows = FoldMutations(mutations);
    std::erase_if(wide_rows, [&](const VectorWideRow& wide_row) {
      return wide_row.token < first || wide_row.token > last;
    });
    sources.push_back(std::make_unique<VectorRowIterator>(std::move(wide_rows),
                                                          moves_until_block));
  }
  return sources;
}

}  // namespace rowan
