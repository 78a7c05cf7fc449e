// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_SHARED_BYTES_H_
#define ROWAN_TESTS_LIB_SHARED_BYTES_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace rowan {

// Bytes whose copies cost nothing until one of them is changed: a whole disk
// is kept at each of its operations. Thread-compatible, and so are all copies
// together.
class SharedBytes {
 public:
  SharedBytes() = default;
  explicit SharedBytes(std::string bytes)
      : bytes_(std::make_shared<std::string>(std::move(bytes))) {}

  const std::string& get() const {
    static const std::string* const kNone = new std::string;
    return bytes_ == nullptr ? *kNone : *bytes_;
  }
  size_t size() const { return get().size(); }

  // To be changed, until the next copy is made. Copies what is shared.
  std::string* own() {
    if (bytes_ == nullptr) {
      bytes_ = std::make_shared<std::string>();
    } else if (bytes_.use_count() > 1) {
      bytes_ = std::make_shared<std::string>(*bytes_);
    }
    return bytes_.get();
  }

 private:
  std::shared_ptr<std::string> bytes_;  // null: none
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_SHARED_BYTES_H_
