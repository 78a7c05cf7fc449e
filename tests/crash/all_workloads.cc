// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/all_workloads.h"

namespace rowan {

const std::vector<Workload>& AllWorkloads() {
  static const std::vector<Workload>* const kAll = [] {
    auto* all = new std::vector<Workload>;
    for (const auto& some :
         {WriteWorkloads(), LogWorkloads(), FileWorkloads(), TableWorkloads(),
          QueuedWorkloads(), StartWorkloads()}) {
      all->insert(all->end(), some.begin(), some.end());
    }
    return all;
  }();
  return *kAll;
}

}  // namespace rowan
