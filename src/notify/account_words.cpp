// SPDX-License-Identifier: Apache-2.0
#include "notify/account_words.hpp"

#include <algorithm>
#include <array>

namespace vigie::notify {
namespace {

constexpr std::array<AccountWords, 11> table{{
    {"password_reset", "/mot-de-passe/", "choisir un nouveau mot de passe", "choose a new password",
     "Un nouveau mot de passe a été demandé pour votre compte. Le lien vaut 30 minutes et une "
     "seule fois. Si vous n’avez rien demandé, ne faites rien : rien ne change",
     "A new password was asked for on your account. The link is good for 30 minutes and one use. "
     "If you did not ask, do nothing: nothing changes"},
    {"email_confirm", "/adresse/", "confirmer votre adresse", "confirm your address",
     "Cette adresse a été donnée pour un compte Vigie. Le lien la confirme ; il vaut 30 minutes et "
     "une seule fois",
     "This address was given for a Vigie account. The link confirms it; it is good for 30 minutes "
     "and one use"},
    {"sign_up", "/adresse/", "confirmer votre inscription", "confirm your sign-up",
     "Une inscription a été demandée avec cette adresse. Le lien la confirme ; il vaut 30 minutes "
     "et une seule fois. Si ce n’est pas vous, ne faites rien",
     "Somebody signed up with this address. The link confirms it; it is good for 30 minutes and "
     "one use. If it was not you, do nothing"},
    {"password_changed", "/mot-de-passe", "mot de passe changé", "password changed",
     "Le mot de passe de votre compte a été changé et les autres sessions sont fermées. Si ce "
     "n’est pas vous, demandez-en un nouveau et prévenez un administrateur",
     "The password of your account was changed and other sessions were ended. If it was not you, "
     "ask for a new one and tell an administrator"},
    {"email_changed", "/profil", "changement d’adresse", "change of address",
     "Une autre adresse de courrier a été demandée pour votre compte. Si ce n’est pas vous, "
     "changez votre mot de passe et prévenez un administrateur",
     "Another mail address was asked for on your account. If it was not you, change your password "
     "and tell an administrator"},
    {"second_factor_on", "/profil", "double authentification activée", "second factor switched on",
     "Un code à usage unique est désormais demandé pour entrer dans votre compte",
     "A one-time code is now asked for to enter your account"},
    {"second_factor_off", "/profil", "double authentification retirée",
     "second factor switched off",
     "Aucun code n’est plus demandé pour entrer dans votre compte. Si ce n’est pas vous, changez "
     "votre mot de passe et prévenez un administrateur",
     "No code is asked for any more to enter your account. If it was not you, change your password "
     "and tell an administrator"},
    {"sign_up_waiting", "/administration", "une inscription attend votre accord",
     "a sign-up awaits your approval",
     "Une personne s’est inscrite et attend l’accord d’un administrateur",
     "Somebody signed up and awaits an administrator’s approval"},
    {"disk_full", "/administration", "le disque est presque plein", "the disk is nearly full",
     "Le disque est presque plein : la capture des directs est suspendue et reprendra seule dès "
     "qu’il y aura de la place",
     "The disk is nearly full: lives are not captured and will be again by themselves as soon as "
     "there is room"},
    {"sign_up_accepted", "/connexion", "inscription acceptée", "sign-up accepted",
     "Votre inscription est acceptée : vous pouvez vous connecter",
     "Your sign-up was accepted: you can sign in"},
    {"address_in_use", "/mot-de-passe", "inscription avec votre adresse",
     "a sign-up with your address",
     "Une inscription a été demandée avec cette adresse, qui a déjà un compte : aucun autre n’a "
     "été "
     "créé. Si vous avez oublié votre mot de passe, le lien en demande un nouveau",
     "Somebody signed up with this address, which has an account already: no other was made. If "
     "you "
     "forgot your password, the link asks for a new one"},
}};

}  // namespace

const AccountWords* account_words_of(std::string_view what) {
  const auto* const found = std::ranges::find(table, what, &AccountWords::what);
  return found == table.end() ? nullptr : found;
}

bool carries_token(std::string_view what) {
  const auto* const words = account_words_of(what);
  return words != nullptr && words->path.ends_with('/');
}

}  // namespace vigie::notify
