// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/generator.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "tests/lib/sim_random.h"
#include "tests/model/case/random_write.h"

namespace rowan {
namespace {

using Kind = Operation::Kind;

constexpr int kOperations = 200;

// Plain ones mostly: they collide more.
ColumnKind RandomKind(SimRandom* random) {
  if (random->Below(2) == 0) return ColumnKind::kPlain;
  return kColumnKinds[random->Below(std::size(kColumnKinds))];
}

TableShape RandomShape(SimRandom* random) {
  static constexpr TypeKind kKinds[] = {TypeKind::kInt, TypeKind::kText,
                                        TypeKind::kBlob, TypeKind::kDouble};
  // 0: tombstones go as soon as the second is over.
  static constexpr uint32_t kGraces[] = {0, 2, 5, kGraceForEver};
  TableShape shape;
  shape.key_columns = 1 + static_cast<int>(random->Below(2));
  const uint64_t clustering = random->Below(8);  // one column mostly
  for (uint64_t i = 0; i < (clustering < 4 ? clustering : 1); ++i) {
    shape.clustering.push_back(
        {kKinds[random->Below(4)], random->Below(2) == 0});
  }
  if (!shape.clustering.empty()) {
    for (uint64_t i = random->Below(3); i > 0; --i) {
      shape.statics.push_back(RandomKind(random));
    }
  }
  for (uint64_t i = random->Below(4); i > 0; --i) {
    shape.regulars.push_back(RandomKind(random));
  }
  shape.grace_s = kGraces[random->Below(4)];
  shape.fat = random->Below(5) == 0;
  if (shape.fat) {
    // Rows and columns enough for wide rows of many blocks.
    while (shape.clustering.size() < 2) shape.clustering.emplace_back();
    shape.regulars.push_back(ColumnKind::kPlain);
  }
  return shape;
}

class Generator {
 public:
  Generator(const TableShape& shape, SimRandom* random)
      : random_(random),
        writes_(shape, random),
        shape_(shape),
        alters_(random->Below(2) == 0),
        replaces_(random->Below(4) == 0),
        counts_(random->Below(6) == 0),
        checks_(random->Below(3) == 0) {}

  Operation Next() {
    Operation operation;
    operation.kind = NextKind();
    switch (operation.kind) {
      case Kind::kDie:
        operation.death = RandomDeath();
        break;
      case Kind::kDieWriting:
        operation.death = RandomDeath();
        operation.count = static_cast<int>(random_->Below(8));
        operation.looks = random_->Below(2) == 0;
        [[fallthrough]];
      case Kind::kWrite:
        for (uint64_t i = random_->Below(8) == 0 ? 3 : 1; i > 0; --i) {
          operation.writes.push_back(writes_.Write());
        }
        break;
      case Kind::kOpenRead:
        operation.count = static_cast<int>(random_->Below(kOpenReads));
        operation.read = Read();
        operation.read.page_rows = 1 + random_->Below(3);
        break;
      case Kind::kRead:
        operation.read = Read();
        break;
      case Kind::kNextPage:
        operation.count = static_cast<int>(random_->Below(kOpenReads));
        break;
      case Kind::kClock:
        // Mostly so little that timestamps still tie.
        operation.count =
            static_cast<int>(random_->Below(5) == 0 ? random_->Below(20) : 1);
        break;
      case Kind::kWork:
        operation.count = static_cast<int>(random_->Below(40));
        break;
      case Kind::kDieCounting:
        operation.death = RandomDeath();
        operation.count = static_cast<int>(random_->Below(8));
        [[fallthrough]];
      case Kind::kCount:
        for (uint64_t i = 1 + random_->Below(4); i > 0; --i) {
          operation.counts.push_back(
              Count(operation.kind == Kind::kDieCounting));
        }
        break;
      case Kind::kQueued:
        operation.writes = {writes_.QueuedWrite()};
        break;
      case Kind::kDieChecking:
        operation.death = RandomDeath();
        operation.count = static_cast<int>(random_->Below(12));
        [[fallthrough]];
      case Kind::kCheck:
        operation.checks = Checks();
        break;
      case Kind::kAlter:
        operation.alteration = RandomAlteration();
        break;
      case Kind::kSnapshot:
      case Kind::kRestore:
        operation.count = static_cast<int>(random_->Below(kSnapshots));
        break;
      default:
        break;
    }
    return operation;
  }

