// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_LIMITS_H_
#define ROWAN_NODE_SERVICE_LIMITS_H_

#include <cstddef>
#include <cstdint>

// The limits of the API (design and proto comments); each is tested one below,
// at, and one above. Limits of keys and cells are in storage/model/schema.h.

namespace rowan {

inline constexpr size_t kRequestBytesMax = 16 << 20;
// gRPC's own limit lies above ours, so that the refusal is ours.
inline constexpr size_t kReceiveBytesMax = kRequestBytesMax + (1 << 20);

inline constexpr uint32_t kPageRowsDefault = 1000;
inline constexpr uint32_t kPageRowsMax = 100'000;
inline constexpr uint32_t kPageBytesDefault = 1 << 20;
inline constexpr uint32_t kPageBytesMax = 15 << 20;
// What generated clients receive without being told otherwise is 4 MiB; the
// rest is for the columns, the token and framing.
inline constexpr uint32_t kPageBytesPlainMax = (7 << 20) / 2;
inline constexpr size_t kPlainAnswerBytesMax = (4 << 20) - (16 << 10);

inline constexpr int kSlicesMax = 1000;
inline constexpr int kInListMax = 1000;
inline constexpr int kPredicatesMax = 100;
inline constexpr int kConditionsMax = 1000;
inline constexpr int kReadKeysMax = 1000;
inline constexpr int kAggregatesMax = 100;
inline constexpr int kCounterChangesMax = 1000;
inline constexpr int kChangesMax = 100'000;
inline constexpr int kBatchReadsMax = 1000;
inline constexpr int kBatchWritesMax = 100'000;
inline constexpr uint32_t kSplitsMax = 65'536;

// A timestamp further ahead than this would hide every write of the time
// between.
inline constexpr int64_t kTimestampAheadMaxUs = int64_t{3600} * 1'000'000;

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_LIMITS_H_
