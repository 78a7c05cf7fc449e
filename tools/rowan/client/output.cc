// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/output.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "storage/base/check.h"
#include "tools/rowan/client/proto_value.h"

namespace rowan::cli {
namespace {

constexpr std::string_view kGap = "  ";

// "4.1", "-", "12 %", "1.2 GiB": what reads better flush right.
bool LooksNumeric(const std::string& cell) {
  return cell == "-" || (!cell.empty() &&
                         (std::isdigit(static_cast<unsigned char>(cell[0])) ||
                          (cell[0] == '-' && cell.size() > 1)) &&
                         cell.find_first_of(":T") == std::string::npos);
}

// Terminal columns, one per UTF-8 character.
size_t Width(const std::string& cell) {
  return static_cast<size_t>(
      std::count_if(cell.begin(), cell.end(),
                    [](char byte) { return (byte & 0xc0) != 0x80; }));
}

}  // namespace

std::string Json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  ROWAN_CHECK(
      google::protobuf::util::MessageToJsonString(message, &json, options)
          .ok());
  return json;
}

std::string HumanBytes(uint64_t bytes) {
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  double scaled = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  while (scaled >= 1024 && unit + 1 < std::size(kUnits)) {
    scaled /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.1f %s", scaled, kUnits[unit]);
}

std::string HumanTime(int64_t time_us) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMicros(time_us),
                          absl::UTCTimeZone());
}

std::string HumanSeconds(uint64_t seconds) {
  constexpr uint64_t kMinute = 60, kHour = 3600, kDay = 86400;
  if (seconds >= kDay) {
    return absl::StrCat(seconds / kDay, "d ", seconds % kDay / kHour, "h");
  }
  if (seconds >= kHour) {
    return absl::StrCat(seconds / kHour, "h ", seconds % kHour / kMinute, "m");
  }
  if (seconds >= kMinute) {
    return absl::StrCat(seconds / kMinute, "m ", seconds % kMinute, "s");
  }
  return absl::StrCat(seconds, "s");
}

std::string KeyText(const v1::Key& key) {
  std::string text;
  for (const v1::Value& value : key.values()) {
    if (!text.empty()) text += ",";
    const ColumnType type = TypeOfProto(value);
    text += CheckType(type).ok() ? TextFromProto(type, value) : "?";
  }
  return text;
}

TextTable::TextTable(std::vector<std::string> header)
    : header_(std::move(header)), right_(header_.size(), true) {
  for (const std::string& cell : header_) widths_.push_back(Width(cell));
}

void TextTable::Add(std::vector<std::string> cells) {
  ROWAN_CHECK(cells.size() == header_.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    widths_[i] = std::max(widths_[i], Width(cells[i]));
    if (!header_printed_ && !LooksNumeric(cells[i])) right_[i] = false;
  }
  lines_.push_back(std::move(cells));
}

void TextTable::Print(std::ostream& out) {
  if (!header_printed_) PrintLine(out, header_, true);
  header_printed_ = true;
  for (const auto& line : lines_) PrintLine(out, line, false);
  lines_.clear();
}

void TextTable::PrintLine(std::ostream& out,
                          const std::vector<std::string>& cells,
                          bool is_header) const {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string space(widths_[i] - Width(cells[i]), ' ');
    const bool right = right_[i] && !(is_header && lines_.empty());
    absl::StrAppend(&line, i == 0 ? "" : std::string(kGap), right ? space : "",
                    cells[i], right ? "" : space);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out << line << "\n";
}

}  // namespace rowan::cli
