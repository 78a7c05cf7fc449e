// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_CODEC_OF_TYPE_H_
#define ROWAN_STORAGE_MODEL_CODEC_OF_TYPE_H_

#include "storage/model/schema.h"
#include "storage/model/types/type_codec.h"

namespace rowan {

// What is known of the values of `type`, which a valid schema holds.
const TypeCodec& CodecOf(ColumnType type);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_CODEC_OF_TYPE_H_
