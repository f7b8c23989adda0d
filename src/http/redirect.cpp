// SPDX-License-Identifier: Apache-2.0
#include "http/redirect.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <string>

namespace vigie::http {

bool is_redirect(const Response& response) {
  const auto status = response.status;
  return (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) &&
         response.headers.has("location");
}

Result<Url> follow(const Url& base, std::string_view location) {
  const auto from = base.origin() + base.target;
  const auto base_url = boost::urls::parse_uri(from);
  const auto reference = boost::urls::parse_uri_reference(location);
  boost::urls::url resolved;
  if (!base_url || !reference || !boost::urls::resolve(*base_url, *reference, resolved)) {
    return make_error(Errc::corrupt, "the redirect does not lead to an address");
  }
  const auto text = resolved.buffer();
  auto next = parse_url({text.data(), text.size()});
  if (!next) {
    return make_error(Errc::corrupt, "{}", next.error().during("following a redirect").what);
  }
  if (base.scheme == "https" && next->scheme != "https") {
    return make_error(Errc::denied, "the redirect from {} leaves TLS", base.host);
  }
  return next;
}

void adapt_to_redirect(ClientRequest& request, int status, bool same_origin) {
  const bool becomes_get = (status == 303 && request.method != "HEAD") ||
                           ((status == 301 || status == 302) && request.method == "POST");
  Headers kept;
  for (const auto& [name, value] : request.headers.fields()) {
    const bool secret = equals_ignoring_case(name, "authorization") ||
                        equals_ignoring_case(name, "cookie") || equals_ignoring_case(name, "host");
    const bool of_body = starts_with_ignoring_case(name, "content-");
    if ((same_origin || !secret) && !(becomes_get && of_body)) {
      kept.add(name, value);
    }
  }
  request.headers = std::move(kept);
  if (becomes_get) {
    request.method = "GET";
    request.body.clear();
  }
}

}  // namespace vigie::http
