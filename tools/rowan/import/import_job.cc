// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/import_job.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/value.h"
#include "tools/rowan/client/failure.h"
#include "tools/rowan/client/output.h"
#include "tools/rowan/import/csv_reader.h"
#include "tools/rowan/import/json_line.h"
#include "tools/rowan/import/line_reader.h"

namespace rowan::cli {
namespace {

constexpr uint64_t kRejectsShown = 10;
constexpr double kTickSeconds = 0.1;
constexpr double kSaveSeconds = 1;
constexpr uint64_t kRowsPerClock = 512;

int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// `bytes` as UTF-8: everything that is none becomes U+FFFD.
std::string ToUtf8(const std::string& bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size();) {
    size_t length = 1;
    while (i + length < bytes.size() && length < 4 &&
           (bytes[i + length] & 0xc0) == 0x80) {
      ++length;
    }
    const std::string character = bytes.substr(i, length);
    if (CheckValue(ColumnType{TypeKind::kText}, character).ok()) {
      text += character;
    } else {
      text += "\xef\xbf\xbd";
      length = 1;
    }
    i += length;
  }
  return text;
}

}  // namespace

ImportJob::ImportJob(const ImportOptions& options, const Schema& schema,
                     BatchSender& sender, std::ostream& err, bool terminal)
    : options_(options),
      schema_(schema),
      err_(err),
      checkpoint_(options.checkpoint_path),
      bar_(err, terminal),
      begin_(std::chrono::steady_clock::now()),
      importer_(options.table, options.files.size(), NowUs(), sender,
                [this](const InputLine& line, const absl::Status& why) {
                  Reject(line, why);
                }),
      skip_to_(options.files.size(), 0) {
  result_.set_table(options.table);
  for (const std::string& file : options.files) {
    result_.add_files()->set_path(file);
  }
}

absl::Status ImportJob::Start() {
  for (const std::string& path : options_.files) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    if (error) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot read ", path, ": ", error.message()));
    }
    bytes_total_ += bytes;
  }
  if (options_.resume) {
    ASSIGN_OR_RETURN(const auto before, checkpoint_.Load());
    if (!before) {
      err_ << checkpoint_.path() << " is not there: beginning at line 1\n";
    } else if (before->table() != options_.table) {
      return absl::InvalidArgumentError(
          absl::StrCat(checkpoint_.path(), " is about ", before->table()));
    } else {
      for (size_t i = 0; i < options_.files.size(); ++i) {
        for (const FileProgress& file : before->files()) {
          if (file.path() == options_.files[i]) {
            skip_to_[i] = file.acknowledged_line();
          }
        }
      }
    }
  }
  if (!options_.rejects_path.empty()) {
    rejects_.open(options_.rejects_path,
                  options_.resume ? std::ios::app : std::ios::trunc);
    if (!rejects_) {
      return absl::InvalidArgumentError(absl::StrCat(
          "cannot write ", options_.rejects_path, ": ", std::strerror(errno)));
    }
  }
  return absl::OkStatus();
}

absl::Status ImportJob::Run() {
  RETURN_IF_ERROR(Start());
  absl::Status status;
  for (size_t i = 0; i < options_.files.size() && status.ok(); ++i) {
    status = ImportFile(i);
  }
  // Even after an error, so that what is on its way counts.
  status.Update(importer_.Finish());
  UpdateResult();
  bar_.Clear();
  if (rejects_.is_open()) {
    rejects_.close();
    if (!rejects_ && status.ok()) {
      status = absl::InternalError(
          absl::StrCat("cannot write all of ", options_.rejects_path));
    }
  }
  if (options_.dry_run) return status;
  if (status.ok()) {
    checkpoint_.Remove();
  } else if (started_) {
    const absl::Status saved = checkpoint_.Save(result_);
    if (!saved.ok()) err_ << std::string(saved.message()) << "\n";
  }
  return status;
}

absl::StatusOr<MappingOptions> ImportJob::MappingOf(size_t file) const {
  MappingOptions mapping = options_.mapping;
  if (!options_.name_column.empty()) {
    const auto name =
        std::filesystem::path(options_.files[file]).stem().string();
    if (!mapping.constants.emplace(options_.name_column, name).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "column '", options_.name_column, "' has two constants"));
    }
  }
  return mapping;
}

