// SPDX-License-Identifier: Apache-2.0
#include "node/config/config_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "node/config/config_units.h"
#include "storage/base/text/edit_distance.h"

namespace rowan {
namespace {

std::string Section(std::string_view name) {
  return std::string(name.substr(0, name.find('.')));
}

// Walks the parsed file and collects what is wrong with it.
class ConfigReader {
 public:
  ConfigReader(std::string_view file_name, NodeConfig* config)
      : file_name_(file_name), config_(config) {}

  void ReadRoot(const YAML::Node& root) {
    if (root.IsNull() || !root.IsDefined()) return;
    if (!root.IsMap()) {
      Error(root.Mark(), "expected sections, like 'listen:'");
      return;
    }
    for (const auto& entry : root) ReadSection(entry.first, entry.second);
  }

  void Error(const YAML::Mark& mark, const std::string& what) {
    errors_.push_back(absl::StrCat(file_name_, ":", mark.line + 1, ":",
                                   mark.column + 1, ": ", what));
  }

  std::vector<std::string> TakeErrors() { return std::move(errors_); }

 private:
  void ReadSection(const YAML::Node& name, const YAML::Node& value) {
    const std::string section = name.IsScalar() ? name.Scalar() : "";
    const auto keys = ConfigKeys();
    const bool known = std::any_of(
        keys.begin(), keys.end(),
        [&](const ConfigKey& key) { return Section(key.name) == section; });
    if (!known) return Unknown(name, section, /*sections=*/true);
    if (!seen_.insert(section).second) {
      return Error(name.Mark(), absl::StrCat("'", section, "' comes twice"));
    }
    if (value.IsNull()) return;
    if (!value.IsMap()) {
      return Error(value.Mark(),
                   absl::StrCat("'", section, "' holds keys, not a value"));
    }
    for (const auto& entry : value) {
      ReadKey(section, entry.first, entry.second);
    }
  }

  void ReadKey(const std::string& section, const YAML::Node& name,
               const YAML::Node& value) {
    const std::string full_name =
        section + "." + (name.IsScalar() ? name.Scalar() : "");
    const auto keys = ConfigKeys();
    const auto key = std::find_if(
        keys.begin(), keys.end(),
        [&](const ConfigKey& known) { return known.name == full_name; });
    if (key == keys.end()) return Unknown(name, full_name, false);
    if (!seen_.insert(full_name).second) {
      return Error(name.Mark(), absl::StrCat("'", full_name, "' comes twice"));
    }
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    if (!value.IsScalar() || !SetConfigValue(*key, text, config_)) {
      Error(value.Mark(), absl::StrCat("'", full_name, ": ", text,
                                       "': expected ", Expected(*key)));
    }
  }

  void Unknown(const YAML::Node& at, const std::string& name, bool sections) {
    std::string nearest;
    size_t least = name.size();  // farther is no likeness
    for (const ConfigKey& key : ConfigKeys()) {
      const std::string candidate =
          sections ? Section(key.name) : std::string(key.name);
      const size_t distance = EditDistance(name, candidate);
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
    std::string what = absl::StrCat("unknown key '", name, "'");
    if (!nearest.empty()) {
      absl::StrAppend(&what, "; did you mean '", nearest, "'?");
    }
    Error(at.Mark(), what);
  }

  const std::string file_name_;
  NodeConfig* const config_;
  std::set<std::string> seen_;
  std::vector<std::string> errors_;
};

}  // namespace

std::vector<std::string> ReadConfig(std::string_view file_name,
                                    const std::string& text,
                                    NodeConfig* config) {
  ConfigReader reader(file_name, config);
  try {  // yaml-cpp knows no other way to say that a file is malformed
    reader.ReadRoot(YAML::Load(text));
  } catch (const YAML::Exception& error) {
    reader.Error(error.mark, error.msg);
  }
  return reader.TakeErrors();
}

std::string PrintConfig(const NodeConfig& config) {
  std::string out;
  std::string section;
  for (const ConfigKey& key : ConfigKeys()) {
    if (Section(key.name) != section) {
      section = Section(key.name);
      absl::StrAppend(&out, out.empty() ? "" : "\n", section, ":\n");
    }
    const std::string name(key.name.substr(section.size() + 1));
    absl::StrAppend(&out, "  # ", std::string(key.sentence), "\n  # ",
                    Expected(key), "; default \"",
                    std::string(key.default_value), "\"\n");
    YAML::Emitter value;
    value << YAML::DoubleQuoted << ConfigValue(key, config);
    absl::StrAppend(&out, "  ", name, ": ", value.c_str(), "\n");
  }
  return out;
}

}  // namespace rowan
