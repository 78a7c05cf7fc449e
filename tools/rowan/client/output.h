// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_OUTPUT_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_OUTPUT_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "rowan/v1/types.pb.h"

namespace rowan::cli {

// The message as JSON in one line, with the field names of the proto and with
// fields that are zero.
std::string Json(const google::protobuf::Message& message);

// "1.2 GiB", "17 B".
std::string HumanBytes(uint64_t bytes);
// "2014-04-01T00:00:00.000Z" of microseconds since 1970.
std::string HumanTime(int64_t time_us);
// "3d 4h", "12s".
std::string HumanSeconds(uint64_t seconds);
// "a,b" of a key's components.
std::string KeyText(const v1::Key& key);

// Lines of equal columns, as wide as the widest cell of the lines that are
// there when Print is called. Columns of numbers stand to the right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);

  void Add(std::vector<std::string> cells);
  // Prints the header with the first lines, then only lines; forgets them and
  // keeps the widths.
  void Print(std::ostream& out);

 private:
  void PrintLine(std::ostream& out, const std::vector<std::string>& cells,
                 bool is_header) const;

  const std::vector<std::string> header_;
  std::vector<std::vector<std::string>> lines_;
  std::vector<size_t> widths_;
  std::vector<bool> right_;
  bool header_printed_ = false;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_OUTPUT_H_
