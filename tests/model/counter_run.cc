// SPDX-License-Identifier: Apache-2.0
#include "tests/model/counter_run.h"

#include <algorithm>
#include <limits>

#include "node/coordinator/queued_write.h"
#include "storage/base/check.h"
#include "storage/model/counter.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

using Wrong = CounterRun::Wrong;

constexpr ColumnId kCounter{3};

std::string KeyOf(int key) { return {static_cast<char>('a' + key)}; }

std::string IdBytes(int id) {
  if (id == 0) return "";
  std::string bytes(kReplicaIdBytes, '\0');
  bytes[0] = static_cast<char>(id);
  return bytes;
}

// The deletion of a wide row of counters, as the node makes it: the ids of
// requests outlive it.
class Deletion final : public QueuedChanges {
 public:
  Deletion(int key, uint32_t now_s) : key_(key), now_s_(now_s) {}

  Mutation MutationAt(int64_t timestamp_us) const {
    Mutation mutation;
    mutation.table = CounterRun::kTable;
    mutation.token = TokenOfKeyNumber(key_);
    mutation.partition_key = mutation.Keep(KeyOf(key_));
    mutation.range_tombstones.push_back(
        {kFirstBound, kLastBound, {timestamp_us, now_s_}});
    return mutation;
  }
  void OnRow(const ResultRow&) override {}
  absl::StatusOr<Mutation> Make(int64_t timestamp_us) override {
    return MutationAt(timestamp_us);
  }

 private:
  const int key_;
  const uint32_t now_s_;
};

class TotalsCollector final : public RowConsumer {
 public:
  size_t OnRow(const ResultRow& row) override {
    int64_t total = 0;
    ROWAN_CHECK(SumCounter(row.row->cells, &total));
    totals[std::string(row.partition_key) + std::string(row.position)] = total;
    return 1;
  }
  std::map<std::string, int64_t> totals;
};

}  // namespace

std::shared_ptr<const Schema> CounterRun::TableSchema() {
  auto schema = std::make_shared<Schema>();
  schema->id = kTable;
  schema->version = SchemaVersion{1};
  schema->keyspace = "model";
  schema->table = "counters";
  schema->columns = {
      {ColumnId{1}, "key", {TypeKind::kText}, ColumnRole::kPartitionKey},
      {ColumnId{2}, "ck", {TypeKind::kBigint}, ColumnRole::kClustering},
      {kCounter, "n", {TypeKind::kCounter}, ColumnRole::kRegular}};
  schema->options.partition_prefix_length = 1;
  return schema;
}

void CounterRun::Queue(const CountOperation& operation, Answer* answer) {
  if (operation.deletes) {
    auto deletion = std::make_unique<Deletion>(operation.key,
                                               world_->clock().WallSeconds());
    const Mutation draft = deletion->MutationAt(1);
    return QueuedWrite(
        node_->coordinator(), draft, std::move(deletion),
        std::numeric_limits<int64_t>::max(),
        [answer](const absl::Status& status) { answer->status = status; });
  }
  std::vector<CounterDelta> deltas = {
      {TestPosition(*TableSchema(), operation.row), kCounter, operation.delta}};
  ConditionalWrite::Start(
      node_->coordinator(),
      std::make_unique<Increment>(
          TableSchema(),
          WideRowPlace{kTable, TokenOfKeyNumber(operation.key),
                       KeyOf(operation.key)},
          std::numeric_limits<int64_t>::max(), std::move(deltas),
          IdBytes(operation.id), [answer](absl::StatusOr<IncrementResult> got) {
            answer->status = got.status();
            if (got.ok()) answer->result = *std::move(got);
          }));
}

// Rule 5; an id counts until its time is over.
bool CounterRun::Apply(const CountOperation& operation) {
  Counters& there = wide_rows_[operation.key];
  if (operation.deletes) {
    there.rows.clear();
    return false;
  }
  const uint32_t now_s = world_->clock().WallSeconds();
  const auto id = there.ids.find(operation.id);
  if (id != there.ids.end() && now_s < id->second) return true;
  int64_t& total = there.rows[operation.row];
  total = WrappingSum(total, operation.delta);
  if (operation.id != 0)
    there.ids[operation.id] = now_s + NodeWorld::kIncrementWindowS + 1;
  return false;
}

Wrong CounterRun::Check(const CountOperation& operation, const Answer& answer) {
  if (NodeWorld::HadNoTimestamp(*answer.status)) return std::nullopt;
  if (!answer.status->ok()) return answer.status->ToString();
  const bool known = Apply(operation);
  if (operation.deletes) return std::nullopt;
  if (answer.result.already_counted != known) {
    return known ? "a request id counted again"
                 : "a request id is known that never counted";
  }
  const std::map<int, int64_t>& rows = wide_rows_[operation.key].rows;
  const auto found = rows.find(operation.row);
  const int64_t total = found == rows.end() ? 0 : found->second;
  if (answer.result.values == std::vector<int64_t>{total}) return std::nullopt;
  return "a counter is " + std::to_string(answer.result.values.at(0)) +
         " and not " + std::to_string(total);
}

void CounterRun::Start(const std::vector<CountOperation>& operations) {
  node_->AwaitTimestamps();
  under_way_.clear();
  for (const CountOperation& operation : operations) {
    under_way_.emplace_back(operation, Answer());
  }
  for (auto& [operation, answer] : under_way_) Queue(operation, &answer);
}

void CounterRun::RunToEnd() {
  ROWAN_CHECK(world_->executor().RunUntil([this] {
    return std::all_of(
        under_way_.begin(), under_way_.end(),
        [](const auto& each) { return each.second.status.has_value(); });
  }));
}

Wrong CounterRun::Count(const std::vector<CountOperation>& operations) {
  Start(operations);
  RunToEnd();
  for (const auto& [operation, answer] : under_way_) {
    if (Wrong wrong = Check(operation, answer)) return wrong;
  }
  return std::nullopt;
}

// On a dead disk; nobody is left in the queue of an engine that is gone.
void CounterRun::LetDie() {
  node_->Disconnect();
  world_->fs().Crash();
  RunToEnd();
}

Wrong CounterRun::AfterDeath() {
  const auto before = std::move(under_way_);
  for (const auto& [operation, answer] : before) {
    const bool answered = answer.status.has_value() && answer.status->ok();
    do {
      Start({operation});
      RunToEnd();
    } while (NodeWorld::HadNoTimestamp(*under_way_[0].second.status));
    const Answer& again = under_way_[0].second;
    if (!again.status->ok()) return again.status->ToString();
    const bool known = Apply(operation);
    if ((answered || known) && !again.result.already_counted) {
      return "an increment was forgotten, and counted again";
    }
  }
  return CheckAll();
}

Wrong CounterRun::CheckAll() {
  std::map<std::string, int64_t> expected;
  for (const auto& [key, counters] : wide_rows_) {
    for (const auto& [row, total] : counters.rows) {
      expected[KeyOf(key) + TestPosition(*TableSchema(), row)] = total;
    }
  }
  ReadCommand command;
  command.table = kTable;
  command.now_s = world_->clock().WallSeconds();
  TotalsCollector got;
  std::optional<absl::StatusOr<PageEnd>> end;
  world_->engine().Read(command, &got, [&](absl::StatusOr<PageEnd> page) {
    end = std::move(page);
  });
  ROWAN_CHECK(world_->executor().RunUntil([&] { return end.has_value(); }));
  if (!end->ok()) return end->status().ToString();
  if (got.totals == expected) return std::nullopt;
  return "the counters' table holds other totals than it must";
}

}  // namespace rowan
