// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/key_selection.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "partitioner/murmur3.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"
#include "storage/model/value.h"

namespace rowan {
namespace {

// At colons that no backslash precedes.
std::vector<std::string> SplitComponents(std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escaped =
        text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ':';
    if (text[i] == ':') {
      parts.emplace_back();
    } else {
      if (escaped) ++i;
      parts.back().push_back(text[i]);
    }
  }
  return parts;
}

absl::StatusOr<std::string> ParseKey(const Schema& schema,
                                     const std::string& text) {
  const auto columns = schema.ColumnsOf(ColumnRole::kPartitionKey);
  const std::vector<std::string> parts = columns.size() == 1
                                             ? std::vector<std::string>{text}
                                             : SplitComponents(text);
  if (parts.size() != columns.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected ", columns.size(),
                     " components separated by ':', got ", parts.size()));
  }
  std::vector<std::string> values;
  for (size_t i = 0; i < parts.size(); ++i) {
    absl::StatusOr<std::string> value = ParseValue(columns[i]->type, parts[i]);
    if (!value.ok()) return Annotate(value.status(), columns[i]->name);
    values.push_back(*std::move(value));
  }
  const std::vector<std::string_view> views(values.begin(), values.end());
  return EncodePartitionKey(schema, views);
}

}  // namespace

absl::StatusOr<KeySelection> KeySelection::Parse(
    const Schema& schema, const std::vector<std::string>& include,
    const std::vector<std::string>& exclude) {
  KeySelection selection;
  for (const auto* texts : {&include, &exclude}) {
    for (const std::string& text : *texts) {
      absl::StatusOr<std::string> key = ParseKey(schema, text);
      if (!key.ok()) {
        return Annotate(key.status(), absl::StrCat("key '", text, "'"));
      }
      if (texts == &include) {
        selection.include.emplace_back(TokenOfKey(*key), *key);
      } else {
        selection.exclude.insert(*std::move(key));
      }
    }
  }
  auto& keys = selection.include;
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return selection;
}

}  // namespace rowan
