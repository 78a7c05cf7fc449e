// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MEMTABLE_INTERLEAVING_ATOMIC_HOOKS_H_
#define ROWAN_TESTS_STORAGE_MEMTABLE_INTERLEAVING_ATOMIC_HOOKS_H_

namespace rowan {

// `hook` is called before every atomic operation of code that is compiled with
// -fsanitize=thread and linked without it: the compiler makes each one a call,
// and atomic_hooks.cc answers these calls. Null: no hook. The hook itself is
// compiled without. Not thread-safe.
void SetAtomicHook(void (*hook)());

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MEMTABLE_INTERLEAVING_ATOMIC_HOOKS_H_
