// SPDX-License-Identifier: Apache-2.0
#include "api/openapi.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "api/access.hpp"

namespace vigie::api {
namespace {

TEST(OpenApi, DescribesEveryRouteOfTheApiAndNoOther) {
  EXPECT_EQ(undescribed_routes(), std::vector<std::string>{});
  EXPECT_EQ(descriptions_without_route(), std::vector<std::string>{});
}

TEST(OpenApi, RefersOnlyToWhatItHolds) {
  const auto text = json::serialize(openapi_document());
  const auto& parts = openapi_document().at("components").as_object();
  constexpr std::string_view mark = "\"#/components/";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const auto begin = at + mark.size();
    const auto path = text.substr(begin, text.find('"', begin) - begin);
    const auto slash = path.find('/');
    const auto* kind = parts.if_contains(path.substr(0, slash));
    ASSERT_NE(kind, nullptr) << path;
    EXPECT_TRUE(kind->as_object().contains(path.substr(slash + 1))) << path;
  }
}

TEST(OpenApi, SaysWhichRoutesNeedNobodyToBeSignedIn) {
  const auto& paths = openapi_document().at("paths").as_object();

  EXPECT_TRUE(paths.at("/healthz").at("get").as_object().contains("security"));
  EXPECT_FALSE(paths.at("/api/v1/alerts").at("get").as_object().contains("security"));
  EXPECT_TRUE(
      paths.at("/api/v1/alerts/{id}").at("get").at("responses").as_object().contains("404"));
}

}  // namespace
}  // namespace vigie::api
