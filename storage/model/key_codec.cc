// SPDX-License-Identifier: Apache-2.0
#include "storage/model/key_codec.h"

#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/types/key_bytes.h"

namespace rowan {
namespace {

// A component's size in a partition key of several.
constexpr size_t kComponentOverhead = sizeof(uint16_t) + 1;

// The columns of one key role, which stand side by side in a schema: no
// allocation on the write path.
std::span<const Column> KeyColumns(const Schema& schema, ColumnRole role) {
  size_t first = 0;
  while (first < schema.columns.size() && schema.columns[first].role < role) {
    ++first;
  }
  size_t end = first;
  while (end < schema.columns.size() && schema.columns[end].role == role) {
    ++end;
  }
  return std::span(schema.columns).subspan(first, end - first);
}

absl::Status CheckComponent(const Column& column, std::string_view value,
                            LaterFields later = LaterFields::kRefuse) {
  if (!HasOrder(column.type)) [[unlikely]] {
    return absl::InvalidArgumentError("key column '" + column.name +
                                      "': a duration has no order");
  }
  const absl::Status status = CheckForm(column.type, value, later);
  if (status.ok()) return status;
  return Annotate(status, "key column '" + column.name + "'");
}

absl::Status WrongCount(std::string_view key, size_t found, size_t wanted) {
  return absl::InvalidArgumentError(
      std::string(key) + ": expected " + std::to_string(wanted) +
      (wanted == 1 ? " component" : " components") + ", found " +
      std::to_string(found));
}

absl::Status TooLarge(std::string_view key, size_t size, size_t limit) {
  return absl::InvalidArgumentError(
      std::string(key) + ": " + std::to_string(size) +
      " bytes are over the limit of " + std::to_string(limit));
}

absl::Status MalformedKey(std::string_view what) {
  return absl::DataLossError(std::string(what));
}

size_t PartitionKeySize(std::span<const std::string_view> components) {
  if (components.size() == 1) return components[0].size();
  size_t size = 0;
  for (std::string_view value : components) {
    size += value.size() + kComponentOverhead;
  }
  return size;
}

void AppendClusteringComponent(const Column& column, std::string_view value,
                               std::string* out) {
  out->push_back(position::kComponent);
  const size_t start = out->size();
  AppendKeyForm(column.type, value, out);
  if (column.descending) InvertFrom(start, out);
}

// The last component, which ends before the byte that ends the position.
bool TakeLastComponent(const Column& column, std::string_view* in,
                       std::string* value) {
  if (in->empty()) return false;
  std::string form(in->substr(0, in->size() - 1));
  in->remove_prefix(form.size());
  if (column.descending) InvertFrom(0, &form);
  return ReadWholeKeyForm(column.type, form, value);
}

bool TakeClusteringComponent(const Column& column, bool is_last,
                             std::string_view* in, std::string* value) {
  if (is_last && column.type.kind == TypeKind::kUserType) [[unlikely]] {
    return TakeLastComponent(column, in, value);
  }
  if (!column.descending) return ReadKeyForm(column.type, in, value);
  std::string ascending(*in);
  InvertFrom(0, &ascending);
  std::string_view rest = ascending;
  if (!ReadKeyForm(column.type, &rest, value)) return false;
  in->remove_prefix(in->size() - rest.size());
  return true;
}

// Components alone, without what ends a position.
absl::StatusOr<std::string> EncodePrefix(
    std::span<const Column> columns,
    std::span<const std::string_view> components) {
  size_t size = 0;
  for (size_t i = 0; i < components.size(); ++i) {
    RETURN_IF_ERROR(CheckComponent(columns[i], components[i]));
    size += components[i].size();
  }
  if (size > kClusteringBytesMax) {
    return TooLarge("clustering key", size, kClusteringBytesMax);
  }
  std::string out;
  // Eight-byte components, the common case, need no growth.
  out.reserve(size + 2 * components.size() + 1);
  for (size_t i = 0; i < components.size(); ++i) {
    AppendClusteringComponent(columns[i], components[i], &out);
  }
  return out;
}

}  // namespace

absl::StatusOr<std::string> EncodePartitionKey(
    const Schema& schema, std::span<const std::string_view> components) {
  const auto columns = KeyColumns(schema, ColumnRole::kPartitionKey);
  if (components.size() != columns.size()) {
    return WrongCount("partition key", components.size(), columns.size());
  }
  const size_t size = PartitionKeySize(components);
  if (size > kPartitionKeyBytesMax) {
    return TooLarge("partition key", size, kPartitionKeyBytesMax);
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    RETURN_IF_ERROR(CheckComponent(columns[i], components[i]));
  }
  if (columns.size() == 1) {
    if (!components[0].empty()) return std::string(components[0]);
    return absl::InvalidArgumentError(
        "key column '" + columns[0].name +
        "': expected at least one byte; a partition key can't be empty");
  }
  std::string key;
  key.reserve(size);
  for (std::string_view value : components) {
    PutBig(static_cast<uint16_t>(value.size()), &key);
    key.append(value);
    key.push_back('\0');
  }
  return key;
}

absl::StatusOr<std::vector<std::string_view>> DecodePartitionKey(
    const Schema& schema, std::string_view key) {
  const auto columns = KeyColumns(schema, ColumnRole::kPartitionKey);
  std::vector<std::string_view> components;
  if (key.empty() || key.size() > kPartitionKeyBytesMax) {
    return MalformedKey("partition key: bad size");
  }
  if (columns.size() == 1) {
    components.push_back(key);
  } else {
    for (size_t i = 0; i < columns.size(); ++i) {
      uint16_t size;
      if (!GetBig(&key, &size) || key.size() <= size || key[size] != '\0') {
        return MalformedKey("partition key: bad component");
      }
      components.push_back(key.substr(0, size));
      key.remove_prefix(size + 1u);
    }
    if (!key.empty()) return MalformedKey("partition key: bytes after the end");
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!CheckComponent(columns[i], components[i], LaterFields::kSkip).ok()) {
      return MalformedKey("partition key: a component is no value of its type");
    }
  }
  return components;
}

