// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/test_case.h"

#include <array>
#include <limits>

#include "storage/base/status_macros.h"
#include "tests/model/case/text_cursor.h"

namespace rowan {
namespace {

constexpr std::array<OptionSet, 3> kOptionSets = {{
    {"one", 0, 0, Compression::kNone, 64 << 10, false},
    // Flushes every few writes.
    {"four", 2, -4, Compression::kLz4, 1 << 10, false},
    {"sixteen", 4, 4, Compression::kZstd, 2 << 10, true},
}};

// "options NAME seed N"
bool ParseOptions(std::string_view line, TestCase* test) {
  const std::vector<std::string_view> words = WordsOf(line);
  if (words.size() != 4 || words[0] != "options" || words[2] != "seed") {
    return false;
  }
  test->options = FindOptionSet(words[1]);
  TextCursor number(words[3]);
  return test->options != nullptr &&
         number.TakeNumber(std::numeric_limits<uint64_t>::max(), &test->seed) &&
         number.AtEnd();
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (!line.empty() && line[0] != '#') lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::span<const OptionSet> OptionSets() { return kOptionSets; }

const OptionSet* FindOptionSet(std::string_view name) {
  for (const OptionSet& options : kOptionSets) {
    if (options.name == name) return &options;
  }
  return nullptr;
}

std::string FormatCase(const TestCase& test) {
  std::string text = FormatShape(test.shape) + "\noptions " +
                     std::string(test.options->name) + " seed " +
                     std::to_string(test.seed) + "\n";
  for (const Operation& operation : test.operations) {
    text += FormatOperation(operation) + "\n";
  }
  return text;
}

absl::StatusOr<TestCase> ParseCase(std::string_view text) {
  const std::vector<std::string_view> lines = LinesOf(text);
  if (lines.size() < 2) return absl::InvalidArgumentError("no case");
  TestCase test;
  ASSIGN_OR_RETURN(test.shape, ParseShape(lines[0]));
  if (!ParseOptions(lines[1], &test)) {
    return absl::InvalidArgumentError("no options: " + std::string(lines[1]));
  }
  for (size_t i = 2; i < lines.size(); ++i) {
    ASSIGN_OR_RETURN(Operation operation, ParseOperation(test.shape, lines[i]));
    test.operations.push_back(std::move(operation));
  }
  return test;
}

}  // namespace rowan
