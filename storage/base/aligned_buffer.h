// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_ALIGNED_BUFFER_H_
#define ROWAN_STORAGE_BASE_ALIGNED_BUFFER_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

#include "storage/base/file_system.h"

namespace rowan {

// Memory that direct I/O takes: address and size are multiples of
// kDirectIoAlignment. Not zeroed, so that untouched pages cost nothing.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  // Rounds `size` up.
  explicit AlignedBuffer(size_t size)
      : size_((size + kDirectIoAlignment - 1) / kDirectIoAlignment *
              kDirectIoAlignment),
        data_(static_cast<char*>(
            ::operator new (size_, std::align_val_t{kDirectIoAlignment}))) {}

  char* data() const { return data_.get(); }
  size_t size() const { return size_; }
  std::span<char> span() const { return {data(), size_}; }
  std::string_view view() const { return {data(), size_}; }
  void Zero() { std::memset(data(), 0, size_); }

 private:
  struct Free {
    void operator()(char* p) const {
      ::operator delete (p, std::align_val_t{kDirectIoAlignment});
    }
  };
  size_t size_ = 0;
  std::unique_ptr<char, Free> data_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_ALIGNED_BUFFER_H_
