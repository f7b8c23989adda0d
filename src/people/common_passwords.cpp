// SPDX-License-Identifier: Apache-2.0
#include "people/common_passwords.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

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

// FNV-1a of those of the ten thousand commonest passwords that no other rule refuses, sorted for
// the search (A3).
// clang-format off
constexpr auto listed = std::to_array<std::uint64_t>({
    0x00e6a46d1eb17505, 0x01448635a52d20df, 0x02bf3625c3ec5ef7, 0x050842bdbae2682c,
    0x062452911e9f460f, 0x0928f326e102aabe, 0x0982cd43b334592e, 0x09a481ec0ba57de9,
    0x0a3d1550b28af5d0, 0x0c6ede88bfebb03f, 0x0ce7acb971e1d341, 0x0daaf1b2318b9f02,
    0x106ac0cfdff4e41c, 0x10ee7b530a380535, 0x11afa4d50aef408f, 0x11cd5f9f7fb96edb,
    0x13219be4ef0ca63e, 0x13c0704ccffbdb64, 0x1709555798286084, 0x17da51de81278ab8,
    0x19ad37f85060195b, 0x1a5d10f46a6dde83, 0x1b4a2aae79b627dd, 0x1b6c1e1ee2e32994,
    0x1ba3a17e0b3ebc94, 0x1c3d6d3c97a9fa50, 0x1cdc3fbd31af14fc, 0x1d2a814163585109,
    0x200fc675cac4bab9, 0x207bc6921f19d8c3, 0x2103d3a6bfffaf0c, 0x2288f1f55ca8a3bb,
    0x234d59ce9368cb8c, 0x2580bfb1c670f3b6, 0x25d4d12ea13f4da3, 0x2609f9bd7f514e96,
    0x27219908022b0ab3, 0x27784002e8195b31, 0x27784202e8195e97, 0x2a7ad17e29ee9dac,
    0x2b069c0563131d35, 0x2c7403d1431b8412, 0x2c9240222c2b85fc, 0x2edb3f5d3c9b77d3,
    0x31baa4c3edb84e25, 0x323c679d6f31b46c, 0x329bedaa34676a36, 0x331a077b3f0a0822,
    0x334d2c3a85c4a6cd, 0x345cdb5d1afd352d, 0x36cb8c99200427f6, 0x38cc7033560d2005,
    0x38e9d96a3ef6bb4f, 0x3af7d0b615d4643d, 0x3b24c09fb5b490d3, 0x3c29550fead7234d,
    0x3d7c7c185e3dc3f0, 0x41548e36b5c67ba6, 0x44c6bf4b6138caf3, 0x462c8f00f243d349,
    0x4723f3b7dbd2f0b1, 0x4843f8f45ddca476, 0x499857a55230df75, 0x49b19f271aad8f62,
    0x4c8adac4683c39ab, 0x4c9534f4ae874b66, 0x4f552f32be6a625f, 0x502b91f2a83abf87,
    0x506819b0459a4187, 0x512d72878476bbb8, 0x51c3a2242fd1191a, 0x51d8b02cbf06e830,
    0x521cc72282d1863e, 0x52e868207c9f34f1, 0x53d874e70cd26daa, 0x548770f25aef8bde,
    0x56e8129fb7eb385c, 0x5722bb597f3b041c, 0x57f7eb7cdc5a4e65, 0x5873c023be844ce4,
    0x58f599e87b3b1f74, 0x59186028839ea902, 0x59366c2add51bee1, 0x5a1502f65faad755,
    0x5ab549d99f146717, 0x5c562e7d537128c0, 0x5d22f2804acbb81b, 0x5d9176bbd2b09997,
    0x5e65aeca8171ee6f, 0x6040086b87bab84d, 0x608d897b296777d2, 0x60b717a0cea90c38,
    0x630c514d385ee408, 0x644f3909b3615fb7, 0x6520207ebd5091e2, 0x66266fb3d9276cc3,
    0x686bd7358a9dddbc, 0x696e0631b3b83c8e, 0x696e0768c22deee0, 0x6a1462a740e9dc18,
    0x6bb4df85b4c9c760, 0x6cd0558fc718d991, 0x6d06559b20caa921, 0x6d42b583790af774,
    0x6f9af5eeaebe4eae, 0x6fade2ee44c61cde, 0x6fd62e760bf5a0b8, 0x6fd73defc06644b3,
    0x7317360c31702966, 0x73df9992962fac7c, 0x740b6d9d5d45aece, 0x743b9192967dfd91,
    0x74427bf804d18a17, 0x75cc216261b2fff8, 0x75f763a0ed6bf90c, 0x7603254a3a8ccc34,
    0x767970758466eb06, 0x78dec261151d6a3d, 0x7936af3b85ad9714, 0x79fadfa049974b65,
    0x7edbfb809d398e57, 0x7ff5f515241ff894, 0x809129633b884320, 0x823c3ccf16a389fe,
    0x82b24b8833db5ecf, 0x8356eecf17944029, 0x85be5cb0dcfbae6a, 0x8738da5de440fb22,
    0x88f86a52d4b3fe43, 0x88fc3c2b5f166d2f, 0x8992684af2834167, 0x8aafb766a76b819a,
    0x8b4a812d6d25efe3, 0x8dd5e51afa67f68f, 0x8dfcc67beae45eaa, 0x9108899097ae0d58,
    0x92d1fbd247b72463, 0x95d77350c9dd16e6, 0x96194c1579508c0d, 0x96216d7b483475d9,
    0x976dcd2f273de200, 0x99073f2bb182a269, 0x991dae05a9eb2703, 0x9b090ffdfd421006,
    0x9bdfd973bec61f67, 0xa39851600a01c383, 0xa39c434c909931b0, 0xa476b9c2ee429f4b,
    0xa683ff01d564a397, 0xa6af526e53c4d31c, 0xa843423d2b4c601a, 0xa8664d0aeeac00bc,
    0xa8cd32c61121225d, 0xaa696109431fae23, 0xaa7ced5d20cc470e, 0xaa7fdeed8965e0c9,
    0xaa8863f3ad3fe587, 0xaca2d28162cfd8f1, 0xad6f31dff596674a, 0xae6f295bd5ca4585,
    0xae73fe76788e895e, 0xaf126304c10ac834, 0xafddbc9abc8b141c, 0xb03cba648aaa62a7,
    0xb0dd48109c7a00ae, 0xb172c8e95f39687d, 0xb2cb9e99ddbffdb3, 0xb337aa150384f5f5,
    0xb35389ffdc0bd223, 0xb4258e217b2261b8, 0xb5b291bee2789057, 0xb60608f7373a221f,
    0xb8117b48f743e8d5, 0xb951be06e64561d4, 0xb97856acc1ca7719, 0xba1f9d84558928ce,
    0xbb19373aac29bf91, 0xbc436b1171ed4721, 0xbe6c45cbe5ec278f, 0xbf1cebba269b114a,
    0xbf73b28cce8c3c8a, 0xbf7d1bcdeddb1806, 0xc016cbeecbedaede, 0xc0db340c59aa4f9a,
    0xc0f7e3e510e8ec2e, 0xc1b613108a17418d, 0xc243c4c04433f01b, 0xc2eb127341861d14,
    0xc42a00a8bfb1a942, 0xc6ff3864727b2f11, 0xc880eed26e4d7016, 0xcacea37183987c9a,
    0xcaf0ac5d7d9c5d8e, 0xcafa4fdc1aaa9360, 0xcb847d0048546300, 0xcbe0b68c82a501df,
    0xcd69f7b8d378a1a2, 0xce754d96839d56b8, 0xcf0c8463aead35cf, 0xd05900855cf336c5,
    0xd0c31da9ff4b51c8, 0xd0fd6c618cddba2d, 0xd25a3040600c2505, 0xd29a438337c7e215,
    0xd2a8425066bf2dec, 0xd322afbba287eae4, 0xd38052ba0ce684dc, 0xd3cbc346bf329101,
    0xd3f2c9cada934ef2, 0xd4518abfb1cd4550, 0xd65a95d5f24905e0, 0xda21f081ba75d56a,
    0xdac6ee76a2f6931f, 0xdb0fd0ac5428abce, 0xdd299bdb5abc9cc5, 0xdd3b5e6803bc74a4,
    0xdd4793188f5b18a5, 0xdd9b8e6d1e678af0, 0xdfa61c214894548b, 0xe07f7052c220dd68,
    0xe08f17590def0c6f, 0xe3717ee2225b5fd6, 0xe3a84d5f00e55448, 0xe54e9bb08d347744,
    0xe573d9cce696a459, 0xe5a94a1b86c7dc1b, 0xe7fb3c50b8e657e7, 0xe82d74cf199f4a37,
    0xe83dce2beeff4b0c, 0xe8b984ed760a2215, 0xea0dadce2db3ae75, 0xecbbd459cacbe96a,
    0xecee03daa66d2f00, 0xeeb6a2bbc74f3e4c, 0xef5168c1c8fd4087, 0xef61a5c9feebc8e7,
    0xf04f936e59e5957f, 0xf187444cbcb845d8, 0xf71181ddb1924454, 0xf9dded1e619ab69f,
    0xfa474d5c2b2ce29c, 0xffc5700828bc55c2, 0xffd00b7cb3e21ff9,
});
// clang-format on

static_assert(std::ranges::is_sorted(listed));

constexpr std::uint64_t fnv_1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

}  // namespace

bool is_common_password(std::string_view word) {
  return std::ranges::binary_search(words, word);
}

bool is_listed_password(std::string_view password) {
  return std::ranges::binary_search(listed, fnv_1a(password));
}

}  // namespace vigie::people
