// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/csv_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace rowan::cli {
namespace {

// "a|b" per record, quoted fields in <>, errors as "!", with the lines.
std::vector<std::string> Read(const std::string& text) {
  std::istringstream in(text);
  LineReader lines(in);
  CsvReader reader(lines);
  CsvRecord record;
  std::vector<std::string> records;
  while (reader.Next(&record)) {
    std::string line = std::to_string(record.first_line);
    if (record.last_line != record.first_line) {
      line += "-" + std::to_string(record.last_line);
    }
    line += ":";
    for (size_t i = 0; i < record.fields.size(); ++i) {
      const CsvField& field = record.fields[i];
      line += (i == 0 ? "" : "|") + std::string(field.quoted ? "<" : "") +
              field.text + (field.quoted ? ">" : "");
    }
    records.push_back(line + (record.error.empty() ? "" : "!"));
  }
  return records;
}

using Records = std::vector<std::string>;

TEST(CsvReader, SplitsFieldsAndLines) {
  EXPECT_EQ(Read("a,b\n1,\n,2\n"), (Records{"1:a|b", "2:1|", "3:|2"}));
}

TEST(CsvReader, TakesBothLineEndsAMarkAndAMissingEnd) {
  EXPECT_EQ(Read("\xef\xbb\xbf"
                 "a,b\r\n1,2"),
            (Records{"1:a|b", "2:1|2"}));
}

TEST(CsvReader, QuotedFieldsHoldCommasQuotesAndBreaks) {
  EXPECT_EQ(Read("\"a,b\",\"c\"\"d\",\"\"\n\"x\ny\",z\nq\n"),
            (Records{"1:<a,b>|<c\"d>|<>", "2-3:<x\ny>|z", "4:q"}));
}

TEST(CsvReader, EmptyLinesAreNoRecords) {
  EXPECT_EQ(Read("\na\n\n\nb\n\n"), (Records{"2:a", "5:b"}));
}

TEST(CsvReader, StrayQuoteCostsOneLine) {
  EXPECT_EQ(Read("a\"b,c\nd\n"), (Records{"1:!", "2:d"}));
  EXPECT_EQ(Read("\"a\"b,c\nd\n"), (Records{"1:!", "2:d"}));
}

TEST(CsvReader, UnclosedQuoteCostsOneLine) {
  EXPECT_EQ(Read("\"a,b\nc,d\ne,f\n"), (Records{"1:!", "2:c|d", "3:e|f"}));
}

TEST(CsvReader, TooLongLineCostsItself) {
  const std::string longer(LineReader::kLineBytesMax + 1, 'x');
  EXPECT_EQ(Read("a\n" + longer + "\nb\n"), (Records{"1:a", "2:!", "3:b"}));
}

TEST(CsvReader, RawIsTheWholeRecord) {
  std::istringstream in("\"x\ny\",z\r\n");
  LineReader lines(in);
  CsvReader reader(lines);
  CsvRecord record;
  ASSERT_TRUE(reader.Next(&record));
  EXPECT_EQ(record.raw, "\"x\ny\",z");
}

TEST(CsvReader, RandomTablesComeBack) {
  constexpr unsigned kSeed = 20240601;
  std::mt19937 random(kSeed);
  SCOPED_TRACE(kSeed);
  const std::string alphabet = "ab,\"\n ";
  for (int round = 0; round < 300; ++round) {
    std::vector<std::vector<std::string>> table(1 + random() % 5);
    std::string text;
    for (auto& row : table) {
      row.resize(2 + random() % 3);
      for (size_t i = 0; i < row.size(); ++i) {
        std::string quoted;
        for (unsigned n = random() % 6; n > 0; --n) {
          const char byte = alphabet[random() % alphabet.size()];
          row[i] += byte;
          quoted += byte == '"' ? std::string("\"\"") : std::string(1, byte);
        }
        text += (i == 0 ? "\"" : ",\"") + quoted + "\"";
      }
      text += "\n";
    }
    std::istringstream in(text);
    LineReader lines(in);
    CsvReader reader(lines);
    CsvRecord record;
    for (const auto& row : table) {
      ASSERT_TRUE(reader.Next(&record));
      std::vector<std::string> fields;
      for (const CsvField& field : record.fields) fields.push_back(field.text);
      ASSERT_EQ(fields, row) << text;
    }
    ASSERT_FALSE(reader.Next(&record));
  }
}

TEST(CsvReader, AnyBytesEndSomewhere) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  const std::string alphabet = "a,\"\r\n\xff";
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (unsigned n = random() % 40; n > 0; --n) {
      text += alphabet[random() % alphabet.size()];
    }
    EXPECT_LE(Read(text).size(), text.size() + 1) << "seed " << kSeed;
  }
}

}  // namespace
}  // namespace rowan::cli
