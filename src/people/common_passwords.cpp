// SPDX-License-Identifier: Apache-2.0
#include "people/common_passwords.hpp"

#include <algorithm>
#include <array>

namespace vigie::people {
namespace {

// Sorted, for the search. Shorter ones than a password may be: figures around them make up the
// length.
// clang-format off
constexpr auto words = std::to_array<std::string_view>({
    "aaa", "abc", "abcabc", "abcdef", "admin", "administrateur", "administrator", "alexandre",
    "allezlesbleus", "android", "anniversaire", "apple", "aqwzsx", "asdfgh", "asdfghjkl", "ashley",
    "automne", "autumn", "azeqsdwxc", "azerty", "azertyuiop", "baguette", "baseball", "basketball",
    "batman", "bienvenue", "bonjour", "bonjourtoutlemonde", "bonsoir", "bordeaux", "bretagne",
    "business", "camille", "caroline", "catherine", "celine", "champion", "champions", "changeit",
    "changeme", "changemenow", "changepassword", "charlie", "chaton", "cheri", "cherie", "chocolat",
    "chouchou", "christophe", "codesecret", "company", "computer", "confidentiel",
    "correcthorsebatterystaple", "corse", "coucou", "croissant", "daniel", "database", "dauphin",
    "december", "decembre", "default", "demo", "demonstration", "dimanche", "doudou", "dragon",
    "elysee", "enfants", "equipedefrance", "essai", "essais", "example", "exemple", "facebook",
    "famille", "february", "fevrier", "football", "forever", "france", "francetelecom", "frederic",
    "freedom", "friday", "fromage", "fuckyou", "gendarmerie", "google", "gouvernement", "guest",
    "hiver", "hockey", "hunter", "ilovegod", "iloveyou", "iloveyousomuch", "instagram", "internet",
    "iphone", "isabelle", "january", "janvier", "jennifer", "jessica", "jetaime", "jetaimefort",
    "jetaimemoncoeur", "jeudi", "jordan", "julien", "killer", "laurent", "lemotdepasse", "letmein",
    "letmeinnow", "letmeinplease", "liberteegalitefraternite", "libertegalitefraternite", "licorne",
    "linkedin", "login", "loginlogin", "loulou", "lundi", "lyon", "mafamille", "mairie", "maman",
    "mamanpapa", "manager", "mardi", "marianne", "marseille", "master", "mdp", "medor", "mercredi",
    "michael", "microsoft", "minette", "ministere", "moderateur", "moderation", "moderator",
    "monamour", "moncoeur", "monday", "monkey", "monmdp", "monmotdepasse", "motdepasse",
    "motdepassemotdepasse", "mypassword", "napoleon", "nathalie", "network", "newpassword",
    "nicolas", "nouveaumotdepasse", "november", "novembre", "october", "octobre", "office",
    "olympiquedemarseille", "opensesame", "orange", "ouvrelaporte", "ouvretoi", "panthere", "papa",
    "papillon", "paris", "parissaintgermain", "pass", "passe", "passpass", "passphrase", "passwd",
    "password", "passwordpassword", "passwords", "patrick", "philippe", "pokemon", "police",
    "prefecture", "princess", "printemps", "qazwsx", "qazwsxedc", "qsdfghjklm", "qwerty",
    "qwertyuiop", "republique", "republiquefrancaise", "root", "rugby", "salut", "samedi",
    "samsung", "sandrine", "saturday", "sebastien", "secret", "secretdefense", "secrets",
    "security", "september", "septembre", "server", "service", "sesame", "sesameouvretoi", "shadow",
    "snapchat", "soccer", "soleil", "spiderman", "spring", "starwars", "stephanie", "summer",
    "sunday", "sunshine", "superman", "superuser", "surveillance", "system", "temporary",
    "temppassword", "test", "testing", "tests", "testtest", "testtesttest", "thepassword", "thomas",
    "thursday", "tigrou", "toor", "topsecret", "toto", "tototiti", "tototo", "toulouse", "toutou",
    "trustno", "trustnoone", "tuesday", "twitter", "user", "username", "valerie", "vendredi",
    "veronique", "vivelafrance", "viveparis", "wednesday", "welcome", "welcomeback", "welcomehome",
    "whatever", "whatsapp", "windows", "winter", "wxcvbn", "youtube", "zxcvbnm",
});
// clang-format on

static_assert(std::ranges::is_sorted(words));

}  // namespace

bool is_common_password(std::string_view word) {
  return std::ranges::binary_search(words, word);
}

}  // namespace vigie::people
