// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_ALL_WORKLOADS_H_
#define ROWAN_TESTS_CRASH_ALL_WORKLOADS_H_

#include <vector>

#include "tests/crash/cut/workload.h"

namespace rowan {

// Those of one file each, and all together.
std::vector<Workload> WriteWorkloads();
std::vector<Workload> LogWorkloads();
std::vector<Workload> FileWorkloads();
std::vector<Workload> TableWorkloads();
std::vector<Workload> QueuedWorkloads();
std::vector<Workload> StartWorkloads();
const std::vector<Workload>& AllWorkloads();

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_ALL_WORKLOADS_H_
