// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/delta_chain.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>

#include "storage/base/check.h"
#include "storage/base/status_macros.h"
#include "storage/model/reconcile.h"

namespace rowan {
namespace {

// The image follows the last field without padding.
constexpr size_t kDeltaHeaderSize =
    offsetof(Delta, depth) + sizeof(Delta::depth);

char* ImageOf(const Delta* delta) {
  return reinterpret_cast<char*>(const_cast<Delta*>(delta)) + kDeltaHeaderSize;
}

// A delta with room for its image.
Delta* NewDelta(const Delta* older, WideRowVersion version, size_t image_size,
                uint8_t depth, Arena* arena) {
  // A whole struct fits even when the image is shorter than the padding.
  const size_t size = std::max(sizeof(Delta), kDeltaHeaderSize + image_size);
  return new (arena->Allocate(size))
      Delta{older, version, static_cast<uint32_t>(image_size), depth};
}

// Merges into `merged` the deltas from `delta` to the next whole one, and drops
// what the row's own deletions hide.
absl::Status MergeChain(const Delta* delta, Row* part, Row* merged) {
  while (true) {
    RETURN_IF_ERROR(DecodeRowImage(delta->image(), part));
    MergeRow(*part, merged);
    if (delta->depth == 1) break;
    delta = delta->older;
  }
  ApplyDeletion({}, merged);
  return absl::OkStatus();
}

}  // namespace

std::string_view Delta::image() const { return {ImageOf(this), image_size}; }

void DeltaChain::Prepend(WideRowVersion version, std::string_view image,
                         Arena* arena) {
  const Delta* const older = newest_.load(std::memory_order_relaxed);
  Delta* delta;
  if (older == nullptr || older->depth < kDepthMax) {
    const uint8_t depth = older == nullptr ? 1 : older->depth + 1;
    delta = NewDelta(older, version, image.size(), depth, arena);
    std::memcpy(ImageOf(delta), image.data(), image.size());
  } else {
    Row merged, part;
    ROWAN_CHECK(DecodeRowImage(image, &merged).ok());
    ROWAN_CHECK(MergeChain(older, &part, &merged).ok());
    delta = NewDelta(older, version, RowImageSize(merged), /*depth=*/1, arena);
    EncodeRowImage(merged, ImageOf(delta));
  }
  newest_.store(delta, std::memory_order_release);
}

absl::Status ChainReader::Read(const Delta* newest, WideRowVersion version,
                               std::string_view* image) {
  const Delta* const delta = Delta::At(newest, version);
  if (delta == nullptr) {
    *image = {};
    return absl::OkStatus();
  }
  if (delta->depth == 1) {
    *image = delta->image();
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(DecodeRowImage(delta->image(), &merged_));
  RETURN_IF_ERROR(MergeChain(delta->older, &part_, &merged_));
  buffer_.clear();
  AppendRowImage(merged_, &buffer_);
  *image = buffer_;
  return absl::OkStatus();
}

}  // namespace rowan
