// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/increment.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "node/coordinator/read_set.h"
#include "node/metadata/schema_changed.h"
#include "storage/base/status_macros.h"
#include "storage/model/counter.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

// Of all that share a record: a few hundred KiB of it.
constexpr size_t kSharedDeltasMax = 10'000;
// And of what they name and write; the first one comes whatever it brings.
constexpr size_t kSharedBytesMax = 1 << 20;

// A cell with a node id and a total, about.
constexpr size_t kCounterBytes = 48;

}  // namespace

std::vector<ReadCommand> Increment::Reads() {
  size_t deltas = deltas_.size();
  size_t bytes = Bytes();
  followers_ = TakeFollowers([&deltas, &bytes](ConditionalWrite& next) {
    const auto* other = dynamic_cast<const Increment*>(&next);
    if (other == nullptr) return false;
    deltas += other->deltas_.size();
    bytes += other->Bytes();
    return deltas <= kSharedDeltasMax && bytes <= kSharedBytesMax;
  });
  ReadSet read_set;
  const auto add = [this, &read_set](const Increment& one) {
    for (const CounterDelta& delta : one.deltas_) {
      if (counters_.try_emplace({delta.position, delta.column}).second) {
        read_set.AddRow(delta.position);
      }
    }
    if (!one.request_id_.empty()) {
      read_set.AddRow(RequestIdPosition(one.request_id_));
    }
  };
  add(*this);
  for (const auto& follower : followers_) {
    add(static_cast<const Increment&>(*follower));
  }
  std::vector<ReadCommand> reads;
  reads.push_back(std::move(read_set).Command());
  return reads;
}

size_t Increment::Bytes() const {
  size_t bytes = request_id_.size();
  for (const CounterDelta& delta : deltas_) {
    bytes += delta.position.size() + kCounterBytes;
  }
  return bytes;
}

size_t Increment::OnRow(const ResultRow& row) {
  if (row.static_row != nullptr) Load("", *row.static_row);
  if (row.row == nullptr) return 0;
  if (IsRequestId(row.position)) {
    counted_.emplace(row.position);
  } else {
    Load(row.position, *row.row);
  }
  return 0;
}

void Increment::Load(std::string_view position, const Row& row) {
  for (size_t i = 0; i < row.cells.size();) {
    size_t end = i + 1;
    while (end < row.cells.size() &&
           row.cells[end].column == row.cells[i].column) {
      ++end;
    }
    const auto cells = std::span(row.cells).subspan(i, end - i);
    i = end;
    const auto found =
        counters_.find({std::string(position), cells.front().column});
    if (found == counters_.end()) continue;
    Counter& counter = found->second;
    bool good = SumCounter(cells, &counter.total);
    for (const Cell& cell : cells) {
      if (cell.path != coordinator().node_id()) continue;
      good &= ReadCounter(cell.value, &counter.own);
    }
    if (!good) status_ = absl::DataLossError("a stored counter is malformed");
  }
}

void Increment::Count(const Schema* now, Increment* one) {
  one->refused_ = one->CheckOwnDeadline();
  if (one->refused_.ok()) {
    one->refused_ =
        UnlessColumnDropped(now, *one->schema_, [one](ColumnId column) {
          return std::any_of(one->deltas_.begin(), one->deltas_.end(),
                             [column](const CounterDelta& delta) {
                               return delta.column == column;
                             });
        });
  }
  if (!one->refused_.ok()) return;
  std::string id;
  if (!one->request_id_.empty()) id = RequestIdPosition(one->request_id_);
  one->result_.already_counted = counted_.contains(id);
  if (!one->result_.already_counted) {
    for (const CounterDelta& delta : one->deltas_) {
      Counter& counter = counters_[{delta.position, delta.column}];
      counter.total = WrappingSum(counter.total, delta.delta);
      counter.own = WrappingSum(counter.own, delta.delta);
      counter.changed = true;
    }
    if (!id.empty()) {
      counted_.insert(id);
      new_ids_.push_back(std::move(id));
    }
  }
  for (const CounterDelta& delta : one->deltas_) {
    one->result_.values.push_back(
        counters_[{delta.position, delta.column}].total);
  }
}

absl::StatusOr<std::optional<Mutation>> Increment::Decide() {
  RETURN_IF_ERROR(status_);
  const std::shared_ptr<const Schema> now =
      coordinator().local_engine().FindTable(place().table);
  Count(now.get(), this);
  for (const auto& follower : followers_) {
    Count(now.get(), static_cast<Increment*>(follower.get()));
  }
  const bool changed =
      std::any_of(counters_.begin(), counters_.end(),
                  [](const auto& entry) { return entry.second.changed; });
  if (!changed) return std::nullopt;
  ASSIGN_OR_RETURN(const int64_t timestamp_us, TimestampAbove());
  return MakeMutation(timestamp_us);
}

Mutation Increment::MakeMutation(int64_t timestamp_us) {
  Mutation mutation;
  mutation.table = place().table;
  mutation.token = place().token;
  mutation.partition_key = mutation.Keep(place().partition_key);
  const std::string_view node_id =
      mutation.Keep(std::string(coordinator().node_id()));
  // Ascending by position, then by column.
  Row* row = nullptr;
  std::string_view row_position;
  for (const auto& [counter_place, counter] : counters_) {
    if (!counter.changed) continue;
    const auto& [position, column] = counter_place;
    if (row == nullptr || position != row_position) {
      row_position = mutation.Keep(position);
      row = row_position.empty() ? &mutation.static_row.emplace()
                                 : &mutation.rows.emplace_back().row;
      if (!row_position.empty()) mutation.rows.back().position = row_position;
    }
    Cell& cell = row->cells.emplace_back();
    cell.column = column;
    cell.timestamp = timestamp_us;
    cell.value = mutation.Keep(CounterBytes(counter.own));
    cell.path = node_id;
  }
  // now_s() has no fractions, and the window isn't to be shorter than it is
  // said to be.
  const uint32_t window_s = coordinator().increment_window_s() + 1;
  const auto expiry_s = static_cast<uint32_t>(
      std::min<int64_t>(int64_t{now_s()} + window_s, kExpiryMaxS));
  for (const std::string& id : new_ids_) {
    RowChange& change = mutation.rows.emplace_back();
    change.position = mutation.Keep(id);
    change.row.liveness = {timestamp_us, window_s, expiry_s};
  }
  return mutation;
}

void Increment::Answer(const absl::Status& status) {
  if (!status.ok()) {
    done_(status);
  } else if (!refused_.ok()) {
    done_(refused_);
  } else {
    done_(std::move(result_));
  }
}

void Increment::Finish(const absl::Status& status) {
  for (const auto& follower : followers_) {
    static_cast<Increment&>(*follower).Answer(status);
  }
  Answer(status);
}

}  // namespace rowan
