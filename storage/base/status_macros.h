// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_STATUS_MACROS_H_
#define ROWAN_STORAGE_BASE_STATUS_MACROS_H_

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

// Returns from the calling function when `expr` (an absl::Status) is not OK.
#define RETURN_IF_ERROR(expr)                                     \
  do {                                                            \
    if (absl::Status rowan_status_ = (expr); !rowan_status_.ok()) \
        [[unlikely]] {                                            \
      return rowan_status_;                                       \
    }                                                             \
  } while (false)

// Evaluates `expr` (an absl::StatusOr<T>); assigns its value to `lhs` or
// returns its status.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ROWAN_ASSIGN_OR_RETURN_(ROWAN_CONCAT_(rowan_statusor_, __LINE__), lhs, expr)
#define ROWAN_CONCAT_INNER_(a, b) a##b
#define ROWAN_CONCAT_(a, b) ROWAN_CONCAT_INNER_(a, b)
#define ROWAN_ASSIGN_OR_RETURN_(tmp, lhs, expr) \
  auto tmp = (expr);                            \
  if (!tmp.ok()) [[unlikely]]                   \
    return tmp.status();                        \
  lhs = std::move(tmp).value()

namespace rowan {

// The same status with "`where`: " before its message. A layer adds its context
// (file, offset, key range) once, on the way up.
inline absl::Status Annotate(const absl::Status& status,
                             std::string_view where) {
  if (status.ok()) return status;
  return absl::Status(
      status.code(), absl::StrCat(absl::string_view(where.data(), where.size()),
                                  ": ", status.message()));
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_STATUS_MACROS_H_
