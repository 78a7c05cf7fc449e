// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_ROW_FORMAT_H_
#define ROWAN_STORAGE_MODEL_ROW_FORMAT_H_

#include <cstddef>
#include <cstdint>

// The numbers of a row image (FORMAT.md, "Row image").

namespace rowan {

namespace row_flag {
inline constexpr uint8_t kMarker = 0x01;
inline constexpr uint8_t kMarkerExpires = 0x02;  // only with kMarker
inline constexpr uint8_t kDeletion = 0x04;
inline constexpr uint8_t kCells = 0x08;
inline constexpr uint8_t kKnown = 0x0f;
}  // namespace row_flag

namespace cell_flag {
inline constexpr uint8_t kKindMask = 0x03;  // CellKind
inline constexpr uint8_t kMarkerTimestamp = 0x04;
inline constexpr uint8_t kPath = 0x80;
inline constexpr uint8_t kKnown = 0x87;
}  // namespace cell_flag

// Column delta, flags and an empty value.
inline constexpr size_t kCellBytesMin = 3;

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_ROW_FORMAT_H_
