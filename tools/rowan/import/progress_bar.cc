// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/progress_bar.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace rowan::cli {
namespace {

constexpr size_t kWidth = 30;

}  // namespace

void ProgressBar::Show(uint64_t bytes, uint64_t bytes_total, uint64_t rows,
                       double seconds) {
  if (!shown_) return;
  const double part = bytes_total == 0
                          ? 1
                          : std::min(1.0, static_cast<double>(bytes) /
                                              static_cast<double>(bytes_total));
  const size_t filled = static_cast<size_t>(part * kWidth);
  out_ << absl::StreamFormat(
      "\r\x1b[K[%s%s%s] %3.0f %%  %d rows  %.0f rows/s",
      std::string(filled, '='), filled < kWidth ? ">" : "",
      std::string(filled < kWidth ? kWidth - filled - 1 : 0, ' '), part * 100,
      rows, seconds > 0 ? static_cast<double>(rows) / seconds : 0.0);
  out_.flush();
  drawn_ = true;
}

void ProgressBar::Clear() {
  if (drawn_) out_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace rowan::cli
