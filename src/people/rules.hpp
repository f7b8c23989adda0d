// SPDX-License-Identifier: Apache-2.0
// What a user name, an e-mail address and a password may be. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace vigie::people {

// One field that was refused: a code for the interface to translate, and an English sentence.
struct FieldProblem {
  std::string field;
  std::string code;
  std::string detail;
};

// Names are compared, and are unique, without regard to case.
std::string fold_username(std::string_view username);

// 3 to 32 of letters (without accents), digits and . _ -, beginning with a letter or a digit.
std::vector<FieldProblem> check_username(std::string_view username);

// Empty, or like name@host.tld. Whether it exists only a mail can tell.
std::vector<FieldProblem> check_email(std::string_view email);

struct PasswordRules {
  std::size_t shortest = 12;  // never less than 8
};

// 12 (or what the operator said) to 128 characters (code points) of any script but NUL, nothing
// about their kind but one letter, and not easily guessed: neither a common one, nor the person's
// name or address, nor Vigie's, and at least 3 of 4 by zxcvbn's estimate.
std::vector<FieldProblem> check_password(std::string_view password, std::string_view username,
                                         std::string_view email, PasswordRules rules = {});

// "username: too short …; password: …", for Error::what.
std::string in_words(const std::vector<FieldProblem>& problems);

}  // namespace vigie::people
