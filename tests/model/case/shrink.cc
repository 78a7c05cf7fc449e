// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/shrink.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "tests/model/case/text_cursor.h"

namespace rowan {
namespace {

using Lines = std::vector<std::vector<std::string>>;  // words of each

class Shrinker {
 public:
  Shrinker(const TestCase& test,
           const std::function<bool(const TestCase&)>& fails, int runs_left)
      : best_(test), fails_(fails), runs_left_(runs_left) {
    for (const Operation& operation : test.operations) {
      auto& words = lines_.emplace_back();
      const std::string line = FormatOperation(operation);
      for (std::string_view word : WordsOf(line)) words.emplace_back(word);
    }
  }

  TestCase Run() {
    size_t before;
    do {
      before = WordCount();
      LeaveOut(&lines_, 0);
      for (size_t i = 0; i < lines_.size(); ++i) LeaveOut(&lines_[i], 1);
    } while (WordCount() < before && runs_left_ > 0);
    return best_;
  }

 private:
  size_t WordCount() const {
    size_t count = 0;
    for (const auto& words : lines_) count += words.size();
    return count;
  }

  // Leaves out ever smaller runs of what stands in *list from `first` on.
  template <typename Item>
  void LeaveOut(std::vector<Item>* list, size_t first) {
    if (list->size() <= first) return;
    for (size_t length = (list->size() - first + 1) / 2; length > 0;
         length /= 2) {
      for (size_t at = first; at < list->size();) {
        const size_t end = std::min(at + length, list->size());
        std::vector<Item> saved = *list;
        list->erase(list->begin() + static_cast<std::ptrdiff_t>(at),
                    list->begin() + static_cast<std::ptrdiff_t>(end));
        if (StillFails()) continue;
        *list = std::move(saved);
        at = end;
      }
    }
  }

  bool StillFails() {
    if (runs_left_ <= 0) return false;
    TestCase test = best_;
    test.operations.clear();
    for (const auto& words : lines_) {
      std::string line;
      for (const std::string& word : words) {
        line += (line.empty() ? "" : " ") + word;
      }
      auto operation = ParseOperation(test.shape, line);
      if (!operation.ok()) return false;
      test.operations.push_back(*std::move(operation));
    }
    --runs_left_;
    if (!fails_(test)) return false;
    best_ = std::move(test);
    return true;
  }

  TestCase best_;
  const std::function<bool(const TestCase&)>& fails_;
  int runs_left_;
  Lines lines_;
};

}  // namespace

TestCase Shrink(const TestCase& test,
                const std::function<bool(const TestCase&)>& fails,
                int runs_max) {
  return Shrinker(test, fails, runs_max).Run();
}

}  // namespace rowan
