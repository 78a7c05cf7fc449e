// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_CHANGE_H_
#define ROWAN_TESTS_CRASH_CUT_CHANGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/model/mutation.h"
#include "storage/model/schema.h"
#include "tests/crash/cut/contents.h"

namespace rowan {

// A change of one wide row, read in two ways: as the mutation that the engine
// is given, and as what a client expects of it. Of the table's rows, deletions
// and insertions of one change must not meet: all have one timestamp.
class Change {
 public:
  Change(std::string table, std::string key)
      : table_(std::move(table)), key_(std::move(key)) {}

  Change& Put(int64_t ck, std::string value) {
    return Add({Kind::kPut, ck, ck, "v", std::move(value), 0});
  }
  Change& PutFor(int64_t ck, std::string value, uint32_t ttl_s) {
    return Add({Kind::kPut, ck, ck, "v", std::move(value), ttl_s});
  }
  // Without the marker that an insert leaves.
  Change& Set(int64_t ck, std::string column, std::string value) {
    return Add({Kind::kSet, ck, ck, std::move(column), std::move(value), 0});
  }
  Change& PutStatic(std::string value) {
    return Add({Kind::kStatic, 0, 0, "s", std::move(value), 0});
  }
  Change& DeleteRow(int64_t ck) {
    return Add({Kind::kDeleteRow, ck, ck, "", "", 0});
  }
  Change& DeleteRange(int64_t first, int64_t last) {  // both included
    return Add({Kind::kDeleteRange, first, last, "", "", 0});
  }
  Change& DeleteWideRow() { return Add({Kind::kDeleteAll, 0, 0, "", "", 0}); }

  const std::string& table() const { return table_; }

  // `schema`: of test_tables.h's columns, and maybe more.
  Mutation MutationOf(std::shared_ptr<const Schema> schema, int64_t timestamp,
                      uint32_t now_s) const;
  // Nothing when there is no such table.
  void ApplyTo(Contents* contents, uint32_t now_s) const;

 private:
  enum class Kind { kPut, kSet, kStatic, kDeleteRow, kDeleteRange, kDeleteAll };
  struct Part {
    Kind kind;
    int64_t first, last;
    std::string column, value;
    uint32_t ttl_s;
  };

  Change& Add(Part part) {
    parts_.push_back(std::move(part));
    return *this;
  }

  std::string table_, key_;
  std::vector<Part> parts_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_CHANGE_H_
