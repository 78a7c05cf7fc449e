// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/loss/loss_codec.h"

#include <utility>

#include "storage/base/check.h"
#include "storage/base/coding.h"

namespace rowan {
namespace {

bool GetString(std::string_view* in, std::string* out) {
  std::string_view bytes;
  if (!GetBytes(in, &bytes)) return false;
  out->assign(bytes);
  return true;
}

bool GetLoss(std::string_view* in, SSTableLoss* loss) {
  if (!GetLittle(in, &loss->first.value) || !GetLittle(in, &loss->last.value) ||
      !GetString(in, &loss->partition_key) || !GetString(in, &loss->from) ||
      !GetString(in, &loss->to) || !GetString(in, &loss->what)) {
    return false;
  }
  if (loss->last < loss->first || loss->what.size() > kLossWhatBytesMax) {
    return false;
  }
  return loss->partition_key.empty() ? loss->from.empty() && loss->to.empty()
                                     : loss->first == loss->last;
}

}  // namespace

std::string EncodeLosses(std::span<const SSTableLoss> losses) {
  ROWAN_CHECK(!losses.empty() && losses.size() <= kLossesMax);
  std::string out;
  PutVarint(losses.size(), &out);
  for (const SSTableLoss& loss : losses) {
    PutLittle(loss.first.value, &out);
    PutLittle(loss.last.value, &out);
    PutBytes(loss.partition_key, &out);
    PutBytes(loss.from, &out);
    PutBytes(loss.to, &out);
    PutBytes(loss.what, &out);
  }
  return out;
}

absl::StatusOr<std::vector<SSTableLoss>> DecodeLosses(
    std::string_view section) {
  uint64_t count;
  if (!GetVarint(&section, &count) || count == 0 || count > kLossesMax) {
    return absl::DataLossError("malformed number of losses");
  }
  std::vector<SSTableLoss> losses(count);
  for (SSTableLoss& loss : losses) {
    if (!GetLoss(&section, &loss)) {
      return absl::DataLossError("malformed loss");
    }
  }
  if (!section.empty()) return absl::DataLossError("bytes behind the losses");
  return losses;
}

}  // namespace rowan
