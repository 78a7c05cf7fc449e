// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/cut/client_record.h"

#include "storage/base/check.h"

namespace rowan {
namespace {

// All choices among them are tried.
constexpr size_t kAnyOrderMax = 14;

}  // namespace

Contents ClientRecord::ContentsOf(const std::vector<bool>& happened) const {
  Contents contents;
  for (size_t i = 0; i < happened.size(); ++i) {
    if (happened[i]) requests_[i](&contents);
  }
  return contents;
}

std::vector<bool> ClientRecord::Must(const Moment& moment,
                                     const Loss& loss) const {
  std::vector<bool> must;
  for (const int64_t answer : moment.answers) {
    must.push_back(answer >= 0 && answer <= loss.answered_after_ns);
  }
  return must;
}

std::optional<std::vector<bool>> ClientRecord::WhatHappened(
    const Moment& moment, const Loss& loss,
    const std::vector<std::string>& lines, uint32_t now_s) const {
  std::vector<bool> happened = Must(moment, loss);
  const auto fits = [&] { return ContentsOf(happened).Lines(now_s) == lines; };
  if (fits()) return happened;
  std::vector<size_t> open;
  for (size_t i = 0; i < happened.size(); ++i) {
    if (!happened[i] && May(moment, i)) open.push_back(i);
  }
  for (const size_t request : open) {
    happened[request] = true;
    if (fits()) return happened;
  }
  if (!loss.any_order) return std::nullopt;
  ROWAN_CHECK(open.size() <= kAnyOrderMax);
  for (uint32_t choice = 0; choice < uint32_t{1} << open.size(); ++choice) {
    for (size_t i = 0; i < open.size(); ++i) {
      happened[open[i]] = (choice >> i & 1) != 0;
    }
    if (fits()) return happened;
  }
  return std::nullopt;
}

}  // namespace rowan
