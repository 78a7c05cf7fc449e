// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_ACCUMULATOR_H_
#define ROWAN_STORAGE_READ_ACCUMULATOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

enum class AggregateFunction : uint8_t { kCount, kMin, kMax, kSum, kAverage };

// Of a value that a minimum or maximum keeps.
inline constexpr size_t kExtremeBytesMax = 64 << 10;

// Takes the values of one column, one by one, and knows at any time what an
// aggregate function says of them. Between pages it lives as bytes.
//
// Values are in Cassandra's serialisation, never null. Thread-compatible.
class Accumulator {
 public:
  virtual ~Accumulator() = default;

  // kDataLoss when `value` is none of the type; kResourceExhausted when what is
  // to be kept would be too large: the aggregate can't be had.
  virtual absl::Status Add(std::string_view value) = 0;

  // Nullopt is null.
  virtual std::optional<std::string> Result() const = 0;

  // TakeState reads what AppendState wrote from the front of *in; false, and it
  // can only be destroyed then, when that isn't there. Any bytes are safe.
  virtual void AppendState(std::string* out) const = 0;
  virtual bool TakeState(std::string_view* in) = 0;
};

// What `function` makes of values of `type`. kInvalidArgument when it takes
// none of these.
absl::StatusOr<ColumnType> ResultType(AggregateFunction function,
                                      const ColumnType& type);

// REQUIRES: ResultType(function, type).ok().
std::unique_ptr<Accumulator> MakeAccumulator(AggregateFunction function,
                                             const ColumnType& type);

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_ACCUMULATOR_H_
