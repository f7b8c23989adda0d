// SPDX-License-Identifier: Apache-2.0
#include "http/inflate.hpp"

#include <zlib.h>

#include <array>

#include "base/text.hpp"

namespace vigie::http {
namespace {

constexpr int gzip_or_zlib = 15 + 32;
constexpr int raw_deflate = -15;
// What unpacks to this much more than itself is no page of anybody's (requirement B14); below the
// floor it does no harm.
constexpr std::size_t highest_ratio = 20;
constexpr std::size_t ratio_floor = 1024 * 1024;

class Inflater {
 public:
  explicit Inflater(int window) : ready_{inflateInit2(&stream_, window) == Z_OK} {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) {
      inflateEnd(&stream_);
    }
  }

  Result<std::string> run(std::string_view body, std::size_t max_bytes) {
    // zlib reads through a pointer to non-const and does not write there.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream_.avail_in = static_cast<uInt>(body.size());
    std::string plain;
    int state = ready_ ? Z_OK : Z_MEM_ERROR;
    while (state == Z_OK) {
      std::array<char, 16 * 1024> piece;
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = piece.size();
      state = inflate(&stream_, Z_NO_FLUSH);
      plain.append(piece.data(), piece.size() - stream_.avail_out);
      if (plain.size() > max_bytes) {
        return make_error(Errc::corrupt, "the answer unpacks to more than {} bytes", max_bytes);
      }
      if (plain.size() > ratio_floor && plain.size() / highest_ratio > body.size()) {
        return make_error(Errc::corrupt, "the answer unpacks to more than {} times its size",
                          highest_ratio);
      }
      if (state == Z_STREAM_END && stream_.avail_in > 0) {
        state = inflateReset(&stream_);  // a gzip file may have several members (RFC 1952 §2.2)
      }
    }
    if (state != Z_STREAM_END) {
      return make_error(Errc::corrupt, "the answer's compression is damaged");
    }
    return plain;
  }

 private:
  z_stream stream_{};
  bool ready_;
};

}  // namespace

Result<std::string> inflate_body(std::string_view body, std::string_view coding,
                                 std::size_t max_bytes) {
  if (coding.empty() || equals_ignoring_case(coding, "identity")) {
    return std::string{body};
  }
  if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip")) {
    return Inflater{gzip_or_zlib}.run(body, max_bytes);
  }
  if (equals_ignoring_case(coding, "deflate")) {
    // "deflate" means zlib's wrapping (RFC 9110 §8.4.1.2); some servers send it bare. The first
    // byte of the wrapping says 8 in its low half.
    const bool wrapped = !body.empty() && (static_cast<unsigned char>(body[0]) & 0x0FU) == 8;
    return Inflater{wrapped ? gzip_or_zlib : raw_deflate}.run(body, max_bytes);
  }
  return make_error(Errc::corrupt, "the answer is packed in a way we did not ask for");
}

}  // namespace vigie::http
