// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_loss.h"

#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/model/key_codec.h"
#include "storage/model/value.h"

namespace rowan {
namespace {

std::string Hex(const std::string& bytes) {
  return absl::StrCat("0x", absl::BytesToHexString(bytes));
}

std::string InBrackets(const std::vector<std::string>& values) {
  return absl::StrCat("(", absl::StrJoin(values, ", "), ")");
}

std::string PositionText(const Schema& schema, const std::string& position) {
  const auto decoded = DecodePosition(schema, position);
  if (!decoded.ok()) return Hex(position);
  const auto columns = schema.ColumnsOf(ColumnRole::kClustering);
  std::vector<std::string> values;
  for (size_t i = 0; i < decoded->components.size(); ++i) {
    values.push_back(FormatValue(columns[i]->type, decoded->components[i]));
  }
  return InBrackets(values);
}

}  // namespace

std::string PartitionKeyText(const Schema& schema,
                             const std::string& partition_key) {
  const auto components = DecodePartitionKey(schema, partition_key);
  if (!components.ok()) return Hex(partition_key);
  const auto columns = schema.ColumnsOf(ColumnRole::kPartitionKey);
  std::vector<std::string> values;
  for (size_t i = 0; i < components->size(); ++i) {
    values.push_back(FormatValue(columns[i]->type, (*components)[i]));
  }
  return InBrackets(values);
}

std::string LossText(const Schema& schema, const SSTableLoss& loss) {
  if (loss.partition_key.empty()) {
    return absl::StrCat("wide rows with tokens ", loss.first.ToSigned(), " to ",
                        loss.last.ToSigned());
  }
  return absl::StrCat("rows ", loss.from.empty() ? "from the first" : "from ",
                      loss.from.empty() ? "" : PositionText(schema, loss.from),
                      loss.to.empty() ? " to the last" : " to below ",
                      loss.to.empty() ? "" : PositionText(schema, loss.to),
                      " of wide row ",
                      PartitionKeyText(schema, loss.partition_key));
}

}  // namespace rowan
