// SPDX-License-Identifier: Apache-2.0
#include "node/service/key_decoder.h"

#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/service/wire/request_error.h"
#include "node/service/wire/value_codec.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

using Values = google::protobuf::RepeatedPtrField<v1::Value>;

// The key columns of one role: they stand side by side in the schema.
struct KeyColumns {
  const Column* first = nullptr;
  int count = 0;
};

KeyColumns ColumnsWith(const Schema& schema, ColumnRole role) {
  KeyColumns columns;
  for (const Column& column : schema.columns) {
    if (column.role != role) continue;
    if (columns.first == nullptr) columns.first = &column;
    ++columns.count;
  }
  return columns;
}

// Key values in Cassandra's serialisation; views into the request or `kept`.
struct Components {
  std::vector<std::string_view> bytes;
  std::deque<std::string> kept;
  size_t total = 0;
};

absl::Status DecodeComponents(const KeyColumns& columns, const Values& values,
                              Components* out) {
  out->bytes.reserve(static_cast<size_t>(values.size()));
  const auto keep = [out](std::string bytes) -> std::string_view {
    out->kept.push_back(std::move(bytes));
    return out->kept.back();
  };
  for (int i = 0; i < values.size(); ++i) {
    const Column& column = columns.first[i];
    if (values[i].has_null_value()) {
      return InField(
          BadRequest("NULL_IN_KEY", absl::StrCat("key column '", column.name,
                                                 "' can't be null")),
          "values", i);
    }
    absl::StatusOr<std::string_view> bytes =
        EncodeValue(column.type, values[i], keep);
    if (!bytes.ok()) {
      return InField(Prefixed(bytes.status(), column.name), "values", i);
    }
    out->total += bytes->size();
    out->bytes.push_back(*bytes);
  }
  return absl::OkStatus();
}

absl::Status WrongCount(std::string_view what, const KeyColumns& columns,
                        int got) {
  std::string names;
  for (int i = 0; i < columns.count; ++i) {
    absl::StrAppend(&names, i == 0 ? "" : ", ", columns.first[i].name);
  }
  const std::string subject(what);
  return InField(BadRequest(got < columns.count ? "MISSING_KEY_PART"
                                                : "TOO_MANY_KEY_PARTS",
                            absl::StrCat(subject, " has ", columns.count,
                                         " columns (", names, "); got ", got)),
                 "values");
}

absl::Status CheckClusteringSize(const Components& components) {
  if (components.total <= kClusteringBytesMax) return absl::OkStatus();
  return InField(
      OverLimit(absl::StatusCode::kInvalidArgument, "clustering key bytes",
                components.total, kClusteringBytesMax),
      "values");
}

// The leading components that a bound or a prefix names.
absl::Status DecodePrefix(const Schema& schema, const Values& values,
                          Components* out) {
  const KeyColumns columns = ColumnsWith(schema, ColumnRole::kClustering);
  if (values.size() > columns.count) {
    return WrongCount("the clustering key", columns, values.size());
  }
  RETURN_IF_ERROR(DecodeComponents(columns, values, out));
  return CheckClusteringSize(*out);
}

absl::StatusOr<std::string> DecodeBound(const Schema& schema,
                                        const Values& values, BoundSide side) {
  Components components;
  RETURN_IF_ERROR(DecodePrefix(schema, values, &components));
  absl::StatusOr<std::string> bound =
      EncodeBound(schema, components.bytes, side);
  if (!bound.ok()) return InField(bound.status(), "values");
  return bound;
}

BoundSide SideOf(const v1::Bound& bound) {
  return bound.after() ? BoundSide::kAfter : BoundSide::kBefore;
}

absl::StatusOr<ClusteringSlice> DecodePrefixSlice(const Schema& schema,
                                                  const v1::Slice& slice) {
  if (slice.has_start() || slice.has_end()) {
    return InField(
        BadRequest("BAD_SLICE", "a slice has a prefix, or start and end"),
        "prefix");
  }
  ClusteringSlice out;
  absl::StatusOr<std::string> start =
      DecodeBound(schema, slice.prefix().values(), BoundSide::kBefore);
  if (!start.ok()) return InField(start.status(), "prefix");
  absl::StatusOr<std::string> end =
      DecodeBound(schema, slice.prefix().values(), BoundSide::kAfter);
  if (!end.ok()) return InField(end.status(), "prefix");
  out.start = *std::move(start);
  out.end = *std::move(end);
  return out;
}

}  // namespace

absl::StatusOr<std::string> DecodePartitionKeyOf(const Schema& schema,
                                                 const v1::Key& key) {
  const KeyColumns columns = ColumnsWith(schema, ColumnRole::kPartitionKey);
  if (key.values_size() != columns.count) {
    return WrongCount("the partition key", columns, key.values_size());
  }
  Components components;
  RETURN_IF_ERROR(DecodeComponents(columns, key.values(), &components));
  // Composites add a length and a terminator to each component.
  const size_t size =
      components.total +
      (columns.count > 1 ? 3 * static_cast<size_t>(columns.count) : 0);
  if (size > kPartitionKeyBytesMax) {
    return InField(
        OverLimit(absl::StatusCode::kInvalidArgument, "partition key bytes",
                  size, kPartitionKeyBytesMax),
        "values");
  }
  if (columns.count == 1 && components.total == 0) {
    return InField(BadRequest("EMPTY_KEY", "the partition key can't be empty"),
                   "values[0]");
  }
  absl::StatusOr<std::string> encoded =
      EncodePartitionKey(schema, components.bytes);
  if (!encoded.ok()) return InField(encoded.status(), "values");
  return encoded;
}

absl::StatusOr<std::string> DecodeRowPosition(const Schema& schema,
                                              const v1::Key& key) {
  const KeyColumns columns = ColumnsWith(schema, ColumnRole::kClustering);
  if (key.values_size() != columns.count) {
    return WrongCount("the clustering key", columns, key.values_size());
  }
  Components components;
  RETURN_IF_ERROR(DecodeComponents(columns, key.values(), &components));
  RETURN_IF_ERROR(CheckClusteringSize(components));
  absl::StatusOr<std::string> encoded =
      EncodeClustering(schema, components.bytes);
  if (!encoded.ok()) return InField(encoded.status(), "values");
  return encoded;
}

absl::StatusOr<ClusteringSlice> DecodeSlice(const Schema& schema,
                                            const v1::Slice& slice) {
  if (slice.has_prefix()) return DecodePrefixSlice(schema, slice);
  ClusteringSlice out;
  if (slice.has_start()) {
    absl::StatusOr<std::string> start =
        DecodeBound(schema, slice.start().values(), SideOf(slice.start()));
    if (!start.ok()) return InField(start.status(), "start");
    out.start = *std::move(start);
  }
  if (slice.has_end()) {
    absl::StatusOr<std::string> end =
        DecodeBound(schema, slice.end().values(), SideOf(slice.end()));
    if (!end.ok()) return InField(end.status(), "end");
    out.end = *std::move(end);
  }
  if (out.start >= out.end) {
    return BadRequest("EMPTY_SLICE",
                      "the slice is empty: start must lie before end in the "
                      "table's clustering order");
  }
  return out;
}

}  // namespace rowan
