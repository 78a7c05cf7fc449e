// SPDX-License-Identifier: Apache-2.0
#include "storage/base/text/edit_distance.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace rowan {

size_t EditDistance(std::string_view a, std::string_view b) {
  // Wagner-Fischer, one row at a time.
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above + 1, row[j - 1] + 1, change});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace rowan
