// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_names.h"

#include <charconv>

#include "storage/manifest/format.h"

namespace rowan {

using manifest_format::kCopySuffix;
using manifest_format::kFilePrefix;
using manifest_format::kTemporarySuffix;

std::array<std::string, 2> ManifestNames(uint64_t number) {
  const std::string name = std::string(kFilePrefix) + std::to_string(number);
  return {name, name + std::string(kCopySuffix)};
}

std::optional<uint64_t> ParseManifestName(std::string_view name) {
  if (!name.starts_with(kFilePrefix)) return std::nullopt;
  name.remove_prefix(kFilePrefix.size());
  if (name.ends_with(kCopySuffix)) name.remove_suffix(kCopySuffix.size());
  uint64_t number = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || stop != end || name[0] == '0') {
    return std::nullopt;
  }
  return number;
}

bool IsUnfinishedManifest(std::string_view name) {
  return name.starts_with(kFilePrefix) && name.ends_with(kTemporarySuffix);
}

}  // namespace rowan
