// SPDX-License-Identifier: Apache-2.0
// The contract for machines: OpenAPI 3.1, made of the table of routes and of openapi.json, which
// says what each asks and answers. A new route is one line there (api/openapi_test.cpp notices).
#pragma once
#include <string>
#include <vector>

#include "base/json.hpp"

namespace vigie::api {

const json::object& openapi_document();

// "GET /api/v1/x" that is in the table only, or in openapi.json only: none. Pages are no part of
// it.
std::vector<std::string> undescribed_routes();
std::vector<std::string> descriptions_without_route();

}  // namespace vigie::api