absl::Status ImportJob::ImportFile(size_t file) {
  const std::string& path = options_.files[file];
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  RETURN_IF_ERROR(options_.format == InputFormat::kCsv
                      ? ImportCsv(file, in)
                      : ImportJsonLines(file, in));
  if (in.bad()) {
    return absl::InternalError(absl::StrCat("cannot read all of ", path));
  }
  bytes_before_ += std::filesystem::file_size(path);
  return absl::OkStatus();
}

absl::Status ImportJob::ImportCsv(size_t file, std::istream& in) {
  LineReader lines(in);
  CsvReader reader(lines);
  CsvRecord record;
  std::vector<std::string> names = options_.header;
  if (names.empty()) {
    if (!reader.Next(&record)) return absl::OkStatus();
    for (const CsvField& field : record.fields) names.push_back(field.text);
  }
  ASSIGN_OR_RETURN(const MappingOptions mapping, MappingOf(file));
  auto mapper = RowMapper::ForCsv(schema_, mapping, names);
  if (!mapper.ok()) return Annotate(mapper.status(), options_.files[file]);
  while (reader.Next(&record)) {
    if (record.last_line <= skip_to_[file]) continue;
    auto row = mapper->Map(record);
    RETURN_IF_ERROR(
        Take({file, record.first_line, record.last_line, std::move(record.raw)},
             std::move(row)));
    Tick(lines.bytes_read());
  }
  return absl::OkStatus();
}

absl::Status ImportJob::ImportJsonLines(size_t file, std::istream& in) {
  ASSIGN_OR_RETURN(const MappingOptions mapping, MappingOf(file));
  ASSIGN_OR_RETURN(const RowMapper mapper,
                   RowMapper::ForJson(schema_, mapping));
  LineReader lines(in);
  std::string text;
  bool cut = false;
  for (uint64_t line = 1; lines.Next(&text, &cut); ++line) {
    if (text.empty() || line <= skip_to_[file]) continue;
    absl::StatusOr<MappedRow> row =
        absl::InvalidArgumentError("the line is too long");
    if (!cut) {
      const auto members = ParseJsonLine(text);
      row = members.ok() ? mapper.Map(*members) : members.status();
    }
    RETURN_IF_ERROR(Take({file, line, line, std::move(text)}, std::move(row)));
    Tick(lines.bytes_read());
  }
  return absl::OkStatus();
}

absl::Status ImportJob::Take(InputLine line, absl::StatusOr<MappedRow> row) {
  started_ = true;
  if (!row.ok()) return importer_.AddRejected(std::move(line), row.status());
  return importer_.Add(std::move(line), *std::move(row));
}

void ImportJob::Reject(const InputLine& line, const absl::Status& why) {
  const std::string& path = options_.files[line.file];
  if (rejects_.is_open()) {
    cli::Reject reject;
    reject.set_path(path);
    reject.set_line(line.first_line);
    reject.set_reason(std::string(why.message()));
    reject.set_record(ToUtf8(line.raw));
    rejects_ << Json(reject) << "\n";
  } else if (importer_.rejected() <= kRejectsShown) {
    bar_.Clear();
    err_ << path << ":" << line.first_line
         << ": rejected: " << std::string(why.message()) << "\n";
    if (importer_.rejected() == kRejectsShown) {
      err_ << "more rejects are only counted; --rejects FILE keeps them all\n";
    }
  }
}

void ImportJob::Tick(uint64_t bytes_of_file) {
  if (++ticks_ % kRowsPerClock != 0) return;
  UpdateResult();
  if (result_.seconds() - last_tick_s_ >= kTickSeconds) {
    last_tick_s_ = result_.seconds();
    bar_.Show(bytes_before_ + bytes_of_file, bytes_total_, result_.rows(),
              result_.seconds());
  }
  // Lets a killed import go on, too. One that can't be saved is told at the
  // end.
  if (!options_.dry_run && result_.seconds() - last_save_s_ >= kSaveSeconds) {
    last_save_s_ = result_.seconds();
    checkpoint_.Save(result_).IgnoreError();
  }
}

void ImportJob::UpdateResult() {
  result_.set_seconds(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_)
          .count());
  result_.set_rows(importer_.rows());
  result_.set_rejected(importer_.rejected());
  for (size_t i = 0; i < options_.files.size(); ++i) {
    result_.mutable_files(static_cast<int>(i))
        ->set_acknowledged_line(
            std::max(skip_to_[i], importer_.acknowledged_line(i)));
  }
}

}  // namespace rowan::cli
