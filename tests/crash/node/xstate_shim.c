// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD under User-Mode-Linux 6.1. It asks ptrace for the extended
// registers back from a buffer that is too short for CPUs with AMX, and gives
// up. Here the kernel gets all that it has itself, with the guest's part in it.
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { kNtX86Xstate = 0x202 };  // NT_X86_XSTATE of <linux/elf.h>

static long peek(long request, long pid, long address) {
  long value;
  if (syscall(SYS_ptrace, request, pid, address, &value) < 0) return -1;
  errno = 0;
  return value;
}

static long set_registers(long pid, const struct iovec* part) {
  static char whole[1 << 15];
  struct iovec all = {whole, sizeof whole};
  if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, kNtX86Xstate, &all) < 0) {
    return -1;
  }
  memcpy(whole, part->iov_base,
         part->iov_len < all.iov_len ? part->iov_len : all.iov_len);
  return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, kNtX86Xstate, &all);
}

long ptrace(enum __ptrace_request request, ...) {
  va_list arguments;
  va_start(arguments, request);
  const long pid = va_arg(arguments, long);
  const long address = va_arg(arguments, long);
  void* const data = va_arg(arguments, void*);
  va_end(arguments);
  switch ((int)request) {
    case PTRACE_PEEKTEXT:
    case PTRACE_PEEKDATA:
    case PTRACE_PEEKUSER:
      return peek(request, pid, address);
    case PTRACE_SETREGSET:
      if (address == kNtX86Xstate) return set_registers(pid, data);
      break;
    default:
      break;
  }
  return syscall(SYS_ptrace, request, pid, address, data);
}
