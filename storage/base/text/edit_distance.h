// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_TEXT_EDIT_DISTANCE_H_
#define ROWAN_STORAGE_BASE_TEXT_EDIT_DISTANCE_H_

#include <cstddef>
#include <string_view>

namespace rowan {

// How many letters must be changed, added or dropped to make one of the other:
// errors suggest the known name that is nearest. The product of both lengths.
size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_TEXT_EDIT_DISTANCE_H_
