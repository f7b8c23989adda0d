// SPDX-License-Identifier: Apache-2.0
// The fields in which somebody says who they want to be, for signing up and for the first set-up.
#pragma once
#include "api/forms.hpp"
#include "people/desk.hpp"

namespace vigie::api {

FormField password_field(Language language, const people::DeskOptions& options);
std::vector<FormField> person_fields(Language language, const people::DeskOptions& options);

people::NewPerson typed_person(const http::Request& request, Language language);

// What was typed stands in the form again, but for the password.
void keep_typed(Form& form, const people::NewPerson& typed);

}  // namespace vigie::api
