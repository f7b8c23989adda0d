// SPDX-License-Identifier: Apache-2.0
// What people do about their own accounts: sign up, set up the first one, forget a password, change
// what is theirs, and prove who they are with a second factor.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "people/people.hpp"
#include "people/sessions.hpp"
#include "seal/sealer.hpp"

namespace vigie::people {

enum class Purpose : std::uint8_t;
struct OneTimeSecret;

enum class SignUp : std::uint8_t { open, approval, closed };
Result<SignUp> parse_sign_up(std::string_view text);

struct DeskOptions {
  SignUp sign_up = SignUp::approval;
  bool has_mail = false;  // without it nothing can be confirmed or reset by mail
  PasswordRules passwords;
};

// Everything outlives the desk.
struct DeskTools {
  db::Database& database;
  Clock& clock;
  Ids& ids;
  Random& random;
  Passwords& passwords;
  Sessions& sessions;
  const seal::Sealer& sealer;
  log::Log& log;
};

// Both as a person is told: the same whether the name or the address exists (A7).
enum class SignUpAnswer : std::uint8_t { check_mail, pending, active };
std::string_view to_string(SignUpAnswer answer);

enum class Confirmed : std::uint8_t { address, sign_up_active, sign_up_pending };

struct AccountMail;

struct Profile {
  Person person;
  std::string pending_email;
  Time created_at;
};

struct OfferedSeed {
  std::string secret;  // base32
  std::string uri;
};

class Desk {
 public:
  Desk(const DeskTools& tools, DeskOptions options) : tools_{tools}, options_{options} {}

  const DeskOptions& options() const { return options_; }
  bool can_keep_secrets() const { return tools_.sealer.has_key(); }

  // Errc::invalid names the fields, Errc::denied when sign-up is closed, Errc::rate_limited.
  Async<Result<SignUpAnswer>> sign_up(NewPerson wanted, Visit visit);

  // A link for the first administrator, while there is nobody; nothing afterwards.
  Async<Result<std::optional<std::string>>> open_set_up();
  // Errc::not_found for a link that is worth nothing (any more).
  Async<Result<>> check_set_up(std::string token);
  Async<Result<NewSession>> set_up(std::string token, NewPerson wanted, Visit visit);

  // Errc::rate_limited; otherwise the same whoever has the address.
  Async<Result<>> request_reset(std::string email, std::string ip);
  // Errc::not_found for a link that is worth nothing (any more); Errc::invalid names the field.
  Async<Result<>> check_reset(std::string token);
  Async<Result<>> reset(std::string token, std::string password, audit::By by = {});

  Async<Result<Profile>> profile(std::string person_id);
  Async<Result<>> set_language(std::string person_id, std::string language);

  // Of the person of `by`, from here on. A wrong password is Errc::invalid and names its field; too
  // many, Errc::rate_limited.
  Async<Result<>> change_email(std::string email, std::string password, audit::By by);
  // The other sessions end, and this one goes on under a new token.
  Async<Result<NewSession>> change_password(std::string current, std::string password, Visit visit,
                                            audit::By by);

  // Of a mail about an address. Errc::not_found for a link that is worth nothing (any more).
  Async<Result<>> check_address(std::string token);
  Async<Result<Confirmed>> confirm_address(std::string token, audit::By by = {});

  // Errc::conflict when there is a second factor already, or no SECRET_KEY to keep it under.
  Async<Result<OfferedSeed>> offer_second_factor(std::string password, audit::By by);
  Async<Result<std::vector<std::string>>> confirm_second_factor(std::string code, audit::By by);
  Async<Result<>> remove_second_factor(std::string password, std::string code, audit::By by);

  // Who is signed in proves once more who they are, for what asks for a fresh proof (A13); the
  // session goes on under the token returned. Errc::invalid names the field; Errc::not_found when
  // the session ended; Errc::rate_limited.
  Async<Result<std::string>> prove_again(std::string token, std::string password, std::string code,
                                         audit::By by);

  // The second half of signing in. Errc::denied: a wrong code; Errc::not_found: this try is over,
  // begin with the password again.
  Async<Result<NewSession>> enter_with_code(std::string challenge, std::string code, Visit visit);

 private:
  Async<Result<StoredPerson>> prove(const audit::By& by, std::string password, std::string field);
  // Whether this second factor is right, which counts as a try; a right one is used then.
  Result<bool> try_code(db::Transaction& transaction, const Person& person, const std::string& code,
                        Time now) const;
  Async<> note_refusal(const audit::By& by, std::string_view what, std::string person_id);
  Async<Result<>> check_link(std::string token, std::vector<Purpose> purposes);
  Result<> mail(db::Transaction& transaction, const AccountMail& mail, Time now) const;
  Result<> keep_sign_up(db::Transaction& transaction, const StoredPerson& stored,
                        const audit::By& by, Time now) const;
  Result<Confirmed> confirm_sign_up(db::Transaction& transaction, const OneTimeSecret& secret,
                                    const audit::By& by, Time now) const;
  // What is stored instead of a new password. Errc::invalid says what is wrong with it.
  Async<Result<std::string>> hash_for(Person person, std::string password);

  DeskTools tools_;
  DeskOptions options_;
};

}  // namespace vigie::people
