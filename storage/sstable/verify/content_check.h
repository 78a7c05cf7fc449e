// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_VERIFY_CONTENT_CHECK_H_
#define ROWAN_STORAGE_SSTABLE_VERIFY_CONTENT_CHECK_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sstable/sstable_reader.h"

namespace rowan {

// Whether what was read of a file in order is also found by who looks for it,
// and is of the file's schema. Each call answers what is wrong, a line each.
//
// Thread-compatible; the table outlives it. Costs two seeks a wide row and one
// a fragment, each a block read and checked.
class ContentCheck {
 public:
  explicit ContentCheck(const SSTableReader* table);

  std::vector<std::string> CheckHead(const WideRowHead& head);
  // Of the wide row whose head was checked last.
  std::vector<std::string> CheckFragment(const RowFragment& fragment);

 private:
  void CheckFound(const WideRowHead& head, std::vector<std::string>* wrong);
  void CheckImage(std::string_view image, std::vector<std::string>* wrong);

  const SSTableReader* const table_;
  const std::unique_ptr<SSTableIterator> finder_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_VERIFY_CONTENT_CHECK_H_
