// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_AGGREGATOR_H_
#define ROWAN_STORAGE_READ_AGGREGATOR_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/model/schema.h"
#include "storage/read/accumulator.h"
#include "storage/read/read_command.h"
#include "storage/read/row_key.h"

namespace rowan {

// What is asked of all rows of a read.
struct Aggregate {
  AggregateFunction function = AggregateFunction::kCount;
  const Column* column = nullptr;  // of the read's schema; none: count rows
};

// "sum(value)", "count(*)".
std::string NameOf(const Aggregate& aggregate);
// kInvalidArgument when the function takes no such column.
absl::StatusOr<ColumnType> ResultType(const Aggregate& aggregate);

// All aggregates of one read, fed row by row. Its state travels from page to
// page. Thread-compatible. After an error it can only be destroyed.
class Aggregator {
 public:
  // Of all aggregates together.
  static constexpr size_t kStateBytesMax = 1 << 20;

  // REQUIRES: ResultType() of each is OK.
  Aggregator(std::shared_ptr<const Schema> schema,
             std::vector<Aggregate> aggregates);

  // kDataLoss, kResourceExhausted: as Accumulator::Add.
  absl::Status Add(const ResultRow& row);

  const std::vector<Aggregate>& aggregates() const { return aggregates_; }
  // In ResultType(); nullopt is null.
  std::optional<std::string> Result(size_t aggregate) const {
    return parts_[aggregate].accumulator->Result();
  }

  // kResourceExhausted over kStateBytesMax.
  absl::StatusOr<std::string> State() const;
  // Of the same aggregates. False when `state` is none. Any bytes are safe.
  bool Restore(std::string_view state);

 private:
  struct Part {
    std::optional<KeyColumn> key;  // of a key column
    std::unique_ptr<Accumulator> accumulator;
  };

  absl::StatusOr<ValuePart> ValueFor(size_t part, const ResultRow& row,
                                     RowKey* key, std::string* sum) const;

  const std::shared_ptr<const Schema> schema_;
  const std::vector<Aggregate> aggregates_;
  std::vector<Part> parts_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_AGGREGATOR_H_
