// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_CHECK_H_
#define ROWAN_STORAGE_BASE_CHECK_H_

namespace rowan {

// Prints file, line and expression to stderr and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* what);

}  // namespace rowan

// Stops the process when going on could write wrong data. On in every build.
// Bytes from a disk or a network never reach one: they become an absl::Status.
#define ROWAN_CHECK(condition)                              \
  do {                                                      \
    if (!(condition)) [[unlikely]] {                        \
      ::rowan::CheckFailed(__FILE__, __LINE__, #condition); \
    }                                                       \
  } while (false)

// An invariant that would otherwise be only a comment. Off under NDEBUG.
#ifdef NDEBUG
#define ROWAN_DCHECK(condition) \
  do {                          \
    if (false) {                \
      (void)(condition);        \
    }                           \
  } while (false)
#else
#define ROWAN_DCHECK(condition) ROWAN_CHECK(condition)
#endif

#endif  // ROWAN_STORAGE_BASE_CHECK_H_
