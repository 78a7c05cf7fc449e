// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_FUZZ_STORAGE_SAMPLE_LOG_H_
#define ROWAN_TESTS_FUZZ_STORAGE_SAMPLE_LOG_H_

#include <string>
#include <vector>

namespace rowan {

// The segment files of a log of some records, as SegmentOf takes them.
std::vector<std::string> SampleLog();

}  // namespace rowan

#endif  // ROWAN_TESTS_FUZZ_STORAGE_SAMPLE_LOG_H_
