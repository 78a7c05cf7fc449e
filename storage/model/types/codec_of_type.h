// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_TYPES_CODEC_OF_TYPE_H_
#define ROWAN_STORAGE_MODEL_TYPES_CODEC_OF_TYPE_H_

#include "storage/model/types/type_codec.h"
#include "storage/model/types/type_kind.h"

namespace rowan {

// What is known of the values of a scalar type. REQUIRES: IsScalar(kind).
const TypeCodec& CodecOf(TypeKind kind);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_TYPES_CODEC_OF_TYPE_H_
