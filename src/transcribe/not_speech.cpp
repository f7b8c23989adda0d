// SPDX-License-Identifier: Apache-2.0
#include "transcribe/not_speech.hpp"

#include <array>
#include <string>

#include "base/text.hpp"

namespace vigie::transcribe {
namespace {

// Folded, without punctuation. A credit that goes on with a name ends with a space.
constexpr std::array credits{
    std::string_view{"sous titres realises par "},
    std::string_view{"sous titres realises para "},
    std::string_view{"sous titres fait par "},
    std::string_view{"sous titres par "},
    std::string_view{"sous titrage par "},
    std::string_view{"sous titrage societe radio canada"},
    std::string_view{"sous titrage st 501"},
    std::string_view{"sous titrage fr"},
    std::string_view{"sous titrage mfp"},
    std::string_view{"subtitles by the amara org community"},
    std::string_view{"subtitles by "},
    std::string_view{"transcription by castingwords"},
    std::string_view{"untertitel im auftrag des zdf "},
    std::string_view{"untertitel der amara org community"},
    std::string_view{"untertitelung des zdf "},
    std::string_view{"subtitulos realizados por la comunidad de amara org"},
    std::string_view{"legendas pela comunidade amara org"},
    std::string_view{"amara org"},
};

// The longest credit seen is 60 letters; a longer text says something else too.
constexpr std::size_t longest_credit = 80;

// Letters and digits in lower case, one space between words.
std::string words_of(std::string_view text) {
  std::string words;
  for (const char letter : fold(text)) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_word =
        byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z');
    if (is_word) {
      words.push_back(letter);
    } else if (!words.empty() && words.back() != ' ') {
      words.push_back(' ');
    }
  }
  return std::string{trim(words)};
}

bool is_bracketed(std::string_view text) {
  const auto inside = [&](char open, char close) {
    return text.size() >= 2 && text.front() == open && text.find(close) == text.size() - 1;
  };
  const bool is_starred =
      text.size() > 2 && text.front() == '*' && text.find('*', 1) == text.size() - 1;
  return inside('[', ']') || inside('(', ')') || is_starred;
}

}  // namespace

bool is_subtitle_artefact(std::string_view text) {
  text = trim(text);
  if (is_bracketed(text)) {
    return true;
  }
  const auto words = words_of(text);
  if (words.empty() || words.size() > longest_credit) {
    return false;
  }
  for (const auto credit : credits) {
    const bool goes_on = credit.back() == ' ';
    if (goes_on ? words.starts_with(credit) : words == credit) {
      return true;
    }
  }
  return false;
}

}  // namespace vigie::transcribe
