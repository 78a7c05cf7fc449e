// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_PAGE_BUDGET_H_
#define ROWAN_STORAGE_READ_PAGE_BUDGET_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "storage/base/clock.h"
#include "storage/read/read_command.h"

namespace rowan {

// What one page may still take: rows, bytes, tombstones, work and time. It is
// asked after every fragment, so a page always moves on by at least one.
//
// Thread-compatible; `command` and `clock` outlive it. The clock is read every
// kLooksPerClock looks.
class PageBudget {
 public:
  static constexpr uint32_t kLooksPerClock = 64;

  PageBudget(const ReadCommand& command, const Clock& clock)
      : command_(command), clock_(clock) {}

  // One row or wide row was looked at, shown or not.
  void CountLook() {
    ++looks_;
    ++looks_since_clock_;
  }
  // ReadCommand::page_idle_bytes_max.
  void CountIdleBytes(uint64_t bytes) { idle_bytes_ += bytes; }
  void CountTombstones(uint64_t tombstones) { tombstones_ += tombstones; }
  void CountRow(size_t bytes) {
    ++rows_;
    bytes_ += bytes;
  }

  // Why the page has to end here; nullopt: there is room.
  std::optional<EndReason> Ended();

  uint64_t rows() const { return rows_; }
  // No later page may show a row either.
  bool limit_reached() const { return rows_ >= command_.limit; }

 private:
  const ReadCommand& command_;
  const Clock& clock_;
  uint64_t rows_ = 0;
  uint64_t bytes_ = 0;
  uint64_t tombstones_ = 0;
  uint64_t looks_ = 0;
  uint64_t idle_bytes_ = 0;
  uint32_t looks_since_clock_ = 0;
  bool late_ = false;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_PAGE_BUDGET_H_
