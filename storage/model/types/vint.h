// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_TYPES_VINT_H_
#define ROWAN_STORAGE_MODEL_TYPES_VINT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace rowan {

// Cassandra's variable-length integers (native_protocol_v5.spec, "vint"): the
// first byte's leading ones count the bytes that follow, big-endian; signed
// numbers zigzag first. Only the shortest form is read.
void AppendVint(int64_t number, std::string* out);
// From the front of *in; false when there is none.
bool TakeVint(std::string_view* in, int64_t* number);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_TYPES_VINT_H_
