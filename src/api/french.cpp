// SPDX-License-Identifier: Apache-2.0
// "field: " before a sentence is taken away before it is looked up here.
#include "api/french.hpp"

#include <array>

namespace vigie::api {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr auto table = std::to_array<Pair>({
    // titles
    {"Bad request", "Requête incorrecte"},
    {"Not signed in", "Non connecté"},
    {"Not allowed", "Non autorisé"},
    {"Not found", "Introuvable"},
    {"Method not allowed", "Méthode non permise"},
    {"Conflict", "Conflit"},
    {"Too large", "Trop volumineux"},
    {"Unsupported media type", "Type de contenu non accepté"},
    {"Wrong host", "Mauvais nom d’hôte"},
    {"Invalid", "Saisie à corriger"},
    {"Too many requests", "Trop de demandes"},
    {"Unavailable", "Indisponible"},
    {"No answer in time", "Pas de réponse à temps"},
    {"Error", "Erreur"},

    // who asks
    {"sign in, or send a token: Authorization: Bearer …",
     "connectez-vous, ou envoyez un jeton : Authorization: Bearer …"},
    {"your role does not allow this; an administrator can change it",
     "votre rôle ne le permet pas ; un administrateur peut le changer"},
    {"administrators need a second factor here: set it up in your profile first",
     "les administrateurs doivent avoir une double authentification : activez-la d’abord dans "
     "votre profil"},
    {"a token makes no tokens: sign in to make one",
     "un jeton ne crée pas de jetons : connectez-vous pour en créer un"},
    {"this token may only read; create one with --scope write",
     "ce jeton ne peut que lire ; créez-en un qui peut écrire"},
    {"the X-CSRF-Token header is missing or old: take it from GET /api/v1/session",
     "l’en-tête X-CSRF-Token manque ou n’est plus bon : rechargez la page"},
    {"Vigie does not answer for this host; the operator can add it to ALLOWED_HOSTS",
     "Vigie ne répond pas à ce nom ; l’exploitant peut l’ajouter à ALLOWED_HOSTS"},
    {"this request comes from another site", "cette demande vient d’un autre site"},
    {"there is no such thing, or you may not see it",
     "cela n’existe pas, ou vous ne pouvez pas le voir"},
    {"there is nothing at this address", "il n’y a rien à cette adresse"},
    {"this address does not know that method", "cette adresse ne connaît pas cette méthode"},
    {"Vigie cannot answer this now; the log says why under this request id",
     "Vigie ne peut pas répondre pour l’instant ; le journal dit pourquoi sous ce numéro de "
     "demande"},
    {"over plain HTTP Vigie signs people in only on its own machine: put it behind HTTPS "
     "(docs/guides/deploy.md)",
     "sans HTTPS, Vigie ne connecte que sur sa propre machine : placez-la derrière HTTPS "
     "(docs/guides/deploy.md)"},

    // signing in, people
    {"wrong user name or password", "nom d’utilisateur ou mot de passe incorrect"},
    {"a code is needed", "un code est nécessaire"},
    {"this is not a code that is good now", "ce code n’est pas bon, ou ne l’est plus"},
    {"this is not the code of this moment; look at the clock of your device",
     "ce n’est pas le code de ce moment ; vérifiez l’heure de votre appareil"},
    {"begin again with the password", "recommencez par le mot de passe"},
    {"begin again: no second factor waits for its first code",
     "recommencez : aucune double authentification n’attend son premier code"},
    {"too many tries, the next in {} s", "trop d’essais ; le prochain dans {} s"},
    {"too many sign-ins at once, try again in a moment",
     "trop de connexions à la fois ; réessayez dans un instant"},
    {"nobody can sign up here: ask an administrator",
     "les inscriptions sont fermées ici : demandez un compte à un administrateur"},
    {"this link was used, or its time is over: ask for a new one",
     "ce lien a déjà servi, ou son temps est passé : demandez-en un autre"},
    {"this is not your password", "ce n’est pas votre mot de passe"},
    {"{} to {} characters, of any kind: a few words are fine",
     "{} à {} caractères, de toute sorte : quelques mots conviennent"},
    {"{} to {} characters", "{} à {} caractères"},
    {"only letters without accents, digits, dots, dashes and underscores",
     "seulement des lettres sans accent, chiffres, points, tirets et traits bas"},
    {"begins with a letter or a digit", "commence par une lettre ou un chiffre"},
    {"an address looks like name@example.org", "une adresse a la forme nom@exemple.org"},
    {"needed, to confirm it", "nécessaire, pour la confirmer"},
    {"a character that cannot be in a password",
     "contient un caractère qui ne peut pas figurer dans un mot de passe"},
    {"at least one letter", "au moins une lettre"},
    {"at least {} different characters", "au moins {} caractères différents"},
    {"not your own name or address", "sans votre nom ni votre adresse"},
    {"neither 'vigie' nor 'tiktok' in it", "sans « vigie » ni « tiktok »"},
    {"one of the first that would be tried: take several words",
     "l’un des premiers qui seraient essayés : prenez plusieurs mots"},
    {"already taken", "déjà pris"},
    {"user, moderator, admin or auditor", "user, moderator, admin ou auditor"},
    {"active or disabled", "active ou disabled"},
    {"pending, active or disabled", "pending, active ou disabled"},
    {"fr or en", "fr ou en"},
    {"read or write", "read ou write"},
    {"1 to {} bytes", "de 1 à {} octets"},
    {"a number of days, 1 to {}, or nothing", "un nombre de jours de 1 à {}, ou rien"},
    {"this is the last administrator: make somebody else one first",
     "c’est le dernier administrateur : nommez-en d’abord un autre"},
    {"at most {} tokens: revoke one first", "au plus {} jetons : révoquez-en un d’abord"},
    {"there is a second factor already: remove it first",
     "la double authentification est déjà active : retirez-la d’abord"},
    {"there is no second factor", "la double authentification n’est pas active"},
    {"no mail is sent from here, so an address cannot be confirmed: set EMAIL_HOST and EMAIL_FROM",
     "aucun courrier ne part d’ici, donc aucune adresse ne peut être confirmée : l’exploitant "
     "règle EMAIL_HOST et EMAIL_FROM"},
    {"no mail is sent: set EMAIL_HOST and EMAIL_FROM",
     "aucun courrier ne part d’ici : l’exploitant règle EMAIL_HOST et EMAIL_FROM"},
    {"SECRET_KEY is not set, so secrets cannot be kept; make one with: openssl rand -hex 32, set "
     "it "
     "and start Vigie again",
     "SECRET_KEY n’est pas réglée, donc aucun secret ne peut être gardé ; l’exploitant en crée une "
     "par openssl rand -hex 32, puis redémarre Vigie"},
    {"your account has no address of mail", "votre compte n’a pas d’adresse de courrier"},

    // what is typed
    {"send JSON, with Content-Type: application/json",
     "envoyez du JSON, avec Content-Type: application/json"},
    {"the body must be a JSON object", "le corps doit être un objet JSON (object)"},
    {"the body is {}", "le corps n’est pas du JSON : {}"},
    {"there is no such field (did you mean {}?)", "ce champ n’existe pas (vouliez-vous dire {} ?)"},
    {"there is no such field", "ce champ n’existe pas"},
    {"a text is needed", "un texte est nécessaire"},
    {"a list of texts is needed", "une liste de textes est nécessaire"},
    {"true or false is needed", "true ou false est nécessaire"},
    {"true or false", "true ou false"},
    {"a number, or null", "un nombre, ou null"},
    {"at most {} bytes", "au plus {} octets"},
    {"at most {} characters", "au plus {} caractères"},
    {"a number from 1 to 1000", "un nombre de 1 à 1000"},
    {"use next_cursor of the page before, as it is",
     "reprenez next_cursor de la page d’avant, tel quel"},
    {"not one of ours", "ne vient pas d’ici"},
    {"not an id of ours", "n’est pas un identifiant d’ici"},
    {"type the account's name", "écrivez le nom du compte"},
    {"type the account's name, such as @name", "écrivez le nom du compte, par exemple @nom"},
    {"a TikTok name has at most {} characters", "un nom TikTok a au plus {} caractères"},
    {"a TikTok name holds only letters without accents, digits, dots and underscores",
     "un nom TikTok n’a que des lettres sans accent, chiffres, points et traits bas"},
    {"this address is not a TikTok profile: paste one such as https://www.tiktok.com/@name",
     "cette adresse n’est pas un profil TikTok : collez-en une comme https://www.tiktok.com/@nom"},
    {"this TikTok address names no account: it must hold /@name",
     "cette adresse TikTok ne nomme aucun compte : elle doit contenir /@nom"},
    {"tiktok or stream", "tiktok ou stream"},
    {"@{} is followed already", "@{} est déjà suivi"},
    {"0, 1 or 2", "0, 1 ou 2"},
    {"at most {}", "au plus {}"},
    {"each is one line of 1 to {} bytes", "chacune tient en une ligne de 1 à {} octets"},
    {"one line of 1 to {} bytes", "une ligne de 1 à {} octets"},
    {"there is a list called {} already", "il y a déjà une liste nommée {}"},
    {"at most {} lists: remove one first", "au plus {} listes : retirez-en une d’abord"},
    {"you have no such list", "vous n’avez pas cette liste"},
    {"the live is over", "le direct est terminé"},
    {"must be after from", "doit venir après from"},
    {"a number from 0 to 1, or null", "un nombre de 0 à 1, ou null"},
    {"seconds, 0 to 86400, or null", "des secondes, de 0 à 86400, ou null"},
    {"a false alarm needs its cause (transcription, analysis, quotation, irony or other)",
     "une fausse alerte demande sa cause (transcription, analysis, quotation, irony ou other)"},
    {"only a false alarm has one", "seule une fausse alerte en a une"},
    {"a decision can be taken back for {} seconds only",
     "une décision ne peut être reprise que pendant {} secondes"},
    {"this alert is in hand: {}, until {}", "cette alerte est prise en charge : {}, jusqu’à {}"},
    {"this alert is decided already{}", "cette alerte a déjà été décidée{}"},
    {"a name like Africa/Casablanca or Europe/Paris",
     "un nom comme Africa/Casablanca ou Europe/Paris"},
    {"an address that begins with https:// or http://",
     "une adresse qui commence par https:// ou http://"},
    {"1 to {} bytes are needed", "de 1 à {} octets sont nécessaires"},
    {"a moment to come, within {} days", "un moment à venir, dans les {} jours"},
    {"at least one word to look for is needed", "au moins un mot à chercher est nécessaire"},
    {"at most {} words", "au plus {} mots"},
});

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> french_sentences() {
  return table;
}

}  // namespace vigie::api
