// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_NUMBERS_BIG_INTEGER_H_
#define ROWAN_STORAGE_MODEL_NUMBERS_BIG_INTEGER_H_

#include <string>
#include <string_view>

namespace rowan {

// Whole numbers of any size between their two forms: big-endian two's
// complement and decimal digits. Subquadratic (GMP), so that a number as long
// as a key allows stalls nobody.

// An optional '-' and digits; `integer` is not empty.
std::string IntegerToDigits(std::string_view integer);

// `digits`: an optional sign and at least one digit, nothing else; otherwise
// false. *integer becomes the shortest form.
bool IntegerFromDigits(std::string_view digits, std::string* integer);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_NUMBERS_BIG_INTEGER_H_
