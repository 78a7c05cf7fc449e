// SPDX-License-Identifier: Apache-2.0
// What a compiler calls for -fsanitize=thread (its interface: LLVM's
// tsan_interface_atomic.h), without the sanitizer behind it.
#include "tests/storage/memtable/interleaving/atomic_hooks.h"

#include <cstddef>
#include <cstdint>

namespace {

void (*hook)() = nullptr;

void BeforeAtomic() {
  if (hook != nullptr) hook();
}

}  // namespace

namespace rowan {

void SetAtomicHook(void (*new_hook)()) { hook = new_hook; }

}  // namespace rowan

// NOLINTBEGIN: the names are the compiler's.
extern "C" {

#define ROWAN_ATOMIC_OPERATION(bits, name, builtin)                        \
  uint##bits##_t __tsan_atomic##bits##_##name(volatile uint##bits##_t* at, \
                                              uint##bits##_t value, int) { \
    BeforeAtomic();                                                        \
    return builtin(at, value, __ATOMIC_SEQ_CST);                           \
  }
#define ROWAN_ATOMICS(bits)                                                    \
  uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t* at, \
                                            int) {                             \
    BeforeAtomic();                                                            \
    return __atomic_load_n(at, __ATOMIC_SEQ_CST);                              \
  }                                                                            \
  void __tsan_atomic##bits##_store(volatile uint##bits##_t* at,                \
                                   uint##bits##_t value, int) {                \
    BeforeAtomic();                                                            \
    __atomic_store_n(at, value, __ATOMIC_SEQ_CST);                             \
  }                                                                            \
  int __tsan_atomic##bits##_compare_exchange_strong(                           \
      volatile uint##bits##_t* at, uint##bits##_t* expected,                   \
      uint##bits##_t desired, int, int) {                                      \
    BeforeAtomic();                                                            \
    return __atomic_compare_exchange_n(at, expected, desired, false,           \
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);    \
  }                                                                            \
  int __tsan_atomic##bits##_compare_exchange_weak(                             \
      volatile uint##bits##_t* at, uint##bits##_t* expected,                   \
      uint##bits##_t desired, int success, int failure) {                      \
    return __tsan_atomic##bits##_compare_exchange_strong(                      \
        at, expected, desired, success, failure);                              \
  }                                                                            \
  ROWAN_ATOMIC_OPERATION(bits, exchange, __atomic_exchange_n)                  \
  ROWAN_ATOMIC_OPERATION(bits, fetch_add, __atomic_fetch_add)                  \
  ROWAN_ATOMIC_OPERATION(bits, fetch_sub, __atomic_fetch_sub)                  \
  ROWAN_ATOMIC_OPERATION(bits, fetch_or, __atomic_fetch_or)                    \
  ROWAN_ATOMIC_OPERATION(bits, fetch_and, __atomic_fetch_and)

ROWAN_ATOMICS(8)
ROWAN_ATOMICS(16)
ROWAN_ATOMICS(32)
ROWAN_ATOMICS(64)

// Plain reads and writes are none of the explorer's business.
#define ROWAN_PLAIN(size)                    \
  void __tsan_read##size(void*) {}           \
  void __tsan_write##size(void*) {}          \
  void __tsan_unaligned_read##size(void*) {} \
  void __tsan_unaligned_write##size(void*) {}

ROWAN_PLAIN(1)
ROWAN_PLAIN(2)
ROWAN_PLAIN(4)
ROWAN_PLAIN(8)
ROWAN_PLAIN(16)
void __tsan_read_range(void*, size_t) {}
void __tsan_write_range(void*, size_t) {}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_init() {}

}  // extern "C"
// NOLINTEND
