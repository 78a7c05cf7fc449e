// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/failure.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace rowan::cli {
namespace {

constexpr char kHint[] = "rowan.cli/hint";
constexpr char kReason[] = "rowan.cli/reason";
constexpr char kField[] = "rowan.cli/field";

void SetText(const char* url, const std::string& text, absl::Status* status) {
  if (!text.empty() && !status->GetPayload(url)) {
    status->SetPayload(url, absl::Cord(text));
  }
}

std::string Text(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  return payload ? std::string(*payload) : std::string();
}

void AddDetails(const std::string& details, absl::Status* status) {
  google::rpc::Status rich;
  if (details.empty() || !rich.ParseFromString(details)) return;
  for (const auto& any : rich.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (any.UnpackTo(&info)) {
      SetText(kReason, info.reason(), status);
    } else if (any.UnpackTo(&bad) && bad.field_violations_size() > 0) {
      SetText(kField, bad.field_violations(0).field(), status);
    }
  }
}

// What the user may do about it; empty when the message says all.
std::string HintOf(const absl::Status& failure, std::string_view host) {
  const std::string reason = Text(failure, kReason);
  switch (failure.code()) {
    case absl::StatusCode::kUnavailable:
      return absl::StrCat("is a node serving on ", std::string(host),
                          "? start one with ./deploy/run.sh, or name another "
                          "with --host");
    case absl::StatusCode::kDeadlineExceeded:
      return "allow more with --timeout; rowan status";
    case absl::StatusCode::kAlreadyExists:
      return "--if-not-exists, if one that is there will do";
    case absl::StatusCode::kNotFound:
      return reason == "UNKNOWN_TABLE" ? "rowan table list" : "";
    case absl::StatusCode::kResourceExhausted:
      // gRPC's own refusal of an answer: a row of several writes may be larger
      // than a message.
      return reason.empty() ? "get or scan large rows with --columns" : "";
    default:
      return "";
  }
}

}  // namespace

absl::Status WithHint(absl::Status status, std::string_view hint) {
  if (!status.ok()) SetText(kHint, std::string(hint), &status);
  return status;
}

absl::Status FromGrpc(const grpc::Status& status, std::string_view host) {
  if (status.ok()) return absl::OkStatus();
  absl::Status failure(static_cast<absl::StatusCode>(status.error_code()),
                       status.error_message());
  AddDetails(status.error_details(), &failure);
  return WithHint(failure, HintOf(failure, host));
}

absl::Status FromError(const v1::Error& error) {
  absl::Status failure(static_cast<absl::StatusCode>(error.code()),
                       error.message());
  SetText(kReason, error.reason(), &failure);
  SetText(kField, error.field(), &failure);
  return failure;
}

void PrintFailure(std::ostream& out, const absl::Status& status) {
  out << "rowan: " << std::string(status.message()) << "\n";
  out << "  code: " << absl::StatusCodeToString(status.code());
  const std::string reason = Text(status, kReason);
  if (!reason.empty()) out << " (" << reason << ")";
  out << "\n";
  const std::string field = Text(status, kField);
  if (!field.empty()) out << "  field: " << field << "\n";
  const std::string hint = Text(status, kHint);
  if (!hint.empty()) out << "  try: " << hint << "\n";
}

}  // namespace rowan::cli
