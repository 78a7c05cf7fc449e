// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/request_error.h"

#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "storage/base/logging.h"

namespace rowan {
namespace {

constexpr char kField[] = "rowan/field";
constexpr char kDomain[] = "rowan";
// Overload passes within a flush or two.
constexpr int kRetryAfterMs = 100;
// Room on a disk is made by people and merges.
constexpr int kRetryFullDiskMs = 5000;

std::string Payload(const absl::Status& status, const char* url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

// Errors of lower layers carry no reason; their code says enough.
std::string_view DefaultReason(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kCancelled:
      return "CANCELLED";
    case absl::StatusCode::kInvalidArgument:
      return "BAD_VALUE";
    case absl::StatusCode::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    // The engine's: the catalogue had the table when the request came.
    case absl::StatusCode::kNotFound:
      return "TABLE_REPLACED";
    case absl::StatusCode::kAlreadyExists:
      return "ALREADY_EXISTS";
    case absl::StatusCode::kResourceExhausted:
      return "OVERLOADED";
    case absl::StatusCode::kFailedPrecondition:
      return "FAILED_PRECONDITION";
    case absl::StatusCode::kAborted:
      return "ABORTED";
    case absl::StatusCode::kUnavailable:
      return "UNAVAILABLE";
    case absl::StatusCode::kUnknown:
      return "OUTCOME_UNKNOWN";
    case absl::StatusCode::kDataLoss:
      return "DATA_LOSS";
    default:
      return "INTERNAL";
  }
}

std::string ReasonOf(const absl::Status& status) {
  std::string reason = Payload(status, kErrorReason);
  if (reason.empty()) reason = std::string(DefaultReason(status.code()));
  return reason;
}

// Waiting helps against overload and a full disk, and asking again finds the
// table that came in the place of another; nothing helps against a limit or a
// node that is read-only until its next start.
int RetryAfterMs(const absl::Status& status, std::string_view reason) {
  if (reason == "READ_ONLY") return 0;
  if (reason == "DISK_FULL") return kRetryFullDiskMs;
  if (absl::IsUnavailable(status) || absl::IsAborted(status)) {
    return kRetryAfterMs;
  }
  return reason == "OVERLOADED" || reason == "TABLE_REPLACED" ? kRetryAfterMs
                                                              : 0;
}

}  // namespace

absl::Status RequestError(absl::StatusCode code, std::string_view reason,
                          std::string_view message) {
  return WithReason(
      absl::Status(code, absl::string_view(message.data(), message.size())),
      reason);
}

absl::Status OverLimit(absl::StatusCode code, std::string_view limit,
                       uint64_t size, uint64_t max) {
  const std::string name(limit);
  absl::Status status = RequestError(
      code, "OVER_LIMIT",
      absl::StrCat(name, " is ", size, "; at most ", max, " are taken"));
  status = WithMetadata(std::move(status), "limit", name);
  status = WithMetadata(std::move(status), "size", std::to_string(size));
  return WithMetadata(std::move(status), "max", std::to_string(max));
}

absl::Status InField(absl::Status status, std::string_view field) {
  if (status.ok()) return status;
  std::string path(field);
  const std::string inner = Payload(status, kField);
  if (!inner.empty()) absl::StrAppend(&path, ".", inner);
  status.SetPayload(kField, absl::Cord(path));
  return status;
}

absl::Status InField(absl::Status status, std::string_view field, int index) {
  if (status.ok()) return status;
  return InField(std::move(status),
                 absl::StrCat(std::string(field), "[", index, "]"));
}

absl::Status Prefixed(const absl::Status& status, std::string_view where) {
  absl::Status prefixed(
      status.code(), absl::StrCat(std::string(where), ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& value) {
    prefixed.SetPayload(url, value);
  });
  return prefixed;
}

absl::Status DiskError(const absl::Status& status) {
  if (!absl::IsResourceExhausted(status) ||
      status.GetPayload(kErrorReason).has_value()) {
    return status;
  }
  // The system's words hold a path: they are for the operator.
  Log(LogLevel::kWarning, "no room on the disk", {{"why", status}});
  return RequestError(absl::StatusCode::kResourceExhausted, "DISK_FULL",
                      "the node found no room on its disk, or no file "
                      "descriptors left; make room and try again");
}

absl::Status ChangeError(const absl::Status& status, std::string_view field) {
  // Who blamed a field of the request knew better.
  const bool has_field = status.GetPayload(kField).has_value();
  const auto in_field = [&](absl::Status known) {
    return has_field ? known : InField(std::move(known), field);
  };
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return in_field(WithReason(status, "BAD_SCHEMA"));
    case absl::StatusCode::kNotFound:
      return in_field(WithReason(status, "NOT_FOUND"));
    case absl::StatusCode::kAlreadyExists:
      return in_field(status);
    default:
      return DiskError(status);
  }
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(std::string(status.message()));
  google::rpc::ErrorInfo info;
  info.set_reason(ReasonOf(status));
  info.set_domain(kDomain);
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& value) {
    constexpr size_t kPrefix = sizeof(kErrorMetadataPrefix) - 1;
    if (url.substr(0, kPrefix) == kErrorMetadataPrefix) {
      (*info.mutable_metadata())[std::string(url.substr(kPrefix))] =
          std::string(value);
    }
  });
  details.add_details()->PackFrom(info);
  if (const std::string field = Payload(status, kField); !field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(std::string(status.message()));
    details.add_details()->PackFrom(bad);
  }
  if (const int retry_ms = RetryAfterMs(status, info.reason()); retry_ms > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(retry_ms / 1000);
    retry.mutable_retry_delay()->set_nanos(retry_ms % 1000 * 1'000'000);
    details.add_details()->PackFrom(retry);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      std::string(status.message()),
                      details.SerializeAsString());
}

void FillError(const absl::Status& status, v1::Error* error) {
  error->set_code(static_cast<int>(status.code()));
  error->set_reason(ReasonOf(status));
  error->set_message(std::string(status.message()));
  error->set_field(Payload(status, kField));
  error->set_retry_after_ms(
      static_cast<uint32_t>(RetryAfterMs(status, error->reason())));
}

}  // namespace rowan
