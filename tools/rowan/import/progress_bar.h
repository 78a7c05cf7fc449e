// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_PROGRESS_BAR_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_PROGRESS_BAR_H_

#include <cstdint>
#include <ostream>
#include <string>

namespace rowan::cli {

// "[=====>    ]  52 %  1203344 rows  310000 rows/s" on one line of a terminal.
// Silent when it is not shown.
class ProgressBar {
 public:
  ProgressBar(std::ostream& out, bool shown) : out_(out), shown_(shown) {}
  ~ProgressBar() { Clear(); }

  void Show(uint64_t bytes, uint64_t bytes_total, uint64_t rows,
            double seconds);
  // Leaves an empty line behind, for other talk.
  void Clear();

 private:
  std::ostream& out_;
  const bool shown_;
  bool drawn_ = false;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_PROGRESS_BAR_H_
