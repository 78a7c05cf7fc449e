// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/loss/sstable_loss.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>
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

// Whether `next`, which begins at or behind `loss`, is a part of it now.
bool Join(const SSTableLoss& next, SSTableLoss* loss) {
  if (loss->partition_key.empty()) {
    const bool touches =
        next.first <= loss->last || next.first.value == loss->last.value + 1;
    if (!touches || (!next.partition_key.empty() && next.first > loss->last)) {
      return false;
    }
    loss->last = std::max(loss->last, next.last);
    return true;
  }
  if (loss->first != next.first || loss->partition_key != next.partition_key) {
    return false;
  }
  if (!loss->to.empty() && loss->to < next.from) return false;
  if (next.to.empty() || (!loss->to.empty() && loss->to < next.to)) {
    loss->to = next.to;
  }
  return true;
}

}  // namespace

std::vector<SSTableLoss> JoinLosses(std::vector<SSTableLoss> losses) {
  std::sort(losses.begin(), losses.end(),
            [](const SSTableLoss& a, const SSTableLoss& b) {
              return std::tie(a.first, a.partition_key, a.from) <
                     std::tie(b.first, b.partition_key, b.from);
            });
  std::vector<SSTableLoss> joined;
  for (SSTableLoss& loss : losses) {
    if (!joined.empty() && Join(loss, &joined.back())) continue;
    if (joined.size() < kLossesMax) {
      loss.what.resize(std::min(loss.what.size(), kLossWhatBytesMax));
      joined.push_back(std::move(loss));
      continue;
    }
    SSTableLoss& rest = joined.back();
    rest.last = std::max(rest.last, loss.last);
    rest.partition_key.clear();
    rest.from.clear();
    rest.to.clear();
  }
  return joined;
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