 private:
  Kind NextKind() {
    static constexpr std::pair<Kind, uint64_t> kChances[] = {
        {Kind::kWrite, 46},      {Kind::kDieWriting, 2},
        {Kind::kRead, 14},       {Kind::kOpenRead, 4},
        {Kind::kNextPage, 9},    {Kind::kClock, 9},
        {Kind::kFlush, 4},       {Kind::kCompact, 3},
        {Kind::kStartFlush, 2},  {Kind::kStartCompact, 1},
        {Kind::kWork, 3},        {Kind::kStop, 1},
        {Kind::kDrain, 1},       {Kind::kDie, 2},
        {Kind::kCold, 1},        {Kind::kWarm, 1},
        {Kind::kAlter, 4},       {Kind::kCount, 15},
        {Kind::kDieCounting, 2}, {Kind::kCheck, 8},
        {Kind::kTruncate, 1},    {Kind::kSnapshot, 2},
        {Kind::kRestore, 2},     {Kind::kQueued, 8},
        {Kind::kDieChecking, 1}};
    uint64_t sum = 0;
    for (const auto& [kind, chance] : kChances) sum += chance;
    uint64_t dice = random_->Below(sum);
    for (const auto& [kind, chance] : kChances) {
      if (dice < chance) return Is(kind) ? kind : NextKind();
      dice -= chance;
    }
    return Kind::kWork;
  }

  // Whether there is such an operation in this case.
  bool Is(Kind kind) const {
    if (kind == Kind::kAlter) return alters_;
    if (kind == Kind::kTruncate || kind == Kind::kSnapshot ||
        kind == Kind::kRestore) {
      return replaces_;
    }
    if (kind == Kind::kCheck || kind == Kind::kDieChecking) return checks_;
    if (kind == Kind::kQueued) return HasLists();
    return counts_ || (kind != Kind::kCount && kind != Kind::kDieCounting);
  }

  // Some at once, mostly of one wide row.
  std::vector<CheckOperation> Checks() {
    std::vector<CheckOperation> checks = {Check()};
    while (checks.size() < 3 && random_->Below(3) == 0) {
      checks.push_back(Check());
      if (random_->Below(3) > 0) {
        checks.back().write.key = checks.front().write.key;
      }
    }
    return checks;
  }

  CheckOperation Check() {
    CheckOperation check;
    check.write = writes_.QueuedWrite();
    if (random_->Below(2) == 0) check.otherwise = writes_.QueuedWrite().parts;
    if (random_->Below(8) == 0) check.wide_row = random_->Below(2) == 0;
    do {
      check.rows.push_back(Question(check.write.parts));
    } while (random_->Below(4) == 0);
    return check;
  }

  // Mostly of a row that is written.
  RowQuestion Question(const std::vector<WritePart>& parts) {
    RowQuestion asked;
    asked.row = writes_.Row();
    for (const WritePart& part : parts) {
      const bool of_row = part.kind != WritePart::Kind::kDeleteWideRow &&
                          part.kind != WritePart::Kind::kDeleteRange;
      if (of_row && random_->Below(2) == 0) asked.row = part.row;
    }
    if (random_->Below(2) == 0) asked.exists = random_->Below(2) == 0;
    if (random_->Below(2) == 0) {
      asked.where = Predicates();
      std::erase_if(asked.where, [](const AskedPredicate& predicate) {
        return predicate.component >= 0;
      });
    }
    return asked;
  }

  CountOperation Count(bool until_death) {
    CountOperation count;
    count.key = static_cast<int>(random_->Below(3));
    count.deletes = !until_death && random_->Below(12) == 0;
    if (count.deletes) return count;
    count.row = static_cast<int>(random_->Below(2));
    count.delta = static_cast<int>(random_->Below(9)) - 4;
    if (until_death || random_->Below(2) == 0) {
      count.id = 1 + static_cast<int>(random_->Below(kShapeKeys - 1));
    }
    return count;
  }

  Death RandomDeath() { return static_cast<Death>(random_->Below(3)); }

  bool HasColumns() const {
    return !shape_.statics.empty() || !shape_.regulars.empty();
  }
  bool HasLists() const {
    const auto has = [](const std::vector<ColumnKind>& kinds) {
      return std::find(kinds.begin(), kinds.end(), ColumnKind::kList) !=
             kinds.end();
    };
    return has(shape_.statics) || has(shape_.regulars);
  }
  // REQUIRES: HasColumns().
  ColumnName AnyColumn() {
    const bool fixed = !shape_.statics.empty() &&
                       (shape_.regulars.empty() || random_->Below(3) == 0);
    return writes_.Column(fixed);
  }