absl::StatusOr<std::string> EncodeClustering(
    const Schema& schema, std::span<const std::string_view> components) {
  const auto columns = KeyColumns(schema, ColumnRole::kClustering);
  if (components.size() != columns.size()) {
    return WrongCount("clustering key", components.size(), columns.size());
  }
  ASSIGN_OR_RETURN(std::string out, EncodePrefix(columns, components));
  out.push_back(position::kEnd);
  return out;
}

absl::StatusOr<std::string> EncodeBound(
    const Schema& schema, std::span<const std::string_view> components,
    BoundSide side) {
  const auto columns = KeyColumns(schema, ColumnRole::kClustering);
  if (components.size() > columns.size()) {
    return WrongCount("clustering prefix", components.size(), columns.size());
  }
  ASSIGN_OR_RETURN(std::string out, EncodePrefix(columns, components));
  out.push_back(side == BoundSide::kBefore ? position::kBefore
                                           : position::kAfter);
  return out;
}

absl::StatusOr<DecodedPosition> DecodePosition(const Schema& schema,
                                               std::string_view position) {
  const auto columns = KeyColumns(schema, ColumnRole::kClustering);
  DecodedPosition decoded;
  while (position.starts_with(position::kComponent)) {
    const size_t i = decoded.components.size();
    if (i == columns.size())
      return MalformedKey("position: too many components");
    position.remove_prefix(1);
    if (!TakeClusteringComponent(columns[i], i + 1 == columns.size(), &position,
                                 &decoded.components.emplace_back())) {
      return MalformedKey("position: bad component");
    }
  }
  if (position.size() != 1) return MalformedKey("position: bad end");
  decoded.kind = position[0];
  const bool row = decoded.kind == position::kEnd;
  const bool bound =
      decoded.kind == position::kBefore || decoded.kind == position::kAfter;
  if (!row && !bound) return MalformedKey("position: unknown end");
  if (row && decoded.components.size() != columns.size()) {
    return MalformedKey("position: a row without all its components");
  }
  return decoded;
}

}  // namespace rowan
