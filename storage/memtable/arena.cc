// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/arena.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "storage/base/check.h"

namespace rowan {
namespace {

constexpr size_t RoundUp(size_t bytes) { return (bytes + 7) & ~size_t{7}; }

}  // namespace

Arena::~Arena() {
  for (Chunk* chunk = chunks_; chunk != nullptr;) {
    Chunk* const older = chunk->older;
    std::free(chunk);
    chunk = older;
  }
  budget_->Release(memory_bytes());
}

char* Arena::Chunk::Take(size_t bytes) {
  const size_t offset = used.fetch_add(bytes, std::memory_order_relaxed);
  if (offset + bytes > size) return nullptr;
  return reinterpret_cast<char*>(this) + offset;
}

char* Arena::Allocate(size_t bytes) {
  bytes = RoundUp(bytes);
  if (bytes > kSharedSizeMax) return AllocateAlone(bytes, /*zeroed=*/false);
  while (true) {
    Chunk* const chunk = current_.load(std::memory_order_acquire);
    if (chunk != nullptr) {
      if (char* const taken = chunk->Take(bytes)) return taken;
    }
    Renew(chunk, bytes);
  }
}

char* Arena::AllocateZeroed(size_t bytes) {
  if (RoundUp(bytes) > kSharedSizeMax) {
    return AllocateAlone(RoundUp(bytes), /*zeroed=*/true);
  }
  char* const taken = Allocate(bytes);
  std::memset(taken, 0, bytes);
  return taken;
}

void Arena::Renew(const Chunk* full, size_t bytes) {
  MutexLock lock(mutex_);
  if (current_.load(std::memory_order_relaxed) != full) return;
  size_t size = full == nullptr ? kChunkSizeMin : full->size * 2;
  // Four times the request at least: what it leaves of a chunk stays small.
  while (size < 4 * bytes) size *= 2;
  Chunk* const chunk = NewChunk(std::min(size, kChunkSizeMax), false);
  current_.store(chunk, std::memory_order_release);
}

char* Arena::AllocateAlone(size_t bytes, bool zeroed) {
  MutexLock lock(mutex_);
  return NewChunk(sizeof(Chunk) + bytes, zeroed)->Take(bytes);
}

Arena::Chunk* Arena::NewChunk(size_t size, bool zeroed) {
  void* const memory = zeroed ? std::calloc(1, size) : std::malloc(size);
  ROWAN_CHECK(memory != nullptr);
  Chunk* const chunk = new (memory) Chunk{chunks_, size, sizeof(Chunk)};
  chunks_ = chunk;
  memory_bytes_.fetch_add(static_cast<int64_t>(size),
                          std::memory_order_relaxed);
  budget_->Charge(static_cast<int64_t>(size));
  return chunk;
}

}  // namespace rowan
