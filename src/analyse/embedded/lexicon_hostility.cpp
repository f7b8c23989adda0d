// SPDX-License-Identifier: Apache-2.0
// What is said of a group: hatred, calls to violence, exclusion, dehumanisation, insult. An
// instrument of detection, written from general knowledge; what they weigh beside a
// group is learnt.
#include <array>

#include "analyse/embedded/lexicon.hpp"

namespace vigie::analyse {
namespace {

constexpr std::array table{
    Term{"deteste|detestes|maudis|maudissons|maudit les|hait|ai la haine contre|aucune compassion "
         "pour|honte de respirer le meme air que|mepris pour tous|eprouve du mepris pour|que du "
         "mepris pour|que du degout pour|eprouve du degout pour|"
         "aucun respect pour|aucune pitie pour|peux plus de ces|peux plus des|monde serait "
         "meilleur sans|"
         "on serait mieux sans|vivement qu il n y ait plus de|vivement qu il y ait plus de|"
         "detestent|detestons|detestez|detester|detestais|hais|haissons|haissez|haissent|"
         "hair|haine des|haine pour|haine envers|meprise|meprisons|meprisent|execre|abhorre|"
         "emmerde|emmerdent|vomis|conchie|ras le bol de|ras le bol des|ras le bol d|marre de|marre "
         "des|"
         "marre d|peux plus supporter|supporte plus|supporte pas|supportons plus|supportons pas|"
         "peux plus voir|peux pas voir|peux plus sentir|peux pas sentir|peux pas saquer|"
         "peux pas encadrer|peux pas blairer|horreur de|horreur des|degoute par|degoutee par|"
         "repugne par|repugnee par|faut se mefier des|faut avoir peur des|allergique aux",
         Family::feeling},
    Term{"aime|aimes|aimons|aimez|aiment|aimer|adore|adorons|adorent|respecte|respectes|respectons|"
         "respecter|"
         "admire|admirons|apprecie|tolere|tolerons|tolerer|accepte|acceptons|accepter|supporter|"
         "veux de|"
         "veux des|veux d|voulons de|voulons d|veut de|veut des|veut d|envie de voir des|besoin de|"
         "besoin des|besoin d|confiance aux|confiance a des|confiance a un|confiance a "
         "une|confiance a ces|"
         "soutiens|soutenons|soutenir|defends|"
         "defendons|fier de|fiers de|bienvenue aux|bienvenus|bienvenue|bienvenues",
         Family::embrace},

    Term{"invasion de|invasion des|invasion d", Family::feeling, Target::other},

    // Verbs of violence. The participle ("tues", "egorgee") is news and is not here.
    Term{"tuer|crever|bruler|pendre|egorger|gazer|exterminer|eliminer|eradiquer|massacrer|abattre|"
         "fusiller|"
         "frapper|tabasser|poignarder|noyer|lyncher|decapiter|violer|cogner|etrangler|buter|fumer|"
         "cramer|"
         "liquider|aneantir|eventrer|torturer|zigouiller|defoncer|planter|saigner|dezinguer|"
         "flinguer|"
         "castrer|attaquer|punir|gifler|agresser|detruire|casser la gueule a|faire la peau a|"
         "casser la gueule aux|faire la peau aux|assassiner|executer|supprimer tous "
         "les|steriliser|lapider|demolir|crucifier|enterrer vivants|enterrer vivantes|"
         "mettre dans des camps|mettre dans les fours|mettre au four|jeter a la mer|jeter a l eau|"
         "renvoyer dans les camps|ecraser|nettoyer au karcher|purifier",
         Family::violence},
    Term{
        "tuez|brulez|pendez|egorgez|gazez|exterminez|exterminons|eliminez|eliminons|massacrez|"
        "massacrons|"
        "abattez|fusillez|frappez|tabassez|noyez|lynchez|decapitez|butez|butons|fumez|cramez|tuons|"
        "brulons|ecrasons|ecrasez|cognez|defoncez|mort aux|souhaite la mort de|souhaite la mort "
        "des|mort a tous les|mort a toutes les|mort a ces|"
        "a mort les|a mort tous les|a mort toutes les|a mort ces|a bas les|nique les|niquez les|"
        "niquer les|nique tous les|niquons les|fuck les|fuck tous les|au bucher les|si on tuait|si "
        "on brulait|si on exterminait|si on gazait|si on eliminait|"
        "au four les|"
        "les chambres a gaz pour les|une balle pour les|un coup de fusil pour",
        Family::assault},
    Term{
        "expulser|renvoyer|deporter|virer|bannir|chasser|interdire|foutre dehors|mettre "
        "dehors|jeter dehors|"
        "dehors tous les|remigration des|remigrer|enfermer|parquer|interner|ficher|priver de "
        "droits|"
        "expulsez|expulsons|renvoyez|renvoyons|deportez|deportons|virez|chassez|chassons|bannissez|"
        "bannissons|interdisez|exclure|excluons|excluez|si on virait|si on expulsait|si on "
        "renvoyait|debarrassons nous de|"
        "debarrassons nous des|debarrasser de|debarrasser des|debarrassez nous des|debarrasse des|"
        "se passer des|dehors les",
        Family::expulsion},
    Term{
        "degage|degagez|degagent|dehors|barre toi|barrez vous|casse toi|cassez vous|tire toi|tirez "
        "vous|"
        "rentre chez toi|rentrez chez vous|rentrent chez eux|retourne chez toi|retournez chez vous|"
        "retourne dans ton pays|retournez dans votre pays|retournent dans leur pays|"
        "rentrez dans votre pays|rentre dans ton pays|rentrent dans leur pays|retourne au bled|"
        "retournez au bled|rentre au bled|rentrez au bled|retourne en afrique|retournez en afrique|"
        "creve|crevez|va crever|allez crever|va mourir|allez mourir|allez bruler en enfer|"
        "brulez en enfer|brule en enfer|va te pendre|allez vous pendre",
        Family::dismissal},
    Term{"qu ils crevent|qu elles crevent|qu ils crevent tous|qu ils meurent|qu elles meurent|"
         "qu ils brulent|qu ils degagent|qu elles degagent|qu ils disparaissent|qu on les tue|"
         "qu on les pende|qu on les brule|qu on les gaze|qu on les expulse|qu on les extermine|"
         "qu on en finisse avec|devraient crever|devraient mourir|devraient disparaitre|"
         "doivent crever|"
         "doivent mourir|doivent disparaitre|"
         "doivent degager|"
         "meritent de mourir|meritent la mort|meritent de crever|meritent de souffrir|"
         "meritent pas de vivre|meritent pas d exister|merite de mourir|"
         "merite pas de vivre|meritent une balle|meritent que la mort|ne devraient pas exister|"
         "devraient pas exister|devrait pas exister|devraient pas avoir le droit de vivre|"
         "je veux qu ils meurent|vont crever|vont tous crever|"
         "a exterminer|a eliminer|a eradiquer|"
         "bons a tuer|bonnes a tuer|bons qu a crever",
         Family::wish},

    Term{"tues|tuees|elimines|eliminees|extermines|exterminees|abattus|abattues|fusilles|fusillees|"
         "pendus|"
         "pendues|brules|brulees|gazes|gazees|executes|executees|egorges|egorgees|lynches|tortures|"
         "torturees|tabasses|tabassees|frappes|frappees|violes|violees|punis|punies|expulses|"
         "expulsees|bannis|"
         "bannies|enfermes|enfermees|deportes|deportees|chasses|chassees|vires|virees|renvoyes|"
         "renvoyees|"
         "sterilises|sterilisees|castres|parques|parquees|interdits|interdites|traites comme des|"
         "traitees comme "
         "des|assassines|noyes|tue|elimine|extermine|abattu|pendu|brule|expulse|enferme",
         Family::fate},

    // Dehumanisation: the group is said to be it.
    Term{
        "parasite|parasites|vermine|vermines|cafard|cafards|rat|rats|raclure|raclures|sous hommes|"
        "sous homme|sous humains|sous humaines|sous races|sous race|sous etres|race inferieure|"
        "races "
        "inferieures|primate|primates|singe|singes|animal|animaux|bete|betes|porc|porcs|cochon|"
        "cochons|cochonnes|chien|chiens|chienne|chiennes|dechet|dechets|ordure|ordures|pourriture|"
        "pourritures|poubelle|poubelles|fleau|cancer|peste|maladie|maladies|virus|gangrene|monstre|"
        "monstres|insecte|insectes|nuisible|nuisibles|saloperie|saloperies|serpents|sangsue|"
        "sangsues|"
        "puces|poux|larve|larves|cloporte|cloportes|charognard*|demon|demons|diables|erreur de la "
        "nature|"
        "erreurs de la nature|pas des etres humains|pas des humains|pas humains|pas humaines|"
        "pas vraiment humains|moins que rien|sauvage|sauvages|barbare|barbares|objets|des choses|"
        "de la merde|des merdes|une sous espece|chevres|tumeur|tumeurs",
        Family::animal},
    Term{
        "repoussant|repoussants|repoussante|repoussantes|ecoeurant|ecoeurants|ecoeurante|"
        "ecoeurantes|"
        "abject|abjects|vicieux|vicieuse|vicieuses|paresseux|paresseuses|primitif|malfaisants|"
        "malfaisant|"
        "ignorants|violents|horribles|affreux|affreuses|lamentable|lamentables|miserable|"
        "miserables|"
        "merdique|merdiques|a vomir|a gerber|la plaie|une plaie|crevure|crevures|enflure|enflures|"
        "trou du cul|trous du cul|tetes de con|la ruine|"
        "degoutant|degoutants|degoutante|degoutantes|repugnant|repugnants|repugnante|repugnantes|"
        "immonde|"
        "immondes|infect|infects|infectes|ignoble|ignobles|crade|crades|crasseux|crasseuse|"
        "crasseuses|"
        "sales|puant|puants|puante|puantes|stupide|stupides|idiot|idiots|idiote|idiotes|debile|"
        "debiles|"
        "imbecile|imbeciles|cretin|cretins|abruti|abrutis|abruties|con|cons|conne|connes|connard|"
        "connards|connasse|connasses|salaud|salauds|salope|salopes|pute|putes|enfoire|enfoires|"
        "encule|"
        "encules|batards|batard|inferieur|inferieurs|inferieure|inferieures|inutile|inutiles|"
        "incapable|"
        "incapables|faibles|criminel|criminels|criminelles|violeur|violeurs|voleur|voleurs|voleuse|"
        "voleuses|delinquant|delinquants|menteur|menteurs|menteuses|profiteur|profiteurs|assistes|"
        "feignants|faineants|faineante*|envahisseur|envahisseurs|colonisateurs|terroriste|"
        "terroristes|"
        "degenere|degeneres|pervers|perverses|pedophiles|malade|malades|malades "
        "mentaux|anormal|anormaux|"
        "anormale|anormales|contre "
        "nature|pathetique|pathetiques|minable|minables|mauvais|mechants|laid|"
        "laids|laides|moche|moches|hideux|hideuse|hideuses|meprisable|meprisables|detestable|"
        "detestables|insupportables|dangereux|dangereuse|dangereuses|un danger|une "
        "menace|menacants|"
        "une honte|la honte|une abomination|des abominations|abomination|abominations|une "
        "aberration|"
        "indesirable|indesirables|racaille|racailles|traitres|fourbes|radins|avares|arrieres|"
        "primitifs|tares|tare|sournois|hysteriques|sans valeur|sans cervelle|sans ame|de trop|"
        "la lie de|le mal incarne|le mal absolu|des erreurs|un probleme pour|le probleme de|"
        "pas normaux|pas normales|pas normal|pas francais comme nous|bons a rien|bonnes a rien|"
        "moins intelligents|moins intelligentes|la pire|les pires|la pire espece|la pire des races",
        Family::insult},
    Term{
        "n ont rien d humain|ont rien d humain|meritent aucun droit|meritent aucune pitie|"
        "devraient pas avoir de droits|devraient avoir aucun droit|seront jamais nos egaux|"
        "pourront jamais s integrer|s integreront jamais|s integrent jamais|veulent pas s integrer|"
        "me rendent fou|me rendent folle|me rendent malade|au four|aux fours|au bucher|au gaz|"
        "a la poubelle|vaut rien|volent et violent|colonisent notre|colonise le pays|"
        "puent|pue|me degoutent|nous degoutent|me degoute|degoutent tout le monde|me repugnent|"
        "me font vomir|me fait vomir|me donnent envie de vomir|me donnent la nausee|me font gerber|"
        "nous envahissent|nous volent|nous remplacent|nous colonisent|nous parasitent|envahissent|"
        "volent notre|volent nos|violent nos|volent le travail|prennent notre travail|"
        "profitent du systeme|profitent des aides|profitent de nos|salissent|polluent|pourrissent|"
        "ruinent notre|detruisent notre|detruisent nos|controlent le monde|controlent les medias|"
        "controlent les banques|controlent tout|dirigent le monde|tirent les ficelles|"
        "sont derriere tout|complotent|n ont rien a faire ici|ont rien a faire ici|"
        "n ont rien a faire dans ce pays|ont rien a faire dans ce pays|me font honte|nous font "
        "honte|"
        "n ont rien a faire en france|ont rien a faire en france|ont rien a faire chez nous|"
        "n ont pas leur place|ont pas leur place|n ont aucune place|sont pas chez eux|"
        "meritent pas le respect|meritent aucun respect|meritent pas de respect|meritent pas d "
        "etre|"
        "meritent que le mepris|ne valent rien|valent rien|servent a rien|ne servent a rien|"
        "savent rien faire|ne pensent qu a voler|pensent qu a voler|sont pas des vraies|"
        "sont pas des vrais|sont pas nos egaux|ne sont pas nos egaux|font peur aux enfants|"
        "se reproduisent comme|a la cuisine|sont faites pour|vont en enfer|iront en enfer|"
        "devraient rester a la maison|devraient rester chez eux|devraient se taire|"
        "devraient avoir honte d exister|devraient retourner chez eux|devraient rentrer chez eux",
        Family::deed},
    Term{"fils de pute de|"
         "sale|sales|bande de|espece de|especes de|putain de|putains de|salete de|saloperie "
         "de|saloperies de|"
         "race de|sacre|gros|grosse|enfoires de|encules de|connard de|connards de|"
         "ordures de|batards de|bougre de|pauvre|ces chiens de|ces porcs de|ces rats de|cette "
         "vermine de",
         Family::epithet},

    // Hostile as they stand.
    Term{"la france aux francais|l europe aux europeens|on est plus chez nous|on n est plus chez "
         "nous|"
         "on se sent plus chez nous|white power|pouvoir blanc|race blanche superieure|"
         "superiorite de la race|suprematie blanche|les blancs sont superieurs|sale race|"
         "sales races|sieg heil|heil hitler",
         Family::slogan, Target::ethnicity},
    Term{"un bon * est un * mort|une bonne * est une * morte|un bon * c est un * mort|"
         "les bons * sont des * morts",
         Family::slogan, Target::other},
    // Also spoken of by those who study or fight it.
    Term{"grand remplacement|genocide blanc|invasion migratoire|submersion migratoire",
         Family::slogan, Target::ethnicity},
    Term{"lobby lgbt|propagande lgbt", Family::slogan, Target::social_group},
    Term{"retourne dans ton pays|retournez dans votre pays|rentrez dans votre pays|rentre dans ton "
         "pays|"
         "retourne au bled|retournez au bled|rentre au bled|rentrez au bled|retourne en afrique|"
         "retournez en afrique",
         Family::slogan, Target::ethnicity},
    Term{"hitler avait raison|hitler a eu raison|hitler n a pas fini|hitler aurait du finir|"
         "lobby juif|complot juif|complot sioniste mondial|finir le travail d hitler|"
         "finir le travail de hitler|rouvrir les camps|rouvrir les chambres a gaz|rallumer les "
         "fours",
         Family::slogan, Target::religion},
    Term{"retourne a la cuisine|retournez a la cuisine|retourne a tes casseroles|"
         "toutes des salopes|toutes des putes|tous des pedes",
         Family::slogan, Target::social_group},
};

}  // namespace

std::span<const Term> hostile_terms() {
  return table;
}

}  // namespace vigie::analyse
