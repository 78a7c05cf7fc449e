// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_DAMAGE_SCRUB_CHECK_H_
#define ROWAN_TESTS_CRASH_DAMAGE_SCRUB_CHECK_H_

#include <string>

#include "tests/crash/damage/full_disk.h"

namespace rowan {

// Scrubs all tables of a node that runs on a damaged disk, and reads
// everything: the rows of the undamaged one, or loss for exactly what the scrub
// said is lost, down to single rows; once that is accepted, no loss any more.
// What is not so, "" when all is.
std::string CheckScrub(const FullDisk& disk, DamagedNode* node);

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_DAMAGE_SCRUB_CHECK_H_
