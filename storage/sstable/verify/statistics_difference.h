// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_VERIFY_STATISTICS_DIFFERENCE_H_
#define ROWAN_STORAGE_SSTABLE_VERIFY_STATISTICS_DIFFERENCE_H_

#include <string>
#include <vector>

#include "storage/sstable/statistics.h"

namespace rowan {

// What a file says of itself and its contents don't bear out: the names of
// the fields. Only of what can be counted in contents; file, table, level, raw
// bytes, sizes of wide rows, log positions and the time of writing are not.
std::vector<std::string> StatisticsDifference(const SSTableStatistics& said,
                                              const SSTableStatistics& counted);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_VERIFY_STATISTICS_DIFFERENCE_H_