  // What is dropped comes back soon.
  Alteration RandomAlteration() {
    static constexpr Alteration::Kind kKinds[] = {
        Alteration::Kind::kDrop,   Alteration::Kind::kAdd,
        Alteration::Kind::kAdd,    Alteration::Kind::kAdd,
        Alteration::Kind::kRename, Alteration::Kind::kGrow};
    if (!HasColumns() || random_->Below(6) == 0) {
      return {Alteration::Kind::kTune,
              {},
              static_cast<int>(random_->Below(kTunings))};
    }
    const ColumnName column = AnyColumn();
    const bool has_fields =
        TypeOf(KindOf(shape_, column)).kind == TypeKind::kUserType;
    if (has_fields && random_->Below(2) == 0) {
      return {Alteration::Kind::kGrow, column};
    }
    return {kKinds[random_->Below(6)], column};
  }

  std::vector<AskedPredicate> Predicates() {
    std::vector<AskedPredicate> predicates;
    for (uint64_t i = 1 + random_->Below(2); i > 0; --i) {
      AskedPredicate predicate;
      if (!HasColumns() ||
          (!shape_.clustering.empty() && random_->Below(3) == 0)) {
        if (shape_.clustering.empty()) break;
        predicate.component =
            static_cast<int>(random_->Below(shape_.clustering.size()));
      } else {
        predicate.column = AnyColumn();
      }
      do {
        predicate.op = static_cast<PredicateOp>(
            random_->Below(static_cast<uint64_t>(PredicateOp::kIsNotNull) + 1));
      } while (!CanBeAsked(shape_, predicate));
      uint64_t values = predicate.op < PredicateOp::kIsNull ? 1 : 0;
      if (predicate.op == PredicateOp::kIn) values = 1 + random_->Below(3);
      for (; values > 0; --values) {
        predicate.values.push_back(
            static_cast<int>(random_->Below(kShapeValues)));
      }
      predicates.push_back(std::move(predicate));
    }
    return predicates;
  }

  ReadOperation Read() {
    ReadOperation read;
    if (random_->Below(2) == 0) {
      read.in = Keys();
    } else if (random_->Below(3) == 0) {
      const int a = static_cast<int>(random_->Below(kShapeKeys));
      const int b = static_cast<int>(random_->Below(kShapeKeys));
      read.keys = {std::min(a, b), std::max(a, b)};
    }
    read.reverse = random_->Below(2) == 0;
    if (!shape_.clustering.empty() && random_->Below(3) == 0) {
      read.slices = writes_.Slices();
      read.static_alone = random_->Below(3) == 0;
    }
    read.distinct = read.slices.empty() && random_->Below(6) == 0;
    if (random_->Below(4) == 0) read.columns = Columns();
    const uint64_t unlimited = read.slices.empty() ? 4 : 2;
    if (random_->Below(unlimited) == 0) read.limit = random_->Below(8);
    if (random_->Below(unlimited) == 0) {
      read.per_wide_row = 1 + random_->Below(3);
    }
    if (random_->Below(2) == 0) read.page_rows = 1 + random_->Below(3);
    if (random_->Below(8) == 0) read.page_bytes = 1 + random_->Below(3);
    if (random_->Below(6) == 0) read.page_tombstones = 1 + random_->Below(3);
    if (random_->Below(8) == 0) read.page_idle_looks = 1 + random_->Below(3);
    if (random_->Below(3) == 0) read.where = Predicates();
    read.totals = random_->Below(6) == 0;
    return read;
  }

  // One mostly.
  std::vector<int> Keys() {
    std::vector<int> keys = {writes_.Key()};
    while (random_->Below(3) == 0) keys.push_back(writes_.Key());
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
  }

  std::vector<ColumnName> Columns() {
    std::vector<ColumnName> columns;
    for (const bool fixed : {true, false}) {
      const size_t count =
          fixed ? shape_.statics.size() : shape_.regulars.size();
      for (size_t i = 0; i < count; ++i) {
        if (random_->Below(2) == 0) {
          columns.push_back({fixed, static_cast<int>(i)});
        }
      }
    }
    return columns;
  }

  SimRandom* const random_;
  RandomWrite writes_;
  const TableShape& shape_;
  const bool alters_;    // the table's schema
  const bool replaces_;  // the table
  const bool counts_;
  const bool checks_;
};

}  // namespace

TestCase GenerateCase(uint64_t seed, const OptionSet& options) {
  // Not the seed itself: that draws the order of tasks.
  SimRandom random(seed * 7919);
  TestCase test;
  test.shape = RandomShape(&random);
  test.options = &options;
  test.seed = seed;
  Generator generator(test.shape, &random);
  for (int i = 0; i < kOperations; ++i) {
    test.operations.push_back(generator.Next());
  }
  return test;
}

}  // namespace rowan
