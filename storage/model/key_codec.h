// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_KEY_CODEC_H_
#define ROWAN_STORAGE_MODEL_KEY_CODEC_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/model/schema.h"

namespace rowan {

// Keys as bytes. Two encodings, described in storage/model/FORMAT.md:
//
// * The partition key is kept in Cassandra's serialisation (one component: its
//   bytes; several: u16 length, bytes, 0 each): it is hashed and compared for
//   equality, and wide rows of one token order by these bytes.
// * The clustering key is kept byte-comparable: memcmp order is clustering
//   order, descending columns included. Every component starts with
//   kComponent, the whole key ends with kEnd, and a bound is a prefix of
//   components followed by kBefore or kAfter, which sort below and above every
//   row with that prefix. So rows and bounds share one space ("positions") and
//   everything above compares with memcmp and knows no types.
//
// Components come in and go out in Cassandra's serialisation.

namespace position {
inline constexpr char kBefore = '\x20';     // bound: below all with the prefix
inline constexpr char kEnd = '\x38';        // ends the key of a row
inline constexpr char kComponent = '\x40';  // one more component follows
inline constexpr char kAfter = '\x60';      // bound: above all with the prefix
}  // namespace position

// kInvalidArgument: wrong number of components, a component over its limit, an
// empty single-component key.
absl::StatusOr<std::string> EncodePartitionKey(
    const Schema& schema, std::span<const std::string_view> components);
// kDataLoss when `key` is not a key of this schema. Views into `key`.
absl::StatusOr<std::vector<std::string_view>> DecodePartitionKey(
    const Schema& schema, std::string_view key);

// The position of a row: all clustering components. A table without clustering
// columns has the one position "\x38".
absl::StatusOr<std::string> EncodeClustering(
    const Schema& schema, std::span<const std::string_view> components);

enum class BoundSide { kBefore, kAfter };
// The position just before or after all rows that start with `components`
// (0..all of the clustering columns).
absl::StatusOr<std::string> EncodeBound(
    const Schema& schema, std::span<const std::string_view> components,
    BoundSide side);

// A decoded position. `components` are Cassandra's bytes again.
struct DecodedPosition {
  std::vector<std::string> components;
  char kind = position::kEnd;  // kEnd for a row, kBefore or kAfter for a bound
};
absl::StatusOr<DecodedPosition> DecodePosition(const Schema& schema,
                                               std::string_view position);

// Whether `position` is a bound and not a row.
inline bool IsBound(std::string_view position) {
  return !position.empty() && position.back() != position::kEnd;
}

// The positions below and above every row of every table.
inline constexpr std::string_view kFirstBound{"\x20", 1};
inline constexpr std::string_view kLastBound{"\x60", 1};

// Positions of request ids (FORMAT.md, "Request ids"): rows that stand above
// every bound, so that no slice reaches them unless it is made for them.
inline constexpr char kRequestIdLead = '\x70';
inline constexpr size_t kRequestIdBytes = 16;

// REQUIRES: kRequestIdBytes of id.
inline std::string RequestIdPosition(std::string_view id) {
  std::string position(1, kRequestIdLead);
  position += id;
  position += position::kEnd;
  return position;
}
inline bool IsRequestId(std::string_view position) {
  return !position.empty() && position.front() == kRequestIdLead;
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_KEY_CODEC_H_
